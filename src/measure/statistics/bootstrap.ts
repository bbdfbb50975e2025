/** Intervals of statistics of paired observations: whole pairs are drawn again, so what links a pair's two sides is kept. */
import jStat from 'jstat';
import type { Random } from '../../clock.ts';
import type { Estimated } from './interval.ts';
import { normalCdf } from './normal.ts';

/** Draws of pairs up to which more resamples are taken: some 0.1 s. */
const maxDraws = 4_000_000;
const maxResamples = 20_000;
/** What is drawn are pairs; above this, sums of as many neighbors each, which vary alike when pairs are independent. */
const maxUnits = 10_000;

export interface BootstrapOptions {
  random: Random;
  /** 1 − confidence. */
  alpha: number;
  /** Default 2,000. Many pairs get fewer, down to 4 ÷ alpha or 400; a small alpha gets more, up to 20,000. */
  resamples?: number;
}

/** A value from the sums of the columns, each over all pairs. Not finite: it has no value for these. */
export type Statistic = (sums: Float64Array) => number;

/**
 * Percentile intervals (B. Efron, 1979), expanded for few pairs by t-quantiles and √(n ÷ (n − 1)) (T. Hesterberg, The American
 * Statistician 69, 2015); npm run bench -- intervals measures what they cover. One pair gives an interval of no width.
 *
 * @param rows one a pair, all of one length.
 * @returns in the order of the statistics; null for one whose value or an end of its interval is not finite.
 */
export function bootstrapPairs(
  rows: readonly (readonly number[])[],
  statistics: readonly Statistic[],
  options: BootstrapOptions,
): (Estimated | null)[] {
  const pairs = rows.length;
  if (pairs === 0) return statistics.map(() => null);
  const columns = rows[0]?.length ?? 0;
  const cells = groupPairs(rows, columns);
  const units = cells.length / columns;
  const values = sumAndApply(cells, { columns, statistics, pick: (at) => at });
  const tail = expandedTail(pairs, options.alpha);
  const resamples = countResamples(units, options);
  const draws = statistics.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = sumAndApply(cells, { columns, statistics, pick: () => Math.floor(options.random.next() * units) });
    for (const [at, value] of drawn.entries()) {
      const list = draws[at];
      if (list !== undefined) list[resample] = value;
    }
  }
  return values.map((value, at) => {
    const interval = percentileInterval(draws[at] ?? new Float64Array(), tail);
    return [value, interval.low, interval.high].every(Number.isFinite) ? { value, ...interval } : null;
  });
}

/** A unit after the other, each of `columns` numbers. */
function groupPairs(rows: readonly (readonly number[])[], columns: number): Float64Array {
  const groupSize = Math.ceil(rows.length / maxUnits);
  const cells = new Float64Array(Math.ceil(rows.length / groupSize) * columns);
  for (const [at, row] of rows.entries()) {
    const start = Math.floor(at / groupSize) * columns;
    for (const [column, value] of row.entries()) cells[start + column] = (cells[start + column] ?? 0) + value;
  }
  return cells;
}

interface Sampling {
  columns: number;
  statistics: readonly Statistic[];
  /** The unit that is taken in the place of the one at `at`. */
  pick: (at: number) => number;
}

function sumAndApply(cells: Float64Array, { columns, statistics, pick }: Sampling): number[] {
  const sums = new Float64Array(columns);
  const units = cells.length / columns;
  for (let at = 0; at < units; at++) {
    const start = pick(at) * columns;
    for (let column = 0; column < columns; column++) sums[column] = (sums[column] ?? 0) + (cells[start + column] ?? 0);
  }
  return statistics.map((statistic) => statistic(sums));
}

/** What lies below the interval, and above it. */
function expandedTail(pairs: number, alpha: number): number {
  if (pairs < 2) return alpha / 2;
  return normalCdf(-Math.sqrt(pairs / (pairs - 1)) * jStat.studentt.inv(1 - alpha / 2, pairs - 1));
}

function countResamples(units: number, { alpha, resamples = 2000 }: BootstrapOptions): number {
  const wanted = Math.max(resamples, Math.ceil(20 / alpha));
  const affordable = Math.max(400, Math.ceil(4 / alpha), Math.floor(maxDraws / units));
  return Math.min(maxResamples, wanted, affordable);
}

/** From the values of rank (R + 1) · tail at both ends, rounded outward; the extremes at the most. */
function percentileInterval(draws: Float64Array, tail: number): { low: number; high: number } {
  // A resample in which nothing is left to divide says nothing.
  const sorted = draws.filter((value) => !Number.isNaN(value)).toSorted();
  const skipped = Math.max(0, Math.floor((sorted.length + 1) * tail) - 1);
  return { low: sorted[skipped] ?? Number.NaN, high: sorted[sorted.length - 1 - skipped] ?? Number.NaN };
}
