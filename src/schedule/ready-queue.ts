/**
 * Subtasks that could start, longest remaining path first; among equals, first come first. One binary heap per role,
 * so that a role whose slots are taken hides nobody else's work.
 *
 * Invariant: an entry whose subtask has meanwhile started, ended, moved to another role or been frozen may stay in a heap; `peek` drops it.
 */
import type { SubtaskState } from './state.ts';

export interface ReadyQueue {
  byRole: Map<string, SubtaskState[]>;
}

export function createReadyQueue(): ReadyQueue {
  return { byRole: new Map() };
}

export function pushReady(queue: ReadyQueue, item: SubtaskState): void {
  let heap = queue.byRole.get(item.role);
  if (heap === undefined) {
    heap = [];
    queue.byRole.set(item.role, heap);
  }
  let at = heap.push(item) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !goesFirst(item, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = item;
}

/** The role's best subtask that can really start, or undefined. */
export function peekReady(heap: SubtaskState[], role: string): SubtaskState | undefined {
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    if (top.status === 'waiting' && top.waitingOn === 0 && !top.frozen && top.role === role) return top;
    popReady(heap);
  }
  return undefined;
}

export function popReady(heap: SubtaskState[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    let child = heap[below];
    if (child === undefined) break;
    const right = heap[below + 1];
    if (right !== undefined && goesFirst(right, child)) {
      child = right;
      below += 1;
    }
    if (!goesFirst(child, last)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
}

export function goesFirst(a: SubtaskState, b: SubtaskState): boolean {
  return a.rank > b.rank || (a.rank === b.rank && a.order < b.order);
}
