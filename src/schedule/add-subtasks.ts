/** Enters subtasks into the state: links, counters, ranks. Order in the plan means nothing; a later id is waited for. */
import type { StoredValue } from '../events.ts';
import type { Subtask } from '../plan/plan.ts';
import { isGivenOut } from './allocate-ready.ts';
import { endSubtask } from './end-subtask.ts';
import { pushReady } from './ready-queue.ts';
import { createSubtaskState, isOpen, type RunState, type SubtaskState, takesFailures } from './state.ts';

/** Estimated duration of a subtask that states none: only its relation to the others counts. */
const defaultDurationMs = 1000;

/** Adds a whole plan at once, in time linear in subtasks and dependencies. */
export function addPlan(state: RunState, subtasks: Subtask[]): void {
  const added = subtasks.map((subtask) => enter(state, subtask));
  for (const item of added) link(state, item);
  rankAll(state, added);
  for (const item of added) if (item.waitingOn === 0) pushReady(state.ready, item);
}

/** Adds one element of a plan that is still being written. */
export function addSubtask(state: RunState, subtask: Subtask): void {
  // A planner's call that is played again after a crash proposes what is known already.
  if (state.subtasks.has(subtask.id)) return;
  const item = enter(state, subtask);
  link(state, item);
  const waiting = state.unresolved.get(subtask.id);
  if (waiting !== undefined) {
    state.unresolved.delete(subtask.id);
    item.dependents.push(...waiting);
  }
  item.rank = durationOf(item);
  for (const dependent of item.dependents) item.rank = Math.max(item.rank, durationOf(item) + dependent.rank);
  raiseRanks(state, item);
  const lost = takesFailures(subtask) ? undefined : subtask.dependsOn.find((id) => isLost(state, id));
  if (lost !== undefined) skip(state, item, lost);
  else if (item.waitingOn === 0) pushReady(state.ready, item);
}

/** What was there before and waited for it is not to be had either. */
function skip(state: RunState, from: SubtaskState, lost: string): void {
  const stack = [from];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    if (item.status !== 'waiting') continue;
    item.error = { code: 'rejected', message: `It depends on "${lost}", which failed.`, recovery: 'none' };
    endSubtask(state, item, 'skipped');
    stack.push(...item.dependents.filter(({ subtask }) => !takesFailures(subtask)));
  }
}

/** It ended without a result before the plan was whole, and no replan waits to go around it. */
function isLost({ subtasks, replanQueue }: RunState, id: string): boolean {
  const item = subtasks.get(id);
  if (item === undefined || isOpen(item) || item.status === 'succeeded' || item.status === 'superseded') return false;
  return !replanQueue.some((cause) => cause.kind === 'subtask-failed' && cause.subtaskId === id);
}

/** Adds one subtask for each item of the list that a mapped one runs over. The mapped one waits for them. */
export function addItems(state: RunState, parent: SubtaskState, values: readonly StoredValue[]): SubtaskState[] {
  // The list grows, not its items.
  const { map, grow: _grow, ...subtask } = parent.subtask;
  const sentences = subtask.assumes?.filter((assumption) => typeof assumption === 'string') ?? [];
  if (sentences.length > 0) subtask.assumes = sentences;
  else delete subtask.assumes;
  parent.waitingOn = values.length;
  const items = values.map((value, index) => {
    // What it assumes is known already, as its parent's.
    const item = enter(state, { ...subtask, id: `${subtask.id}[${index}]` }, { indexed: true });
    item.mapping = { kind: 'item', parent, over: map?.over ?? '', index, of: values.length, value };
    item.rank = parent.rank;
    item.dependents.push(parent);
    return item;
  });
  for (const item of items) pushReady(state.ready, item);
  return items;
}

function enter(state: RunState, subtask: Subtask, { indexed = false } = {}): SubtaskState {
  const item = createSubtaskState(subtask, state.subtasks.size);
  if (state.allocation !== null && isGivenOut(state, subtask.role)) item.allocation = 'open';
  if (state.attemptFloor.size > 0) item.attempt = state.attemptFloor.get(subtask.id) ?? 0;
  state.subtasks.set(subtask.id, item);
  state.open += 1;
  if (subtask.assumes !== undefined && !indexed) indexAssumptions(state, subtask);
  return item;
}

/** A sentence is an assumption about every direct dependency; an object names its subtask. */
function indexAssumptions(state: RunState, subtask: Subtask): void {
  for (const assumption of subtask.assumes ?? []) {
    const about = typeof assumption === 'string' ? subtask.dependsOn : [assumption.subtask];
    for (const id of about) {
      const known = state.assumptions.get(id);
      if (known === undefined) state.assumptions.set(id, [assumption]);
      else known.push(assumption);
    }
  }
}

function link(state: RunState, item: SubtaskState): void {
  for (const id of item.subtask.dependsOn) {
    const dependency = state.subtasks.get(id);
    if (dependency === undefined) {
      item.waitingOn += 1;
      const others = state.unresolved.get(id);
      if (others === undefined) state.unresolved.set(id, [item]);
      else others.push(item);
    } else {
      dependency.dependents.push(item);
      const isDone = dependency.status === 'succeeded' || (takesFailures(item.subtask) && !isOpen(dependency));
      if (!isDone) item.waitingOn += 1;
      if (dependency.frozen) item.frozen = true;
    }
  }
}

function durationOf(item: SubtaskState): number {
  return item.subtask.estimate?.durationMs ?? defaultDurationMs;
}

/** Ranks of subtasks that only have dependents among themselves, from the sinks up (Kahn's algorithm backwards). */
function rankAll(state: RunState, items: SubtaskState[]): void {
  const firstOrder = items[0]?.order ?? 0;
  /** By place in `items`: dependents that have no rank yet. */
  const unranked = Int32Array.from(items, (item) => item.dependents.length);
  const stack: SubtaskState[] = [];
  for (const item of items) {
    item.rank = durationOf(item);
    if (item.dependents.length === 0) stack.push(item);
  }
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    for (const id of item.subtask.dependsOn) {
      const dependency = state.subtasks.get(id);
      if (dependency === undefined) continue;
      const at = dependency.order - firstOrder;
      // Not one of these: it was in the state before.
      if (items[at] !== dependency) continue;
      dependency.rank = Math.max(dependency.rank, durationOf(dependency) + item.rank);
      const left = (unranked[at] ?? 0) - 1;
      unranked[at] = left;
      if (left === 0) stack.push(dependency);
    }
  }
}

/**
 * A new subtask lengthens the remaining path of all it depends on. Streamed plans are small (200), so this may walk
 * upwards; a cycle, which only the end of the plan can refuse, ends the walk at the number of subtasks.
 */
function raiseRanks(state: RunState, from: SubtaskState): void {
  const stack: SubtaskState[] = [from];
  let steps = 0;
  const most = 20 * (state.subtasks.size + 10);
  for (let item = stack.pop(); item !== undefined && steps < most; item = stack.pop(), steps++) {
    for (const id of item.subtask.dependsOn) {
      const dependency = state.subtasks.get(id);
      if (dependency === undefined) continue;
      const rank = durationOf(dependency) + item.rank;
      if (rank <= dependency.rank) continue;
      dependency.rank = rank;
      if (dependency.status === 'waiting' && dependency.waitingOn === 0) pushReady(state.ready, dependency);
      stack.push(dependency);
    }
  }
}
