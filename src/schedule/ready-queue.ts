/**
 * Subtasks that could start, longest remaining path first; among equals, first come first. One binary heap per role,
 * so that a role whose slots are taken hides nobody else's work.
 *
 * Invariant: an entry whose subtask has meanwhile started, ended, moved to another role or been frozen may stay in a
 * heap; `peekReady` drops it.
 */
import { PriorityQueue } from '../priority-queue.ts';
import type { SubtaskState } from './state.ts';

export type RoleQueue = PriorityQueue<SubtaskState>;

export interface ReadyQueue {
  byRole: Map<string, RoleQueue>;
}

export function createReadyQueue(): ReadyQueue {
  return { byRole: new Map() };
}

export function pushReady(queue: ReadyQueue, item: SubtaskState): void {
  let ofRole = queue.byRole.get(item.role);
  if (ofRole === undefined) {
    ofRole = new PriorityQueue(goesFirst);
    queue.byRole.set(item.role, ofRole);
  }
  ofRole.push(item);
}

/** The role's best subtask that can really start, or undefined. */
export function peekReady(queue: RoleQueue, role: string): SubtaskState | undefined {
  for (let top = queue.peek(); top !== undefined; top = queue.peek()) {
    if (top.status === 'waiting' && top.waitingOn === 0 && !top.frozen && top.role === role) return top;
    queue.pop();
  }
  return undefined;
}

export function goesFirst(a: SubtaskState, b: SubtaskState): boolean {
  return a.rank > b.rank || (a.rank === b.rank && a.order < b.order);
}
