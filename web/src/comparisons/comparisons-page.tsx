/** Comparisons of teams with one agent that the store holds, those under way included. */
import { useEffect } from 'react';
import type { ComparisonList } from '../api/answers.ts';
import { paths } from '../api/paths.ts';
import { request } from '../api/request.ts';
import { printRoute } from '../routes.ts';
import { formatCount, formatMoment, formatNumber, formatUsd } from '../shared/figures.ts';
import { Empty, Failure, Loading } from '../shared/notices.tsx';
import { useResource, valueOf } from '../shared/resource.ts';
import { StateLabel } from '../shared/state-icon.tsx';

const refreshMs = 5000;

export function ComparisonsPage() {
  const [resource, reload] = useResource('comparisons', (signal) => request<ComparisonList>(paths.comparisons, { signal }));
  useEffect(() => {
    const timer = setInterval(reload, refreshMs);
    return () => clearInterval(timer);
  }, [reload]);
  const known = valueOf(resource)?.comparisons;
  const underWay = valueOf(resource)?.underWay ?? [];
  const begun = underWay.filter(({ comparisonId }) => known?.every((one) => one.comparisonId !== comparisonId));
  return (
    <section className="page">
      <div className="page-head">
        <h1>Comparisons</h1>
        <a className="button primary" href={printRoute({ page: 'new-comparison' })}>
          Start a comparison
        </a>
      </div>
      {resource.kind === 'loading' ? <Loading what="comparisons" /> : null}
      {resource.kind === 'failed' ? <Failure reason={resource.reason} retry={reload} /> : null}
      {known?.length === 0 && begun.length === 0 ? (
        <Empty title="No comparisons yet">
          <p>
            A comparison runs a team and one agent on the same tasks and says, with its uncertainty, which is better. Start one
            here, or with <code>planwright compare TASKS --team FILE</code> on this store; its verdict is here while it runs.
          </p>
        </Empty>
      ) : null}
      {known === undefined || known.length + begun.length === 0 ? null : (
        <ul className="runs">
          {begun.map(({ comparisonId, team, pairsPlanned, startedMs }) => (
            <li key={comparisonId}>
              <a className="run-card" href={printRoute({ page: 'comparison', comparisonId })}>
                <span className="run-task">single against team ({team})</span>
                <span className="run-line">
                  <StateLabel state="running" />
                  <span>{formatNumber(pairsPlanned, 'pair')} to come</span>
                  <span>{formatMoment(startedMs)}</span>
                  <code>{comparisonId.slice(0, 16)}</code>
                </span>
              </a>
            </li>
          ))}
          {known.map(({ comparisonId, pairs, openPairs, arms, teams, lastEndedMs, tokens, costUsd }) => (
            <li key={comparisonId}>
              <a className="run-card" href={printRoute({ page: 'comparison', comparisonId })}>
                <span className="run-task">
                  {arms.join(' against ')}
                  {teams.length === 0 ? '' : ` (${teams.join(', ')})`}
                </span>
                <span className="run-line">
                  {underWay.some((one) => one.comparisonId === comparisonId) ? <StateLabel state="running" /> : null}
                  <span>
                    {formatNumber(pairs, 'pair')}
                    {openPairs > 0 ? `, ${formatCount(openPairs)} under way` : ''}
                  </span>
                  <span>{formatMoment(lastEndedMs)}</span>
                  <span>{formatCount(tokens)} tokens</span>
                  <span>{formatUsd(costUsd)}</span>
                  <code>{comparisonId.slice(0, 16)}</code>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
