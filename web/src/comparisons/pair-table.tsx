/** Task by task, who succeeded, with the runs to look into. */
import type { JudgedComparison } from 'planwright/browser';
import { useMemo, useState } from 'react';
import { printRoute } from '../routes.ts';
import { formatCount } from '../shared/figures.ts';
import { StateIcon } from '../shared/state-icon.tsx';

const shownFirst = 50;

export function PairTable({ rows, runs }: Pick<JudgedComparison, 'rows' | 'runs'>) {
  const [all, setAll] = useState(false);
  const arms = useMemo(() => [...new Set(rows.map(({ arm }) => arm))], [rows]);
  const pairs = useMemo(() => [...Map.groupBy(rows, ({ task, repeat = 0 }) => `${repeat} ${task}`).values()], [rows]);
  const runOf = useMemo(() => new Map(runs.map((run) => [`${run.arm} ${run.repeat} ${run.task}`, run.runIds[0]])), [runs]);
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Pairs">
        <table>
          <thead>
            <tr>
              <th scope="col">Task</th>
              {arms.map((arm) => (
                <th scope="col" key={arm}>
                  {arm}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(all ? pairs : pairs.slice(0, shownFirst)).map((pair) => {
              const { task = '', repeat = 0 } = pair[0] ?? {};
              return (
                <tr key={`${repeat} ${task}`}>
                  <th scope="row">
                    {task}
                    {repeat > 0 ? ` (repeat ${repeat + 1})` : ''}
                  </th>
                  {arms.map((arm) => {
                    const row = pair.find((one) => one.arm === arm);
                    const runId = row?.runId ?? runOf.get(`${arm} ${repeat} ${task}`);
                    if (row === undefined) return <td key={arm}>–</td>;
                    return (
                      <td key={arm}>
                        <StateIcon state={row.success ? 'succeeded' : 'failed'} />{' '}
                        {runId === undefined ? (
                          row.success ? (
                            'right'
                          ) : (
                            'wrong'
                          )
                        ) : (
                          <a href={printRoute({ page: 'run', runId, view: 'graph' })}>{row.success ? 'right' : 'wrong'}</a>
                        )}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {!all && pairs.length > shownFirst ? (
        <button type="button" onClick={() => setAll(true)}>
          Show all {formatCount(pairs.length)} pairs
        </button>
      ) : null}
    </>
  );
}
