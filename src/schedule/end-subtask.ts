import { pushReady } from './ready-queue.ts';
import { type RunState, type SubtaskState, takesFailures } from './state.ts';

/** The one place where an open subtask ends without an accepted result. */
export function endSubtask(state: RunState, item: SubtaskState, status: 'failed' | 'skipped' | 'cancelled' | 'superseded'): void {
  item.status = status;
  state.open -= 1;
  state.growing.delete(item);
  releaseTolerant(state, item);
  if (item.people?.approval === 'asked') {
    item.people.approval = 'used';
    state.asked -= 1;
  }
}

/** What takes failures waits only for an end, whatever it is. */
function releaseTolerant(state: RunState, { dependents }: SubtaskState): void {
  for (const dependent of dependents) {
    if (!takesFailures(dependent.subtask) || dependent.status !== 'waiting') continue;
    dependent.waitingOn -= 1;
    if (dependent.waitingOn === 0) pushReady(state.ready, dependent);
  }
}
