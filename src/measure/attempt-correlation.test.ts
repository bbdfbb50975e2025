import { expect, test } from 'vitest';
import { seededRandom } from '../clock.ts';
import { forecastAnyOf, measureAttemptCorrelation } from './attempt-correlation.ts';

const tries = (...rights: [right: number, of: number][]) =>
  rights.map(([right, of]) => Array.from({ length: of }, (_, at) => at < right));

test('the ANOVA estimator, by hand', () => {
  const report = measureAttemptCorrelation(tries([4, 4], [2, 4], [0, 4]));
  // Σ r²/m = 4 + 1 + 0 = 5; MSB = (5 − 36/12) ÷ 2 = 1; MSW = (6 − 5) ÷ 9 = 1/9; n₀ = 4; ρ = (8/9) ÷ (1 + 3/9) = 2/3.
  expect(report?.rho.value).toBeCloseTo(2 / 3, 12);
  expect(report).toMatchObject({ estimator: 'anova', p: 0.5, tasks: 3, attempts: 12 });
});

test('attempts that always agree correlate by 1, independent ones by about 0', () => {
  expect(measureAttemptCorrelation(tries([3, 3], [0, 3], [3, 3], [0, 3]))?.rho).toEqual({ value: 1, low: 1, high: 1 });
  const random = seededRandom(8);
  const independent = Array.from({ length: 500 }, () => Array.from({ length: 4 }, () => random.next() < 0.4));
  const { low, high } = measureAttemptCorrelation(independent)?.rho ?? { low: 1, high: 1 };
  expect(low).toBeLessThan(0);
  expect(high).toBeGreaterThan(0);
  expect(high - low).toBeLessThan(0.15);
});

test('a known correlation is recovered, with lists of unlike lengths, and its interval covers it', () => {
  const random = seededRandom(9);
  let covered = 0;
  let total = 0;
  for (let trial = 0; trial < 200; trial++) {
    // Task probabilities of 0.2 and 0.8, half each: ρ = 0.3² ÷ (0.5 · 0.5) = 0.36.
    const lists = Array.from({ length: 120 }, (_, at) => {
      const p = random.next() < 0.5 ? 0.2 : 0.8;
      return Array.from({ length: 2 + (at % 4) }, () => random.next() < p);
    });
    const rho = measureAttemptCorrelation(lists)?.rho;
    total += rho?.value ?? 0;
    if (rho !== undefined && rho.low <= 0.36 && rho.high >= 0.36) covered += 1;
  }
  expect(Math.abs(total / 200 - 0.36)).toBeLessThan(0.01);
  expect(covered / 200).toBeGreaterThan(0.9);
  expect(covered / 200).toBeLessThan(0.99);
});

test('nothing is said where nothing can be: one task, one attempt each, all alike, no attempts', () => {
  for (const lists of [tries([1, 4]), tries([1, 1], [0, 1]), tries([3, 3], [3, 3]), [], [[], []]]) {
    expect(measureAttemptCorrelation(lists)).toBeNull();
  }
});

test('any of n: independence at ρ = 0, one attempt’s worth at ρ = 1, the beta-binomial in between', () => {
  expect(forecastAnyOf(4, 0.3, 0)).toBeCloseTo(1 - 0.7 ** 4, 12);
  expect(forecastAnyOf(4, 0.3, 1)).toBeCloseTo(0.3, 12);
  // α = β = 1 (uniform p): P(none of 3) = 1/4. p = 1/2, ρ = 1 ÷ (1 + α + β) = 1/3.
  expect(forecastAnyOf(3, 0.5, 1 / 3)).toBeCloseTo(3 / 4, 12);
  // n = 2 by the definition of a correlation: P(both wrong) = (1−p)² + ρ p (1−p).
  expect(forecastAnyOf(2, 0.3, 0.4)).toBeCloseTo(1 - (0.49 + 0.4 * 0.21), 12);
});

test('more attempts never lower the chance, more correlation never raises it; negative correlation is possible', () => {
  for (const p of [0, 0.1, 0.5, 0.9, 1]) {
    for (let n = 1; n <= 8; n++) {
      for (const rho of [0, 0.3, 1]) {
        expect(forecastAnyOf(n + 1, p, rho)).toBeGreaterThanOrEqual(forecastAnyOf(n, p, rho) - 1e-12);
      }
      const falling = [-1, -0.2, 0, 0.3, 1].map((rho) => forecastAnyOf(n, p, rho));
      for (const [at, any] of falling.entries()) {
        expect(any).toBeLessThanOrEqual((falling[at - 1] ?? 1) + 1e-12);
        expect(any).toBeGreaterThanOrEqual(p - 1e-12);
      }
    }
  }
  // Two attempts of which exactly one is right: ρ = −1.
  expect(forecastAnyOf(2, 0.5, -1)).toBeCloseTo(1, 12);
});

test('impossible arguments are refused', () => {
  expect(() => forecastAnyOf(0, 0.5, 0)).toThrow('n must be a positive integer, not 0');
  expect(() => forecastAnyOf(2, Number.NaN, 0)).toThrow('p must lie between 0 and 1');
  expect(() => forecastAnyOf(2, 0.5, 1.5)).toThrow('rho must lie between -1 and 1');
});
