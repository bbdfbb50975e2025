import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainLength } from './chain-length.ts';

test.each([
  // The founding document's two.
  [0.9, 0.6, 4],
  [0.97, 0.6, 16],
  [0.99, 0.6, 50],
  [0.5, 0.6, 0],
  [0.6, 0.6, 0],
  [0, 0.3, 0],
  [0, 0, 0],
  [1, 1, 0],
  [0.9, 1, 0],
  [0.999999, 0.5, 693_146],
])('p = %d against q = %d: %d steps', (p, q, n) => {
  expect(chainLength(p, q)).toEqual({ p, q, n, bound: 'finite' });
});

test.each([
  [0.7, 0.49, 1],
  [0.1, 0.01, 1],
  [0.1, 1e-7, 6],
  [0.3, 0.027, 2],
  [0.99, 0.9801, 1],
  [0.2, 0.00032, 4],
  [0.5, 5 / 10 ** 1, 0],
])('a tie does not beat: p = %d, q = %d: %d steps', (p, q, n) => {
  expect(chainLength(p, q).n).toBe(n);
});

test.each([
  [1, 0.6],
  [1, 0],
  [0.4, 0],
  [1, 0.999_999_999],
])('p = %d against q = %d is never below', (p, q) => {
  expect(chainLength(p, q)).toEqual({ p, q, n: null, bound: 'unbounded' });
});

test.each([
  [Number.NaN, 0.5],
  [0.5, -0.1],
  [1.1, 0.5],
  [0.5, Number.POSITIVE_INFINITY],
])('p = %d, q = %d is refused', (p, q) => {
  expect(() => chainLength(p, q)).toThrow(/which is no probability\. Give a number from 0 to 1\.$/);
});

describe('for decimals of three places', () => {
  const thousandth = fc.integer({ min: 1, max: 999 });

  test('it is what whole numbers say: pⁿ > q and pⁿ⁺¹ ≤ q', () => {
    fc.assert(
      fc.property(thousandth, thousandth, (p, q) => {
        const { n } = chainLength(p / 1000, q / 1000);
        expect(n).not.toBeNull();
        if (n === null) return;
        const beats = (steps: number): boolean => BigInt(p) ** BigInt(steps) * 1000n > BigInt(q) * 1000n ** BigInt(steps);
        expect([n === 0 || beats(n), beats(n + 1)]).toEqual([true, false]);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('every power of p ties with itself, as far as its decimals are written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 7 }), (p, n) => {
        fc.pre(p % 10 !== 0);
        // At most 14 digits: Number keeps them all.
        const q = Number(`${BigInt(p) ** BigInt(n)}e-${2 * n}`);
        expect(chainLength(p / 100, q).n).toBe(n - 1);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

test('the longest that can be written down is told at once', () => {
  // 1 − 2⁻⁵³ is written 0.9999999999999999: ln(2⁻¹⁰⁷⁴) ÷ −10⁻¹⁶.
  const { n } = chainLength(1 - 2 ** -53, Number.MIN_VALUE);
  expect(n).toBeGreaterThan(7.444e18);
  expect(n).toBeLessThan(7.445e18);
});
