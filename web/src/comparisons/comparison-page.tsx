/** One comparison: the verdict as it is so far, what it rests on, and the pairs behind it. */
import type { ComparisonReport, RenderedSection } from 'planwright/browser';
import { useEffect, useRef } from 'react';
import type { ComparisonNow } from '../api/answers.ts';
import { paths } from '../api/paths.ts';
import { request } from '../api/request.ts';
import { formatCount, formatNumber, formatUsd } from '../shared/figures.ts';
import { Failure, Loading } from '../shared/notices.tsx';
import { ReportSections } from '../shared/report-sections.tsx';
import { useResource, valueOf } from '../shared/resource.ts';
import { ComparisonProgressView } from './comparison-progress-view.tsx';
import { PairTable } from './pair-table.tsx';

const refreshMs = 2000;
const verdicts: Record<ComparisonReport['verdict'], string> = {
  team: 'The team is better',
  single: 'One agent is better',
  undecided: 'Undecided so far',
};

export function ComparisonPage({ comparisonId }: { comparisonId: string }) {
  const [resource, reload] = useResource(comparisonId, (signal) =>
    request<ComparisonNow>(paths.comparison(comparisonId), { signal }),
  );
  useEffect(() => {
    const timer = setInterval(reload, refreshMs);
    return () => clearInterval(timer);
  }, [reload]);
  const known = valueOf(resource);
  if (known === undefined) {
    return resource.kind === 'failed' ? <Failure reason={resource.reason} retry={reload} /> : <Loading what="the comparison" />;
  }
  const { report, rows, runs, pairs, openPairs, tokens, costUsd, progress } = known;
  const isBeginning = pairs === 0 && progress !== null && progress.endedMs === null;
  return (
    <section className="page comparison">
      <p className="crumbs">
        <a href="#/comparisons">Comparisons</a> <span aria-hidden="true">/</span> <code>{comparisonId.slice(0, 16)}</code>
      </p>
      {resource.kind === 'failed' ? <Failure reason={resource.reason} retry={reload} /> : null}
      <h1 aria-live="polite">{verdicts[report.verdict]}</h1>
      {progress === null ? null : <ComparisonProgressView progress={progress} onChanged={reload} />}
      <p className="quiet">
        {formatNumber(pairs, 'pair')} {openPairs > 0 ? `have ended, ${formatCount(openPairs)} under way` : 'have ended'}.{' '}
        {formatCount(tokens)} tokens, {formatUsd(costUsd)} in all.{' '}
        <a href={paths.comparisonReport(comparisonId)} target="_blank" rel="noreferrer">
          The report as a page of its own
        </a>
      </p>
      {isBeginning ? <p>No pair has ended yet.</p> : <Report comparisonId={comparisonId} state={`${pairs} ${openPairs}`} />}
      <h2>Pairs</h2>
      <PairTable rows={rows} runs={runs} />
    </section>
  );
}

/** The sections of its report, made anew when `state` changes: another pair has begun or ended. */
function Report({ comparisonId, state }: { comparisonId: string; state: string }) {
  const [resource, reload] = useResource(comparisonId, (signal) =>
    request<{ sections: RenderedSection[] }>(paths.comparisonSections(comparisonId), { signal }),
  );
  const shown = useRef(state);
  useEffect(() => {
    if (shown.current !== state) reload();
    shown.current = state;
  }, [state, reload]);
  const sections = valueOf(resource)?.sections;
  if (sections !== undefined) return <ReportSections sections={sections} />;
  return resource.kind === 'failed' ? <Failure reason={resource.reason} retry={reload} /> : <Loading what="the report" />;
}
