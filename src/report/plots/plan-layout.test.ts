import { expect, test } from 'vitest';
import { type LayoutNode, layOutPlan, nodeHeight, nodeWidth, type PlanLayout } from './plan-layout.ts';

const chainOf = (count: number, from: (at: number) => number[]): LayoutNode[] =>
  Array.from({ length: count }, (_, at) => ({ id: `n${at}`, from: from(at).map((before) => `n${before}`) }));

/** Boxes that lie over each other, and lines that lead up. */
function findFaults({ places, width, height, lines }: PlanLayout): string[] {
  const all = [...places];
  const faults = all.flatMap(([id, { x, y }]) =>
    x < nodeWidth / 2 || y < nodeHeight / 2 || x > width - nodeWidth / 2 || y > height - nodeHeight / 2
      ? [`${id} is outside`]
      : [],
  );
  for (const [index, [id, a]] of all.entries()) {
    for (const [other, b] of all.slice(index + 1)) {
      if (Math.abs(a.x - b.x) < nodeWidth && Math.abs(a.y - b.y) < nodeHeight) faults.push(`${id} lies over ${other}`);
    }
  }
  for (const { from, to } of lines) {
    const [a, b] = [places.get(from), places.get(to)];
    if (a === undefined || b === undefined || (a.y >= b.y && a.x >= b.x)) faults.push(`${from} is not before ${to}`);
  }
  return faults;
}

test.each([
  ['one box', chainOf(1, () => [])],
  ['a chain', chainOf(12, (at) => (at === 0 ? [] : [at - 1]))],
  ['a wide layer', chainOf(30, (at) => (at === 0 ? [] : [0]))],
  ['a diamond', chainOf(4, (at) => [[], [0], [0], [1, 2]][at] ?? [])],
  ['many', chainOf(400, (at) => (at < 20 ? [] : [at - 20, ...(at % 7 === 0 ? [at - 13] : [])]))],
  ['dense', chainOf(60, (at) => Array.from({ length: at }, (_, before) => before))],
  ['written backwards', chainOf(12, (at) => (at === 11 ? [] : [at + 1]))],
])('%s: no box lies over another, and each stands behind what it comes from', async (_title, nodes) => {
  const layout = await layOutPlan(nodes);
  expect(findFaults(layout)).toEqual([]);
  expect(layout.lines).toHaveLength(nodes.reduce((sum, { from }) => sum + from.length, 0));
});

test('what is not there is left out, and named twice is one line', async () => {
  const { lines } = await layOutPlan([
    { id: 'a', from: ['gone'] },
    { id: 'b', from: ['a', 'a'] },
  ]);
  expect(lines.map(({ from, to }) => `${from} ${to}`)).toEqual(['a b']);
});

test('500 boxes with 10,000 lines take no longer than a page should', { timeout: 5_000 }, async () => {
  const layers = chainOf(500, (at) => (at < 25 ? [] : Array.from({ length: 21 }, (_, k) => (Math.floor(at / 25) - 1) * 25 + k)));
  const { width } = await layOutPlan(layers);
  expect(width).toBeLessThan(25 * (nodeWidth + 20));
});
