/** An accepted result: what waits for it may start, and what it contradicts is replanned. */
import type { Command } from './command.ts';
import { pushReady } from './ready-queue.ts';
import { mayReplan, requestReplan, skipFollowing } from './replan.ts';
import type { RunState, SubtaskState } from './state.ts';

export function succeed(state: RunState, item: SubtaskState, commands: Command[]): void {
  item.status = 'succeeded';
  item.error = null;
  state.open -= 1;
  for (const dependent of item.dependents) {
    dependent.waitingOn -= 1;
    if (dependent.waitingOn === 0 && dependent.status === 'waiting') pushReady(state.ready, dependent);
  }
  if (item.contradictions.length > 0) contradict(state, item, commands);
}

/** The world differs from what unstarted work assumes: that work is replanned, or given up when no replan is left. */
function contradict(state: RunState, item: SubtaskState, commands: Command[]): void {
  for (const { assumption, evidence } of item.contradictions) {
    const cause = { kind: 'assumption-contradicted', subtaskId: item.subtask.id, assumption, evidence } as const;
    if (mayReplan(state)) requestReplan(state, cause, commands);
    else skipFollowing(state, cause, `"${item.subtask.id}" contradicts what it assumes (${assumption}): ${evidence}`);
  }
}
