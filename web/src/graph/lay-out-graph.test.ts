import { expect, test } from 'vitest';
import { layOutGraph } from './lay-out-graph.ts';
import type { LayoutGraph, Places } from './layout.ts';

const node = (id: string) => ({ id, width: 200, height: 60 });

function chain(length: number): LayoutGraph {
  const nodes = Array.from({ length }, (_, index) => node(`s${index}`));
  return { nodes, edges: nodes.slice(1).map(({ id }, index) => ({ from: `s${index}`, to: id })) };
}

function overlaps(places: Places): string[] {
  const all = Object.entries(places);
  return all.flatMap(([a, one], index) =>
    all.slice(index + 1).flatMap(([b, other]) => {
      const apart =
        one.x + one.width <= other.x ||
        other.x + other.width <= one.x ||
        one.y + one.height <= other.y ||
        other.y + other.height <= one.y;
      return apart ? [] : [`${a} ${b}`];
    }),
  );
}

test.each([5, 500])('of %d subtasks one after the other, each stands right of the one before', (length) => {
  const places = layOutGraph(chain(length));
  const xs = Array.from({ length }, (_, index) => places[`s${index}`]?.x ?? Number.NaN);
  expect(xs).toEqual(xs.toSorted((a, b) => a - b));
  expect(overlaps(places)).toEqual([]);
});

test('an opened sub-team holds its nodes and pushes the others aside', () => {
  const team = { ...node('team'), children: { nodes: [node('team/a'), node('team/b')], edges: [] } };
  const places = layOutGraph({
    nodes: [node('first'), team, node('beside')],
    edges: [
      { from: 'first', to: 'team' },
      { from: 'first', to: 'beside' },
    ],
  });
  const { 'team/a': a, 'team/b': b, ...outer } = places;
  expect(overlaps(outer)).toEqual([]);
  for (const inner of [a, b]) {
    expect(inner?.x).toBeGreaterThan(0);
    expect((inner?.y ?? 0) + (inner?.height ?? 0)).toBeLessThan(places['team']?.height ?? 0);
  }
});

test('a plan of 2,000 subtasks has places within a second', () => {
  const wide = chain(2000);
  const startedMs = performance.now();
  layOutGraph(wide);
  expect(performance.now() - startedMs).toBeLessThan(1000);
});
