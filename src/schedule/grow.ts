/**
 * Plans that grow: a subtask with `grow` has succeeded only once the team's pattern has read its result, and what the
 * pattern adds is in the plan by then.
 *
 * Invariants
 * 1. An added subtask's id is new; it depends only on what may still give a result, or, with `evenIfFailed`, on what has ended.
 * 2. Nothing of what stands is changed: a pattern adds, it takes nothing away.
 * 3. What waits for the growing subtask starts after what it added is entered.
 * 4. One result is read at a time, in the order in which they were accepted: the pattern sees what the ones before it added.
 */
import type { RunEvent } from '../events.ts';
import type { Subtask } from '../plan/plan.ts';
import { addPlan } from './add-subtasks.ts';
import type { Command } from './command.ts';
import { climbLadder } from './ladder.ts';
import { isOpen, type RunState, type SubtaskState, takesFailures } from './state.ts';
import { leaveFlight } from './stop.ts';
import { succeed } from './succeed.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** Has the pattern read an accepted result, or, of a subtask that adds nothing, lets what waits for it start. */
export function accept(state: RunState, item: SubtaskState, commands: Command[]): void {
  const command = item.subtask.grow === true ? growCommand(item) : null;
  if (command === null) {
    succeed(state, item, commands);
    return;
  }
  item.status = 'verifying';
  state.inFlight += 1;
  state.growing.add(item);
  if (state.growing.size === 1) commands.push(command);
}

/** Of the subtask whose result is being read. */
export function pendingGrowth({ growing }: RunState): Command | null {
  const [first] = growing;
  return first === undefined ? null : growCommand(first);
}

function growNext(state: RunState, commands: Command[]): void {
  const command = pendingGrowth(state);
  if (command !== null) commands.push(command);
}

function growCommand({ subtask, attempt, output }: SubtaskState): Command | null {
  return output === null ? null : { kind: 'grow', subtask, attempt, output };
}

export function enterGrowth(state: RunState, event: EventOf<'plan-grown'>, commands: Command[]): void {
  const item = takeGrowing(state, event);
  if (item === undefined) return;
  const { add, deliverable, output } = event;
  if (fits(state, item, add)) {
    addPlan(state, add);
    if (output !== undefined) item.output = output;
    if (deliverable !== undefined) state.deliverable = deliverable;
    succeed(state, item, commands);
  } else {
    const message = `What "${item.subtask.id}" was to add does not fit the plan: it reuses an id or rests on what can give no result.`;
    climbLadder(state, item, { code: 'growth-refused', message, recovery: 'none' }, commands);
  }
  growNext(state, commands);
}

export function enterFailedGrowth(state: RunState, event: EventOf<'growth-failed'>, commands: Command[]): void {
  const item = takeGrowing(state, event);
  if (item === undefined) return;
  climbLadder(state, item, event.error, commands);
  growNext(state, commands);
}

function takeGrowing(state: RunState, { subtaskId, attempt }: { subtaskId: string; attempt: number }): SubtaskState | undefined {
  const item = state.subtasks.get(subtaskId);
  if (item === undefined || item.attempt !== attempt || item.status !== 'verifying' || !state.growing.delete(item))
    return undefined;
  leaveFlight(state, item);
  return item;
}

function fits(state: RunState, growing: SubtaskState, add: readonly Subtask[]): boolean {
  const added = new Set(add.map(({ id }) => id));
  if (added.size !== add.length) return false;
  return add.every((subtask) => {
    const { id, dependsOn } = subtask;
    if (state.subtasks.has(id) || state.attemptFloor.has(id)) return false;
    return dependsOn.every((name) => {
      if (added.has(name)) return true;
      const dependency = state.subtasks.get(name);
      if (dependency === undefined || dependency.status === 'superseded') return false;
      return dependency === growing || dependency.status === 'succeeded' || isOpen(dependency) || takesFailures(subtask);
    });
  });
}
