import { describe, expect, test } from 'vitest';
import { binomialProbability } from './binomial.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { clopperPearsonInterval, wilsonInterval } from './proportion.ts';

const rounded = ({ low, high }: { low: number; high: number }) => [low, high].map((end) => Number(end.toFixed(4)));

/** R. G. Newcombe, Statistics in Medicine 17, 1998, 857–872, table I. */
describe('published intervals of 95 %', () => {
  test.each([
    [81, 263, [0.2553, 0.3662], [0.2527, 0.3676]],
    [15, 148, [0.0624, 0.1605], [0.0578, 0.1617]],
    [0, 20, [0, 0.1611], [0, 0.1684]],
    [1, 29, [0.0061, 0.1718], [0.0009, 0.1776]],
  ])('%d of %d', (k, n, wilson, exact) => {
    expect(rounded(wilsonInterval(k, n))).toEqual(wilson);
    expect(rounded(clopperPearsonInterval(k, n))).toEqual(exact);
  });
});

/** Probability that the interval of X holds p, for X ~ Binomial(n, p). */
function coverage(interval: typeof wilsonInterval, n: number, p: number): number {
  let covered = 0;
  for (let k = 0; k <= n; k++) {
    const { low, high } = interval(k, n);
    if (low <= p && p <= high) covered += binomialProbability(k, n, p);
  }
  return covered;
}

test('Clopper–Pearson never covers less than it says; Wilson covers that much on average', () => {
  const probabilities = Array.from({ length: 99 }, (_, at) => (at + 1) / 100);
  for (const n of [5, 20, 60]) {
    expect(Math.min(...probabilities.map((p) => coverage(clopperPearsonInterval, n, p)))).toBeGreaterThanOrEqual(0.95);
    const wilson = probabilities.map((p) => coverage(wilsonInterval, n, p));
    const average = wilson.reduce((sum, each) => sum + each, 0) / wilson.length;
    expect(Math.abs(average - 0.95)).toBeLessThan(0.01);
  }
});

test('the ends stay inside 0 and 1 and around k ÷ n, at any confidence; nothing is known of no trials', () => {
  for (const interval of [wilsonInterval, clopperPearsonInterval]) {
    expect(interval(0, 0)).toEqual({ k: 0, n: 0, low: 0, high: 1 });
    for (const alpha of [0.5, 0.05, 1e-6]) {
      for (const n of [1, 7, 1000, 1_000_000]) {
        for (const k of [0, 1, Math.floor(n / 2), n]) {
          const { low, high } = interval(k, n, alpha);
          expect([low >= 0, low <= k / n, k / n <= high, high <= 1]).toEqual([true, true, true, true]);
        }
      }
    }
    const [wide, narrow] = [interval(3, 10, 0.01), interval(3, 10, 0.2)];
    expect([wide.low < narrow.low, narrow.high < wide.high]).toEqual([true, true]);
  }
});

test('the exact interval holds its tails: P(X ≥ k) at its low end and P(X ≤ k) at its high end are α ÷ 2', () => {
  const { low, high } = clopperPearsonInterval(30, 100, 0.1);
  let atLeast = 0;
  let atMost = 0;
  for (let k = 30; k <= 100; k++) atLeast += binomialProbability(k, 100, low);
  for (let k = 0; k <= 30; k++) atMost += binomialProbability(k, 100, high);
  expect([atLeast.toFixed(8), atMost.toFixed(8)]).toEqual(['0.05000000', '0.05000000']);
});

test('the normal distribution and its quantiles are inverse', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
  for (const p of [1e-6, 0.025, 0.5, 0.9, 0.999]) expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 8);
});
