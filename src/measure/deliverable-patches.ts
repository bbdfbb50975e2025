import type { StoredValue } from '../events.ts';
import type { RunState } from '../schedule/state.ts';

/** Patches of what a run hands over: of the deliverable's subtask, or of all that was synthesized. */
export function deliverablePatches(state: Readonly<RunState>): StoredValue[] {
  if (state.deliverable !== null) {
    const patch = state.subtasks.get(state.deliverable)?.patch ?? null;
    return patch === null ? [] : [patch];
  }
  return [...state.subtasks.values()].flatMap((item) => {
    const isSink = item.status === 'succeeded' && item.dependents.every((dependent) => dependent.status === 'superseded');
    return isSink && item.patch !== null ? [item.patch] : [];
  });
}
