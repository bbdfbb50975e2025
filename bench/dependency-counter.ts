/** The least a dependency-driven scheduler does: count down over Maps and note three events a subtask. The yardstick, nothing more. */
import type { Subtask } from '../src/plan/plan.ts';

interface CounterEvent {
  type: 'subtask-ready' | 'subtask-started' | 'subtask-finished';
  id: string;
  seq: number;
}

export function runDependencyCounter(subtasks: readonly Subtask[]): CounterEvent[] {
  const events: CounterEvent[] = [];
  const waiting = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  const ready: string[] = [];
  const becomeReady = (id: string): void => {
    events.push({ type: 'subtask-ready', id, seq: events.length });
    ready.push(id);
  };
  for (const { id } of subtasks) dependents.set(id, []);
  for (const { id, dependsOn } of subtasks) {
    waiting.set(id, dependsOn.length);
    for (const dependency of dependsOn) dependents.get(dependency)?.push(id);
    if (dependsOn.length === 0) becomeReady(id);
  }
  // The array grows under its own iterator.
  for (const id of ready) {
    events.push({ type: 'subtask-started', id, seq: events.length });
    events.push({ type: 'subtask-finished', id, seq: events.length });
    for (const dependent of dependents.get(id) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1;
      waiting.set(dependent, left);
      if (left === 0) becomeReady(dependent);
    }
  }
  return events;
}
