/**
 * Directed graphs of dependencies over nodes 0 … size-1. Everything here is linear in nodes and edges, free of recursion
 * (a chain of 100,000 is an ordinary input), and deterministic: ties go to the lower index.
 */

export interface Graph {
  size: number;
  edges: number;
  /** dependencies[n]: the nodes that finish before n. */
  dependencies: readonly (readonly number[])[];
  /** dependents[n]: the nodes that wait for n. */
  dependents: readonly (readonly number[])[];
}

/** `dependencies[n]` names each dependency of n once, as an index into the same array. */
export function buildGraph(dependencies: readonly (readonly number[])[]): Graph {
  const dependents: number[][] = dependencies.map(() => []);
  let edges = 0;
  for (const [node, before] of dependencies.entries()) {
    edges += before.length;
    for (const dependency of before) dependents[dependency]?.push(node);
  }
  return { size: dependencies.length, edges, dependencies, dependents };
}

/** Kahn's order, dependencies first. Shorter than the graph when there is a cycle: nodes on or behind it are missing. */
export function orderNodes(graph: Graph): number[] {
  const missing = Int32Array.from(graph.dependencies, (before) => before.length);
  const order: number[] = [];
  for (const [node, count] of missing.entries()) {
    if (count === 0) order.push(node);
  }
  // An array grows under its own iterator: nodes appended below are visited too.
  for (const node of order) {
    for (const dependent of graph.dependents[node] ?? []) {
      const left = (missing[dependent] ?? 0) - 1;
      missing[dependent] = left;
      if (left === 0) order.push(dependent);
    }
  }
  return order;
}

/** Depth of each node, from 0: the longest distance from a node without dependencies. `order` is complete. */
export function levelNodes(graph: Graph, order: readonly number[]): Int32Array {
  const levels = new Int32Array(graph.size);
  for (const node of order) {
    const below = (levels[node] ?? 0) + 1;
    for (const dependent of graph.dependents[node] ?? []) {
      if (below > (levels[dependent] ?? 0)) levels[dependent] = below;
    }
  }
  return levels;
}

export interface HeaviestPath {
  weight: number;
  /** First to last. */
  nodes: number[];
}

/** The path with the largest sum of weights; among equals the one with more nodes. `order` is complete. */
export function findHeaviestPath(graph: Graph, order: readonly number[], weights: Float64Array): HeaviestPath {
  const sums = new Float64Array(graph.size);
  const counts = new Int32Array(graph.size);
  const before = new Int32Array(graph.size).fill(-1);
  const isHeavier = (a: number, b: number): boolean => {
    const difference = (sums[a] ?? 0) - (sums[b] ?? 0);
    return difference > 0 || (difference === 0 && (counts[a] ?? 0) > (counts[b] ?? 0));
  };
  let last = -1;
  for (const node of order) {
    let best = -1;
    for (const dependency of graph.dependencies[node] ?? []) {
      if (best === -1 || isHeavier(dependency, best)) best = dependency;
    }
    before[node] = best;
    sums[node] = (sums[best] ?? 0) + (weights[node] ?? 0);
    counts[node] = (counts[best] ?? 0) + 1;
    if (last === -1 || isHeavier(node, last)) last = node;
  }
  const nodes: number[] = [];
  for (let node = last; node !== -1; node = before[node] ?? -1) nodes.push(node);
  return { weight: sums[last] ?? 0, nodes: nodes.reverse() };
}

/** For each node, the largest sum of weights from it to an end, its own included. `order` is complete. */
export function measureRemaining(graph: Graph, order: readonly number[], weights: Float64Array): Float64Array {
  const remaining = new Float64Array(graph.size);
  for (let at = order.length - 1; at >= 0; at--) {
    const node = order[at] ?? 0;
    let longest = 0;
    for (const dependent of graph.dependents[node] ?? []) longest = Math.max(longest, remaining[dependent] ?? 0);
    remaining[node] = longest + (weights[node] ?? 0);
  }
  return remaining;
}

/** reached[n] is 1 for every start and all that lies behind it along `edges`. */
export function findReachable(edges: readonly (readonly number[])[], starts: readonly number[]): Uint8Array {
  const reached = new Uint8Array(edges.length);
  const pending = [...starts];
  for (const node of pending) reached[node] = 1;
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const next of edges[node] ?? []) {
      if (reached[next] === 1) continue;
      reached[next] = 1;
      pending.push(next);
    }
  }
  return reached;
}
