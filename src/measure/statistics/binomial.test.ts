import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { binomialProbability, binomialTail } from './binomial.ts';

/** C(n, 0) … C(n, k), exactly. */
function choose(n: number, k: number): bigint[] {
  const row = [1n];
  for (let i = 1; i <= k; i++) row.push(((row[i - 1] ?? 0n) * BigInt(n - i + 1)) / BigInt(i));
  return row;
}

/** P(X ≤ k) for p = tenths ÷ 10 by whole numbers, to 30 digits. */
function exactTail(k: number, n: number, tenths: number): number {
  let sum = 0n;
  for (const [i, ways] of choose(n, k).entries())
    sum += ways * BigInt(tenths) ** BigInt(i) * BigInt(10 - tenths) ** BigInt(n - i);
  return Number((sum * 10n ** 300n) / 10n ** BigInt(n)) / 1e300;
}

test('the tail is what whole numbers say', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 9 }),
      (n, share, tenths) => {
        const k = Math.floor(share * n);
        const exact = exactTail(k, n, tenths);
        const measured = binomialTail(k, n, tenths / 10);
        expect(Math.abs(measured - exact)).toBeLessThanOrEqual(1e-9 * exact + 1e-300);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test('probabilities add up to 1, also where factorials are beyond a double', () => {
  for (const [n, p] of [
    [10, 0.3],
    [999, 0.5],
    [1001, 0.5],
    [5000, 0.02],
  ] as const) {
    let sum = 0;
    for (let k = 0; k <= n; k++) sum += binomialProbability(k, n, p);
    expect(sum).toBeCloseTo(1, 9);
  }
});

test('both ends, and probabilities of 0 and 1', () => {
  expect([binomialTail(-1, 5, 0.5), binomialTail(5, 5, 0.5), binomialTail(0, 5, 0.5)]).toEqual([0, 1, 1 / 32]);
  expect([binomialTail(0, 5, 0), binomialTail(4, 5, 1), binomialTail(0, 0, 0.5)]).toEqual([1, 0, 1]);
  expect([binomialProbability(0, 5, 0), binomialProbability(1, 5, 0), binomialProbability(5, 5, 1)]).toEqual([1, 0, 1]);
});
