/** One comparison: the verdict as it is so far, what it rests on, and the pairs behind it. */
import type { ComparisonReport } from 'planwright/browser';
import { useEffect } from 'react';
import type { ComparisonNow } from '../api/answers.ts';
import { paths } from '../api/paths.ts';
import { request } from '../api/request.ts';
import { formatCount, formatNumber, formatPercent, formatUsd } from '../shared/figures.ts';
import { Failure, Loading } from '../shared/notices.tsx';
import { useResource, valueOf } from '../shared/resource.ts';
import { ArmTable } from './arm-table.tsx';
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
  const { report, rows, runs, openPairs, tokens, costUsd, progress } = known;
  const isOpen = progress !== null && progress.endedMs === null;
  return (
    <section className="page comparison">
      <p className="crumbs">
        <a href="#/comparisons">Comparisons</a> <span aria-hidden="true">/</span> <code>{comparisonId.slice(0, 16)}</code>
      </p>
      {resource.kind === 'failed' ? <Failure reason={resource.reason} retry={reload} /> : null}
      <h1 aria-live="polite">{verdicts[report.verdict]}</h1>
      {progress === null ? null : <ComparisonProgressView progress={progress} onChanged={reload} />}
      <ul className="words">
        {(report.pairs === 0 && isOpen ? ['No pair has ended yet.'] : report.words).map((word) => (
          <li key={word}>{word}</li>
        ))}
      </ul>
      <Facts report={report} openPairs={openPairs} isOpen={isOpen} />
      <h2>Success</h2>
      <SuccessPlot report={report} />
      <h2>Arms</h2>
      <ArmTable arms={report.arms} />
      <h2>Pairs</h2>
      <PairTable rows={rows} runs={runs} />
      <p className="quiet">
        {formatCount(tokens)} tokens, {formatUsd(costUsd)} in all.{' '}
        <a href={paths.comparisonReport(comparisonId)} target="_blank" rel="noreferrer">
          The whole report, with its plots
        </a>
      </p>
    </section>
  );
}

function Facts({ report, openPairs, isOpen }: { report: ComparisonReport; openPairs: number; isOpen: boolean }) {
  const { pairs, both, onlySingle, onlyTeam, neither, eValue, alpha, mcnemarP, furtherPairs, method } = report;
  const facts: [name: string, value: string, meaning: string][] = [
    ['Pairs', formatCount(pairs), openPairs > 0 ? `${formatCount(openPairs)} under way` : isOpen ? 'so far' : 'all have ended'],
    ['Both right', formatCount(both), `neither: ${formatCount(neither)}`],
    ['Only the team', formatCount(onlyTeam), `only one agent: ${formatCount(onlySingle)}`],
    method === 'anytime'
      ? [
          'Evidence',
          eValue >= 1000 ? formatCount(eValue) : eValue.toFixed(2),
          `decides from ${formatCount(Math.round(1 / alpha))} on`,
        ]
      : ['McNemar p', mcnemarP.toPrecision(2), `decides below ${alpha}`],
    [
      'Still needed',
      furtherPairs === null ? '–' : formatCount(furtherPairs),
      furtherPairs === null ? 'no difference is in sight' : formatNumber(furtherPairs, 'further pair'),
    ],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value, meaning]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <strong>{value}</strong>
            <span className="quiet">{meaning}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Both arms' success with its interval, on one scale. */
function SuccessPlot({ report: { success } }: { report: ComparisonReport }) {
  const arms = [
    { name: 'One agent', ...success.single },
    { name: 'Team', ...success.team },
  ];
  return (
    <ul className="intervals">
      {arms.map(({ name, k, n, low, high }) => (
        <li key={name}>
          <span className="interval-name">{name}</span>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <path className="interval-scale" d="M0 5H100" />
            <rect className="interval-range" x={low * 100} width={Math.max(0.5, (high - low) * 100)} y="3" height="4" />
            <rect className="interval-mean" x={n === 0 ? 0 : Math.min(99, (k / n) * 100)} width="1" height="10" />
          </svg>
          <span>
            {n === 0 ? '–' : formatPercent(k / n)} ({formatCount(k)} of {formatCount(n)}; {formatPercent(low)} to{' '}
            {formatPercent(high)})
          </span>
        </li>
      ))}
    </ul>
  );
}
