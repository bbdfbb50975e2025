/** Stopping a run before its plan is done: by a person, by time, by a spent budget, by a planner that failed. */
import type { EndReason } from '../events.ts';
import type { Command } from './command.ts';
import { endSubtask } from './end-subtask.ts';
import { freeSlot, holdsSlot } from './slots.ts';
import { isUnderWay, type RunState, type SubtaskState } from './state.ts';

/** Nothing new starts; what is in flight may finish. The run ends when nothing is in flight. */
export function stopStarting(state: RunState, reason: EndReason, detail?: string): void {
  state.stopping ??= detail === undefined ? { reason } : { reason, detail };
}

/** Also stops what is in flight. */
export function stopNow(state: RunState, reason: EndReason, commands: Command[], detail?: string): void {
  stopStarting(state, reason, detail);
  if (state.plannerAtWork) {
    state.plannerAtWork = false;
    commands.push({ kind: 'stop-planner' });
  }
  state.replan = null;
  state.replanQueue = [];
  if (state.inFlight === 0) return;
  for (const item of state.subtasks.values()) if (isUnderWay(item)) abort(state, item, 'cancelled', commands);
}

/** Ends a running or verifying subtask; what its attempt still sends is waste. */
export function abort(state: RunState, item: SubtaskState, status: 'cancelled' | 'superseded', commands: Command[]): void {
  leaveFlight(state, item);
  endSubtask(state, item, status);
  commands.push({ kind: 'abort', subtaskId: item.subtask.id, attempt: item.attempt });
}

/** The attempt is over: it is not in flight and holds no slot. */
export function leaveFlight(state: RunState, item: SubtaskState): void {
  state.inFlight -= 1;
  if (item.status === 'running' && holdsSlot(item)) freeSlot(state, item);
  if (item.people !== null) item.people.isParked = false;
}
