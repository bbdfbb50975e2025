/** A run too large to be drawn: its subtasks counted by level and role, and the ones that need a look. */
import { useMemo } from 'react';
import { useTree, useTreeVersion } from '../run/use-run-tree.ts';
import { formatCount, formatNumber } from '../shared/figures.ts';
import { StateIcon, type StateName, stateWords } from '../shared/state-icon.tsx';
import { stateOfSubtask } from './state-of-subtask.ts';
import { summarizePlan } from './summarize-plan.ts';

const rowsMost = 24;
const rolesMost = 8;
const namedMost = 12;
const order: StateName[] = ['succeeded', 'failed', 'cancelled', 'skipped', 'verifying', 'running', 'waiting'];

export function PlanSummaryView({ onSelect }: { onSelect: (id: string) => void }) {
  const { root } = useTree();
  const version = useTreeVersion();
  const { subtasks } = root.state;
  const { levels, roles } = useMemo(() => summarizePlan(subtasks.values(), rowsMost), [subtasks, version]);
  const shown = roles.slice(0, rolesMost);
  const underWay = useMemo(
    () => [...subtasks.values()].filter((item) => ['running', 'verifying', 'failed', 'asking'].includes(stateOfSubtask(item))),
    [subtasks, version],
  );
  return (
    <section className="summary" aria-label="The plan by level and role">
      <p className="quiet">
        {formatNumber(subtasks.size, 'subtask')}: too many to be drawn. Each bar is one role at one level of the plan, by state;
        the list of subtasks names them all.
      </p>
      <div className="scroll" tabIndex={0} role="region" aria-label="Levels and roles">
        <table className="levels">
          <thead>
            <tr>
              <th scope="col">Level</th>
              {shown.map((role) => (
                <th scope="col" key={role}>
                  {role}
                </th>
              ))}
              {roles.length > rolesMost ? <th scope="col">{roles.length - rolesMost} other roles</th> : null}
            </tr>
          </thead>
          <tbody>
            {levels.map(({ from, to, byRole }) => (
              <tr key={from}>
                <th scope="row">{from === to ? from : `${formatCount(from)} – ${formatCount(to)}`}</th>
                {shown.map((role) => (
                  <td key={role}>
                    <Bar counts={byRole.get(role)} />
                  </td>
                ))}
                {roles.length > rolesMost ? (
                  <td>
                    <Bar counts={merge(roles.slice(rolesMost).map((role) => byRole.get(role)))} />
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {underWay.length > 0 ? (
        <>
          <h2>Under way or failed</h2>
          <ul className="chips">
            {underWay.slice(0, namedMost).map((item) => (
              <li key={item.subtask.id}>
                <button type="button" className="chip" onClick={() => onSelect(item.subtask.id)}>
                  <StateIcon state={stateOfSubtask(item)} /> {item.subtask.id}
                </button>
              </li>
            ))}
            {underWay.length > namedMost ? <li className="quiet">and {formatCount(underWay.length - namedMost)} more</li> : null}
          </ul>
        </>
      ) : null}
    </section>
  );
}

function Bar({ counts }: { counts: Map<string, number> | undefined }) {
  if (counts === undefined || counts.size === 0) return null;
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shown = order.filter((state) => counts.has(state));
  const words = shown.map((state) => `${formatCount(counts.get(state) ?? 0)} ${stateWords[state]}`).join(', ');
  let x = 0;
  return (
    <span className="level-bar" title={words}>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={words}>
        {shown.map((state) => {
          const width = ((counts.get(state) ?? 0) / all) * 100;
          x += width;
          return <rect key={state} className={`fill-${state}`} x={x - width} width={width} height="10" />;
        })}
      </svg>
      <span aria-hidden="true">
        {formatCount(counts.get('succeeded') ?? 0)} of {formatCount(all)}
        {(counts.get('failed') ?? 0) > 0 ? (
          <strong className="failed-word"> {formatCount(counts.get('failed') ?? 0)} failed</strong>
        ) : null}
      </span>
    </span>
  );
}

function merge(all: (Map<string, number> | undefined)[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const counts of all) for (const [state, count] of counts ?? []) sums.set(state, (sums.get(state) ?? 0) + count);
  return sums;
}
