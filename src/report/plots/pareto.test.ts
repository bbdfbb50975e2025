import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ArmCost, findParetoFront } from './pareto.ts';

const arm = (name: string, cost: number, k: number, n = 100): ArmCost => ({
  arm: name,
  cost,
  success: { k, n, low: 0, high: 1 },
});

test('the front has the arms that no other beats on both, cheapest first', () => {
  const arms = [arm('team', 20, 58), arm('single', 4, 74), arm('cascade', 9, 79), arm('dear', 25, 79), arm('untried', 1, 0, 0)];
  expect(findParetoFront(arms).map(({ arm: name }) => name)).toEqual(['single', 'cascade']);
});

test('arms that are alike in both stand on it together', () => {
  expect(findParetoFront([arm('a', 1, 50), arm('b', 1, 50), arm('c', 1, 49)]).map(({ arm: name }) => name)).toEqual(['a', 'b']);
});

test('property: success rises along the front, and every arm off it is beaten by one on it', () => {
  const anyArm = fc.record({ cost: fc.integer({ min: 0, max: 8 }), k: fc.integer({ min: 0, max: 8 }) });
  fc.assert(
    fc.property(fc.array(anyArm, { minLength: 1, maxLength: 9 }), (list) => {
      const arms = list.map(({ cost, k }, index) => arm(String(index), cost, k, 8));
      const front = findParetoFront(arms);
      for (const [index, here] of front.entries()) {
        const before = front[index - 1];
        if (before === undefined) continue;
        expect(here.success.k >= before.success.k && here.cost >= before.cost).toBe(true);
      }
      for (const other of arms.filter((item) => !front.includes(item))) {
        expect(front.some(({ cost, success }) => cost <= other.cost && success.k >= other.success.k)).toBe(true);
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});
