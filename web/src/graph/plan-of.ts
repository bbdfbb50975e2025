import { type Plan, partOf } from 'planwright/browser';
import type { RunFold } from '../run/run-fold.ts';

/** What is left of a run's plan after replans. */
export function planOf({ state }: RunFold): Plan {
  const live = [...state.subtasks.values()].filter((item) => item.status !== 'superseded' && partOf(item) === null);
  return {
    version: 1,
    task: state.task,
    ...(state.deliverable === null ? {} : { deliverable: state.deliverable }),
    subtasks: live.map(({ subtask }) => subtask),
  };
}
