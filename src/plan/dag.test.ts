import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, findHeaviestPath, findReachable, levelNodes, measureRemaining, orderNodes } from './dag.ts';
import { simulateMakespan } from './makespan.ts';

/** Edges point from higher to lower indices before the shuffle, so every graph is acyclic and no order is special. */
const dag = fc
  .record({
    size: fc.integer({ min: 1, max: 9 }),
    seed: fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
    edges: fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 20 }),
  })
  .map(({ size, seed, edges }) => {
    const places = Array.from({ length: size }, (_, node) => node).toSorted((a, b) => (seed[a] ?? 0) - (seed[b] ?? 0) || a - b);
    const dependencies: number[][] = places.map(() => []);
    for (const [a, b] of edges) {
      const later = places[Math.max(a % size, b % size)] ?? 0;
      const earlier = places[Math.min(a % size, b % size)] ?? 0;
      if (later !== earlier && !dependencies[later]?.includes(earlier)) dependencies[later]?.push(earlier);
    }
    return dependencies;
  });
const weights = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 9, maxLength: 9 });

function bruteLongest(dependencies: number[][], weightOf: (node: number) => number, node: number): number {
  return (
    weightOf(node) + Math.max(0, ...(dependencies[node] ?? []).map((before) => bruteLongest(dependencies, weightOf, before)))
  );
}

describe('graphs of dependencies', () => {
  it('orders every node behind its dependencies', () => {
    fc.assert(
      fc.property(dag, (dependencies) => {
        const order = orderNodes(buildGraph(dependencies));
        expect([...order].toSorted((a, b) => a - b)).toEqual(dependencies.map((_, node) => node));
        for (const [node, before] of dependencies.entries()) {
          for (const dependency of before) expect(order.indexOf(dependency)).toBeLessThan(order.indexOf(node));
        }
      }),
    );
  });

  it('measures levels, heaviest paths and remaining paths as brute force does', () => {
    fc.assert(
      fc.property(dag, weights, (dependencies, list) => {
        const graph = buildGraph(dependencies);
        const order = orderNodes(graph);
        const durations = Float64Array.from(list.slice(0, graph.size));
        const weightOf = (node: number): number => list[node] ?? 0;
        expect([...levelNodes(graph, order)]).toEqual(
          dependencies.map((_, node) => bruteLongest(dependencies, () => 1, node) - 1),
        );
        const path = findHeaviestPath(graph, order, durations);
        expect(path.weight).toBe(Math.max(...dependencies.map((_, node) => bruteLongest(dependencies, weightOf, node))));
        expect(path.nodes.reduce((sum, node) => sum + weightOf(node), 0)).toBe(path.weight);
        for (const [at, node] of path.nodes.slice(1).entries()) expect(dependencies[node]).toContain(path.nodes[at]);
        const dependents = graph.dependents.map((after) => [...after]);
        expect([...measureRemaining(graph, order, durations)]).toEqual(
          dependencies.map((_, node) => bruteLongest(dependents, weightOf, node)),
        );
      }),
    );
  });

  it('without durations the critical path is the one with the most nodes', () => {
    const graph = buildGraph([[], [0], [1], [0]]);
    expect(findHeaviestPath(graph, orderNodes(graph), new Float64Array(4))).toEqual({ weight: 0, nodes: [0, 1, 2] });
  });

  it('reaches what lies behind the starts and nothing else', () => {
    expect([...findReachable([[1], [2], [], [2]], [1])]).toEqual([0, 1, 1, 0]);
  });

  it('survives a chain of 100,000 without overflowing the stack', () => {
    const graph = buildGraph(Array.from({ length: 100_000 }, (_, node) => (node === 99_999 ? [] : [node + 1])));
    const order = orderNodes(graph);
    expect(order.slice(0, 2)).toEqual([99_999, 99_998]);
    expect(findHeaviestPath(graph, order, new Float64Array(100_000).fill(2)).weight).toBe(200_000);
    expect(simulateMakespan(graph, order, new Float64Array(100_000).fill(2), 3)).toBe(200_000);
  });
});

function makespan(dependencies: number[][], durations: number[], workers: number): number {
  const graph = buildGraph(dependencies);
  return simulateMakespan(graph, orderNodes(graph), Float64Array.from(durations), workers);
}

describe('the makespan with K workers', () => {
  it('takes the longest remaining path first: first-in-first-out would take 7', () => {
    expect(makespan([[], [], [], [2]], [2, 2, 1, 4], 2)).toBe(5);
  });

  it('frees all workers of one moment before it chooses again', () => {
    // At 1 both workers become free; the chain behind node 1 (length 3) must not wait for node 2 (length 1).
    expect(makespan([[], [], [0], [1], [0]], [1, 1, 1, 3, 1], 2)).toBe(4);
  });

  it('is the sum with one worker, the critical path with enough, and within Graham’s bound between', () => {
    fc.assert(
      fc.property(dag, weights, fc.integer({ min: 1, max: 4 }), (dependencies, list, workers) => {
        const durations = list.slice(0, dependencies.length);
        const sum = durations.reduce((total, duration) => total + duration, 0);
        const graph = buildGraph(dependencies);
        const critical = findHeaviestPath(graph, orderNodes(graph), Float64Array.from(durations)).weight;
        expect(makespan(dependencies, durations, 1)).toBe(sum);
        expect(makespan(dependencies, durations, dependencies.length)).toBe(critical);
        const between = makespan(dependencies, durations, workers);
        expect(between).toBeGreaterThanOrEqual(Math.max(critical, sum / workers));
        expect(between).toBeLessThanOrEqual(critical + (sum - critical) / workers);
      }),
    );
  });
});
