import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCycles } from './cycles.ts';
import { buildGraph, findReachable, orderNodes } from './dag.ts';

const anyGraph = fc
  .integer({ min: 1, max: 8 })
  .chain((size) =>
    fc
      .array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size })
      .map((lists) => lists.map((list, node) => list.filter((before) => before !== node))),
  );

describe('findCycles', () => {
  it('gives one real cycle for each strongly connected component and none for an acyclic graph', () => {
    fc.assert(
      fc.property(anyGraph, (dependencies) => {
        const graph = buildGraph(dependencies);
        const cycles = findCycles(graph);
        for (const cycle of cycles) {
          for (const [at, node] of cycle.entries()) expect(dependencies[node]).toContain(cycle.at(at - 1));
        }
        // By brute force: nodes that reach each other.
        const reach = dependencies.map((_, node) => findReachable(graph.dependents, [node]));
        const components = new Set(
          dependencies
            .map((_, a) => dependencies.map((_list, b) => b).filter((b) => reach[a]?.[b] === 1 && reach[b]?.[a] === 1))
            .filter((nodes) => nodes.length > 1)
            .map(String),
        );
        expect(cycles.length).toBe(components.size);
        expect(cycles.map(([first]) => first)).toEqual(
          [...components].map((nodes) => Number(nodes.split(',')[0])).toSorted((a, b) => a - b),
        );
        expect(cycles.length === 0).toBe(orderNodes(graph).length === graph.size);
      }),
      { numRuns: 500 },
    );
  });

  it('shows the shortest cycle through the first node, not the whole component', () => {
    expect(findCycles(buildGraph([[3, 1], [0], [1], [2]]))).toEqual([[0, 1]]);
  });

  it('survives a ring of 100,000 without overflowing the stack', () => {
    const [cycle = []] = findCycles(buildGraph(Array.from({ length: 100_000 }, (_, node) => [(node + 99_999) % 100_000])));
    expect([cycle.length, cycle[0], cycle[1]]).toEqual([100_000, 0, 1]);
  });
});
