/** How long a plan takes with a given number of workers, by list scheduling: longest remaining path first. */

import { PriorityQueue } from '../priority-queue.ts';
import { type Graph, measureRemaining } from './dag.ts';

/** Never idle while something is ready; the longest remaining path first, then the lower index. `order` is complete, `workers` ≥ 1. */
export function simulateMakespan(graph: Graph, order: readonly number[], durations: Float64Array, workers: number): number {
  const remaining = measureRemaining(graph, order, durations);
  const missing = Int32Array.from(graph.dependencies, (before) => before.length);
  const ready = new PriorityQueue<number>((a, b) => {
    const difference = (remaining[a] ?? 0) - (remaining[b] ?? 0);
    return difference > 0 || (difference === 0 && a < b);
  });
  const endTimes = new Float64Array(graph.size);
  const running = new PriorityQueue<number>((a, b) => {
    const difference = (endTimes[a] ?? 0) - (endTimes[b] ?? 0);
    return difference < 0 || (difference === 0 && a < b);
  });
  for (const [node, count] of missing.entries()) {
    if (count === 0) ready.push(node);
  }
  let now = 0;
  for (;;) {
    while (running.size < workers) {
      const node = ready.pop();
      if (node === undefined) break;
      endTimes[node] = now + (durations[node] ?? 0);
      running.push(node);
    }
    const ended = running.pop();
    if (ended === undefined) return now;
    now = endTimes[ended] ?? 0;
    release(ended);
    // All that end at this moment free their workers before the next are chosen.
    for (let other = running.peek(); other !== undefined && endTimes[other] === now; other = running.peek()) {
      running.pop();
      release(other);
    }
  }

  function release(node: number): void {
    for (const dependent of graph.dependents[node] ?? []) {
      const left = (missing[dependent] ?? 0) - 1;
      missing[dependent] = left;
      if (left === 0) ready.push(dependent);
    }
  }
}
