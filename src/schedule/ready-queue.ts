/**
 * Subtasks that could start, longest remaining path first; among equals, first come first. One binary heap per role,
 * so that a role whose slots are taken hides nobody else's work; one per role for those that a person has approved, so
 * that they hide none that are still to be asked for; and one per kind of work for those whose role is still to be decided
 * (allocate-ready.ts).
 *
 * Invariant: an entry whose subtask has meanwhile started, ended, moved to another role or been frozen may stay in a
 * heap; `peekReady` drops it.
 */
import { PriorityQueue } from '../priority-queue.ts';
import type { SubtaskState } from './state.ts';

export type RoleQueue = PriorityQueue<SubtaskState>;

export interface ReadyQueue {
  byRole: Map<string, RoleQueue>;
  /** By role: what a person has approved. */
  approved: Map<string, RoleQueue>;
  /** These two. */
  decided: readonly Map<string, RoleQueue>[];
  /** By the role that the plan names. */
  open: Map<string, RoleQueue>;
  /** Mapped subtasks whose list can be read, or whose items are done: they wait for no slot. */
  mapped: SubtaskState[];
}

export function createReadyQueue(): ReadyQueue {
  const byRole = new Map<string, RoleQueue>();
  const approved = new Map<string, RoleQueue>();
  return { byRole, approved, decided: [byRole, approved], open: new Map(), mapped: [] };
}

export function pushReady(queue: ReadyQueue, item: SubtaskState): void {
  if (item.subtask.map !== undefined) {
    queue.mapped.push(item);
    return;
  }
  const isApproved = item.people?.approval === 'given';
  const queues = item.allocation === 'open' ? queue.open : isApproved ? queue.approved : queue.byRole;
  let ofRole = queues.get(item.role);
  if (ofRole === undefined) {
    ofRole = new PriorityQueue(goesFirst);
    queues.set(item.role, ofRole);
  }
  ofRole.push(item);
}

/** The role's best subtask that can really start, or undefined. `open`: the queue's subtasks have no role yet, only a kind. */
export function peekReady(queue: RoleQueue, role: string, allocation: 'open' | null = null): SubtaskState | undefined {
  for (let top = queue.peek(); top !== undefined; top = queue.peek()) {
    const isHere = top.role === role && (top.allocation === 'open') === (allocation === 'open');
    const isAsked = top.people?.approval === 'asked';
    if (isHere && top.status === 'waiting' && top.waitingOn === 0 && !top.frozen && !isAsked) return top;
    queue.pop();
  }
  return undefined;
}

export function goesFirst(a: SubtaskState, b: SubtaskState): boolean {
  return a.rank > b.rank || (a.rank === b.rank && a.order < b.order);
}
