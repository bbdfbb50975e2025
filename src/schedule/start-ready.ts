/** Starts what can start: within the slots of the run, of each role and of each model. */
import { takeAllocated } from './allocate-ready.ts';
import { askForAttempt, beginAttempt, needsApproval, startUnparked } from './approval.ts';
import type { Command } from './command.ts';
import { startMapped } from './expand.ts';
import { goesFirst, peekReady, type RoleQueue } from './ready-queue.ts';
import { hasSlot, takeSlot } from './slots.ts';
import { partOf, type RunState, type SubtaskState } from './state.ts';

/** Issues a start for every subtask that has its turn now, longest remaining path first. */
export function startReady(state: RunState, commands: Command[]): void {
  startUnparked(state, commands);
  if (state.stopping !== null || !acceptsStarts(state)) return;
  startMapped(state, commands);
  for (let item = takeNext(state); item !== undefined; item = takeNext(state)) {
    if (needsApproval(state, item)) {
      askForAttempt(state, item, commands);
      continue;
    }
    item.status = 'running';
    if (item.people !== null) beginAttempt(item.people);
    item.attempt += 1;
    item.attempts += 1;
    state.inFlight += 1;
    takeSlot(state, item);
    item.started = startCommand(state, item);
    commands.push(item.started);
  }
}

/** What the executor is told depends on the state at this moment, so it is kept. */
function startCommand(state: RunState, item: SubtaskState): Extract<Command, { kind: 'start' }> {
  const { subtask, attempt, role } = item;
  const command: Extract<Command, { kind: 'start' }> = { kind: 'start', subtask, attempt, role, delivers: delivers(state, item) };
  if (item.feedback !== null) command.feedback = item.feedback;
  if (item.allocation !== null && item.allocation !== 'open') {
    command.allocation = item.allocation;
    item.allocation = null;
  }
  const part = partOf(item);
  if (part !== null) {
    const { over, index, of, value } = part;
    command.item = { over, index, of, value };
  }
  const whole = part?.parent.subtask.id ?? subtask.id;
  const assumed = state.assumptions.size === 0 ? undefined : state.assumptions.get(whole);
  const sentences = assumed?.filter((assumption) => typeof assumption === 'string');
  if (sentences !== undefined && sentences.length > 0) command.assumptions = sentences;
  return command;
}

function delivers(state: RunState, item: SubtaskState): boolean {
  if (!state.settings.typed || state.plannerAtWork) return false;
  if (state.deliverable !== null) return state.deliverable === item.subtask.id;
  if (item.dependents.some((dependent) => dependent.status !== 'superseded')) return false;
  for (const other of state.subtasks.values()) {
    if (partOf(other) !== null) continue;
    const isSink = other.status !== 'superseded' && other.dependents.every((dependent) => dependent.status === 'superseded');
    if (isSink !== (other === item)) return false;
  }
  return true;
}

function acceptsStarts(state: RunState): boolean {
  return state.phase === 'planning' || state.phase === 'executing';
}

/** Takes the best startable subtask off its queue. Cost: the number of roles, not of subtasks. */
function takeNext(state: RunState): SubtaskState | undefined {
  if (state.allocation !== null) return takeAllocated(state, state.allocation);
  const { ready } = state;
  let best = bestOf(state, ready.byRole, null);
  if (ready.approved.size > 0) best = bestOf(state, ready.approved, best);
  best?.queue.pop();
  return best?.item;
}

interface Best {
  item: SubtaskState;
  queue: RoleQueue;
}

function bestOf(state: RunState, queues: ReadonlyMap<string, RoleQueue>, before: Best | null): Best | null {
  const { slots, settings } = state;
  const full = slots.all >= settings.limits.concurrency;
  let best = before;
  for (const [role, queue] of queues) {
    if (queue.size === 0) continue;
    const roleSettings = settings.roles[role];
    const hasNone = roleSettings?.composite !== true && (full || !hasSlot(state, role, roleSettings));
    if (hasNone && roleSettings?.approval === undefined) continue;
    const item = peekReady(queue, role);
    // To ask for an attempt takes no slot.
    if (item === undefined || (hasNone && item.people?.approval === 'given')) continue;
    if (best === null || goesFirst(item, best.item)) best = { item, queue };
  }
  return best;
}
