import type { RunState, SubtaskState } from './state.ts';

/** The one place where an open subtask ends without an accepted result. */
export function endSubtask(state: RunState, item: SubtaskState, status: 'failed' | 'skipped' | 'cancelled' | 'superseded'): void {
  item.status = status;
  state.open -= 1;
  if (item.people?.approval === 'asked') {
    item.people.approval = 'used';
    state.asked -= 1;
  }
}
