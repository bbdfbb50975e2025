/** How a subtask stands for a reader: as the fold says, but for one that waits for the reader. */
import type { SubtaskState } from 'planwright/browser';
import type { StateName } from '../shared/state-icon.tsx';

export function stateOfSubtask({ people, status }: SubtaskState): StateName {
  if (people === null || (status !== 'waiting' && status !== 'running')) return status;
  const isAsked = people.approval === 'asked' || [...people.requests.values()].some(({ answer }) => answer === null);
  return isAsked ? 'asking' : status;
}
