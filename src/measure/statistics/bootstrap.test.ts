import { describe, expect, test } from 'vitest';
import { drawCosts, measureCoverage } from '../../../bench/intervals.ts';
import { seededRandom } from '../../clock.ts';
import { bootstrapPairs, type Statistic } from './bootstrap.ts';

const ratio: Statistic = ([above = 0, below = 0]) => above / below;
const bootstrap = (rows: number[][], seed = 1, alpha = 0.05) =>
  bootstrapPairs(rows, [ratio], { random: seededRandom(seed), alpha })[0] ?? null;

describe('an interval', () => {
  test('holds its value; the same seed gives the same, another one nearly the same', () => {
    const rows = drawCosts(100, seededRandom(7));
    const interval = bootstrap(rows);
    expect(interval).toEqual(bootstrap(rows));
    const sums = rows.reduce(([a = 0, b = 0], [x = 0, y = 0]) => [a + x, b + y], [0, 0]);
    expect(interval?.value).toBeCloseTo((sums[0] ?? 0) / (sums[1] ?? 0), 12);
    const other = bootstrap(rows, 2);
    expect(other).not.toEqual(interval);
    expect(Math.abs((other?.low ?? 0) - (interval?.low ?? 1))).toBeLessThan(0.03);
    expect([(interval?.low ?? 2) < 1, (interval?.high ?? 0) > 1]).toEqual([true, true]);
  });

  test.each([
    [6, 0.91],
    [20, 0.91],
  ])('of %d lognormal pairs covers the true ratio in at least %d of 400 trials', (count, least) => {
    const covered = measureCoverage({ pairs: count, trials: 400, resamples: 400 }, seededRandom(3));
    expect([covered >= least, covered < 1]).toEqual([true, true]);
  });

  test('pairs stay together: a ratio that is the same in each of them has no width', () => {
    const rows = Array.from({ length: 50 }, (_, at) => [3 * (at + 1), at + 1]);
    expect(bootstrap(rows)).toEqual({ value: 3, low: 3, high: 3 });
  });

  test('a smaller alpha is wider', () => {
    const rows = drawCosts(60, seededRandom(5));
    const [narrow, wide] = [bootstrap(rows, 1, 0.2), bootstrap(rows, 1, 0.001)];
    expect([(wide?.low ?? 1) < (narrow?.low ?? 0), (wide?.high ?? 0) > (narrow?.high ?? 1)]).toEqual([true, true]);
  });

  test('of many pairs takes sums of neighbors, with the value and about the width that single pairs give', () => {
    const random = seededRandom(11);
    const rows = Array.from({ length: 30_001 }, () => [random.next() < 0.5 ? 1 : 0, 1]);
    const interval = bootstrap(rows);
    const share = rows.reduce((sum, [success = 0]) => sum + success, 0) / rows.length;
    expect(interval?.value).toBeCloseTo(share, 12);
    const width = (interval?.high ?? 0) - (interval?.low ?? 0);
    const expected = 2 * 1.96 * Math.sqrt(0.25 / rows.length);
    expect(width / expected).toBeGreaterThan(0.8);
    expect(width / expected).toBeLessThan(1.2);
  });
});

describe('what can’t be divided', () => {
  test('no pairs, or a denominator of 0: no value', () => {
    expect(bootstrap([])).toBeNull();
    expect(bootstrap([[0, 0]])).toBeNull();
    expect(
      bootstrap([
        [1, 0],
        [2, 0],
      ]),
    ).toBeNull();
  });

  test('a denominator that is 0 in too many resamples: no interval', () => {
    expect(bootstrap([[1, 1], ...Array.from({ length: 19 }, () => [1, 0])])).toBeNull();
  });

  test('one that is 0 in next to no resample does not matter', () => {
    const rows = Array.from({ length: 40 }, (_, at) => [1, at < 30 ? 1 : 0]);
    const interval = bootstrap(rows);
    expect(interval?.value).toBeCloseTo(40 / 30, 12);
    expect(interval?.high).toBeLessThan(2.5);
  });

  test('resamples that have neither numerator nor denominator are left out', () => {
    const rows = [...Array.from({ length: 3 }, () => [2, 1]), ...Array.from({ length: 3 }, () => [0, 0])];
    expect(bootstrap(rows)).toEqual({ value: 2, low: 2, high: 2 });
  });
});

test('one pair says what it is and has no width', () => {
  expect(bootstrap([[3, 2]])).toEqual({ value: 1.5, low: 1.5, high: 1.5 });
});
