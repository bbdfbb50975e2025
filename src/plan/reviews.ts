/**
 * Which subtasks review which: what makes a critic subtask more than one more step.
 *
 * A subtask c reviews a when c's role has known error rates, c depends on a, everybody else who is given a's result is
 * given c's too, and c's own result is neither what is handed over nor checked itself. Nobody then uses a's result
 * without having the review. A reviewer is not reviewed.
 */
import type { Graph } from './dag.ts';
import { type ErrorRates, type ForecastBasis, findByName } from './forecast-basis.ts';
import type { Subtask } from './plan.ts';

export interface Reviews {
  /** By node: the node that reviews it, or -1. */
  reviewer: Int32Array;
  /** Nodes that review at least one other. */
  isReviewer: Uint8Array;
}

/** `targets`: nodes that are handed over. Linear in nodes and edges. */
export function findReviews(
  subtasks: readonly Subtask[],
  graph: Graph,
  { basis, targets }: { basis: ForecastBasis; targets: readonly number[] },
): Reviews {
  const reviewer = new Int32Array(graph.size).fill(-1);
  const isReviewer = new Uint8Array(graph.size);
  if (Object.keys(basis.reviewers).length === 0) return { reviewer, isReviewer };
  const handedOver = new Set(targets);
  const mayReview = subtasks.map(
    (subtask, node) =>
      ratesOf(subtask, basis) !== undefined &&
      !handedOver.has(node) &&
      !basis.checks.roles.includes(subtask.role) &&
      (subtask.accept ?? []).length === 0,
  );
  for (const [node, after] of graph.dependents.entries()) {
    const subtask = subtasks[node];
    if (subtask === undefined || ratesOf(subtask, basis) !== undefined) continue;
    const found = after.find((other) => mayReview[other] === true && isGivenToAll(graph, other, after));
    if (found === undefined) continue;
    reviewer[node] = found;
    isReviewer[found] = 1;
  }
  return { reviewer, isReviewer };
}

export function ratesOf({ role }: Subtask, { reviewers }: Pick<ForecastBasis, 'reviewers'>): ErrorRates | undefined {
  return findByName(reviewers, role);
}

/** Whether every one of `others` but `node` itself depends on `node`. */
function isGivenToAll(graph: Graph, node: number, others: readonly number[]): boolean {
  const dependents = graph.dependents[node] ?? [];
  if (dependents.length < Math.max(1, others.length - 1)) return false;
  const given = new Set(dependents);
  return others.every((other) => other === node || given.has(other));
}
