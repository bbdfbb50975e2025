/** How many subtasks stand how: a bar of parts, each named. */
import { partOf } from 'planwright/browser';
import { formatCount } from '../shared/figures.ts';
import { StateIcon, type StateName, stateWords } from '../shared/state-icon.tsx';
import type { RunFold } from './run-fold.ts';
import { useTree } from './use-run-tree.ts';

const order: StateName[] = ['succeeded', 'failed', 'cancelled', 'skipped', 'verifying', 'running', 'waiting', 'superseded'];

export function Progress() {
  const { root } = useTree();
  const counts = countStates(root);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  const shown = order.filter((state) => counts.has(state));
  let x = 0;
  return (
    <div className="progress">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        {shown.map((state) => {
          const width = ((counts.get(state) ?? 0) / all) * 100;
          x += width;
          return <rect key={state} className={`fill-${state}`} x={x - width} width={width} height="6" />;
        })}
      </svg>
      <ul aria-label="Subtasks by state">
        {shown.map((state) => (
          <li key={state} className={`state-${state}`}>
            <StateIcon state={state} /> {formatCount(counts.get(state) ?? 0)} {stateWords[state]}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Items of a list count with the list they are of. */
function countStates({ state }: RunFold): Map<StateName, number> {
  const counts = new Map<StateName, number>();
  for (const item of state.subtasks.values()) {
    if (partOf(item) === null) counts.set(item.status, (counts.get(item.status) ?? 0) + 1);
  }
  return counts;
}
