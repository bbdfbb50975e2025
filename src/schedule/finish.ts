/** The end of a run: which result is the deliverable, whether it has to be synthesized or checked, and with what status. */
import type { EndReason, EndStatus, StoredValue } from '../events.ts';
import type { Command } from './command.ts';
import { endSubtask } from './end-subtask.ts';
import { partOf, type RunState, type SubtaskState } from './state.ts';

/** Called after every event: does nothing until the work is done or has to stop. */
export function finishIfDone(state: RunState, commands: Command[]): void {
  if (state.phase !== 'executing' && state.phase !== 'planning') return;
  if (state.inFlight > 0 || state.plannerAtWork) return;
  if (state.stopping !== null) {
    endStopped(state, state.stopping.reason, commands, state.stopping.detail);
    return;
  }
  if (state.replan !== null) return;
  if (state.open > 0) {
    if (state.asked === 0) endStalled(state, commands);
    return;
  }
  const sinks = usableSinks(state);
  const [only] = sinks;
  if (state.synthesized !== null) deliver(state, state.synthesized, commands);
  else if (only === undefined) end(state, anySucceeded(state) ? 'partial' : 'failed', 'failed-subtasks', null, commands);
  else if (sinks.length === 1) deliver(state, only.output, commands);
  else {
    state.phase = 'synthesizing';
    commands.push(synthesizeCommand(state));
  }
}

export function synthesizeCommand(state: RunState): Command {
  return { kind: 'synthesize', sinks: usableSinks(state).map((item) => item.subtask.id) };
}

/** The result the run hands over, before its own checks; null when it is still to be made or can't be. */
export function candidateDeliverable(state: RunState): { item: SubtaskState | null; output: StoredValue } | null {
  if (state.synthesized !== null) return { item: null, output: state.synthesized };
  const sinks = usableSinks(state);
  const [only] = sinks;
  return only !== undefined && only.output !== null && sinks.length === 1 ? { item: only, output: only.output } : null;
}

export function end(
  state: RunState,
  status: EndStatus,
  reason: EndReason,
  deliverable: StoredValue | null,
  commands: Command[],
  detail?: string,
): void {
  state.phase = 'ended';
  commands.push({ kind: 'end', status, reason, deliverable, ...(detail === undefined ? {} : { detail }) });
}

/** The accepted deliverable: succeeded when nothing has failed that is neither superseded nor optional. */
export function endDelivered(state: RunState, output: StoredValue, commands: Command[]): void {
  let whole = true;
  for (const { status, subtask } of state.subtasks.values()) {
    if (subtask.optional === true) continue;
    if (status === 'failed' || status === 'skipped' || status === 'cancelled') whole = false;
  }
  end(state, whole ? 'succeeded' : 'partial', whole ? 'completed' : 'failed-subtasks', output, commands);
}

export function endStopped(state: RunState, reason: EndReason, commands: Command[], detail?: string): void {
  for (const item of state.subtasks.values()) if (item.status === 'waiting') endSubtask(state, item, 'skipped');
  const status = reason === 'cancelled' ? 'cancelled' : anySucceeded(state) ? 'partial' : 'failed';
  end(state, status, reason, null, commands, detail);
}

function deliver(state: RunState, output: StoredValue | null, commands: Command[]): void {
  if (output === null) return;
  if (state.settings.checksDeliverable) {
    state.phase = 'checking';
    commands.push({ kind: 'check-deliverable', output });
  } else endDelivered(state, output, commands);
}

/** No path leads here from a valid plan; if one does, the run says so instead of hanging. */
function endStalled(state: RunState, commands: Command[]): void {
  const waiting: string[] = [];
  for (const item of state.subtasks.values()) if (item.status === 'waiting') waiting.push(item.subtask.id);
  const named = waiting.slice(0, 10).join(', ') + (waiting.length > 10 ? ` and ${waiting.length - 10} more` : '');
  endStopped(state, 'stalled', commands, `Nothing is under way and these subtasks can't start: ${named}.`);
}

/** The named deliverable if it succeeded, else every succeeded subtask that no other result rests on. */
function usableSinks(state: RunState): SubtaskState[] {
  if (state.deliverable !== null) {
    const named = state.subtasks.get(state.deliverable);
    return named?.status === 'succeeded' ? [named] : [];
  }
  const sinks: SubtaskState[] = [];
  for (const item of state.subtasks.values()) {
    if (partOf(item) !== null) continue;
    if (item.status === 'succeeded' && item.dependents.every((dependent) => dependent.status === 'superseded')) sinks.push(item);
  }
  return sinks;
}

function anySucceeded(state: RunState): boolean {
  for (const item of state.subtasks.values()) if (item.status === 'succeeded') return true;
  return false;
}
