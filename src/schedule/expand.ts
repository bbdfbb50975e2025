/**
 * Mapped subtasks: one list, one subtask for each of its items, one list of their results.
 *
 * Invariants
 * 1. A mapped subtask has no attempt of its own and holds no slot. Its items have attempts, slots and the ladder like any
 *    other subtask; their ids are `ID[0]`, `ID[1]`, …, which no plan can hold.
 * 2. It waits for its items as for dependencies: one that fails takes it along, and an item that has not begun then never
 *    begins.
 * 3. The order of its results is the order of the list, whatever came first. An empty list gives an empty list.
 */
import type { RunEvent, StoredValue } from '../events.ts';
import { addItems } from './add-subtasks.ts';
import type { Command } from './command.ts';
import { accept } from './grow.ts';
import { climbLadder } from './ladder.ts';
import { itemsOf, type RunState, type SubtaskState } from './state.ts';
import { leaveFlight } from './stop.ts';

/** Has the lists read and the results put together of mapped subtasks that are ready for it. */
export function startMapped(state: RunState, commands: Command[]): void {
  if (state.ready.mapped.length === 0) return;
  for (const item of state.ready.mapped.splice(0)) {
    if (item.status !== 'waiting' || item.waitingOn > 0 || item.frozen) continue;
    item.status = 'running';
    state.inFlight += 1;
    commands.push(mappedCommand(state, item));
  }
}

/** What a mapped subtask that is running waits for. */
export function mappedCommand(state: RunState, item: SubtaskState): Command {
  const { subtask } = item;
  const items = itemsOf(item);
  if (items !== null) return { kind: 'collect', subtask, outputs: items.flatMap(({ output }) => output ?? []) };
  const list = state.subtasks.get(subtask.map?.over ?? '')?.output ?? { kind: 'inline', value: null };
  return { kind: 'expand', subtask, list };
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

export function enterItems(state: RunState, event: EventOf<'subtask-expanded'>, atMs: number, commands: Command[]): void {
  const { items } = event;
  const item = findRunning(state, event.subtaskId);
  if (item === undefined || itemsOf(item) !== null) return;
  leaveFlight(state, item);
  item.status = 'waiting';
  item.startedMs = atMs;
  item.mapping = { kind: 'list', items: addItems(state, item, items) };
  if (items.length > 0) return;
  item.endedMs = atMs;
  finishMapped(state, item, { kind: 'inline', value: [] }, commands);
}

export function enterRefusal(state: RunState, event: EventOf<'expansion-failed'>, atMs: number, commands: Command[]): void {
  const item = findRunning(state, event.subtaskId);
  if (item === undefined) return;
  item.endedMs = atMs;
  leaveFlight(state, item);
  climbLadder(state, item, event.error, commands);
}

export function enterCollected(state: RunState, event: EventOf<'subtask-collected'>, atMs: number, commands: Command[]): void {
  const item = findRunning(state, event.subtaskId);
  if (item === undefined || itemsOf(item) === null) return;
  item.endedMs = atMs;
  leaveFlight(state, item);
  finishMapped(state, item, event.output, commands);
}

/** Its items have passed their checks; what is left is what later work assumes of the list. */
function finishMapped(state: RunState, item: SubtaskState, output: StoredValue, commands: Command[]): void {
  item.output = output;
  const assumed = state.assumptions.size === 0 ? [] : (state.assumptions.get(item.subtask.id) ?? []);
  const assumptions = assumed.filter((assumption) => typeof assumption === 'object');
  if (assumptions.length === 0) {
    accept(state, item, commands);
    return;
  }
  item.status = 'verifying';
  state.inFlight += 1;
  const { subtask, attempt, role } = item;
  commands.push({ kind: 'verify', subtask, attempt, role, output, assumptions });
}

function findRunning(state: RunState, id: string): SubtaskState | undefined {
  const item = state.subtasks.get(id);
  return item?.status === 'running' && isMapped(item) ? item : undefined;
}

export function isMapped({ subtask }: SubtaskState): boolean {
  return subtask.map !== undefined;
}
