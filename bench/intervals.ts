/** How often the intervals of cost and time hold the truth, on simulated comparisons. */
import { type Random, seededRandom } from '../src/clock.ts';
import { bootstrapPairs, type Statistic } from '../src/measure/statistics/bootstrap.ts';
import type { Figure } from './figure.ts';

const alpha = 0.05;
/** σ of the logarithm: of what a task costs either arm, and of what a run adds. */
const sigma = 0.6;
const ratio: Statistic = ([team = 0, single = 0]) => team / single;

/** Costs of both arms on so many tasks; the true ratio of their means is 1. */
export function drawCosts(pairs: number, random: Random): number[][] {
  return Array.from({ length: pairs }, () => {
    const task = sigma * drawNormal(random);
    return [Math.exp(task + sigma * drawNormal(random)), Math.exp(task + sigma * drawNormal(random))];
  });
}

export interface CoverageOptions {
  pairs: number;
  trials: number;
  resamples: number;
}

/** Share of intervals that hold the true ratio. */
export function measureCoverage({ pairs, trials, resamples }: CoverageOptions, random: Random): number {
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const [interval = null] = bootstrapPairs(drawCosts(pairs, random), [ratio], { random, alpha, resamples });
    if (interval !== null && interval.low <= 1 && interval.high >= 1) covered += 1;
  }
  return covered / trials;
}

export async function measureIntervals(trials = 2000): Promise<Figure[]> {
  const random = seededRandom(1);
  return [6, 10, 20, 50, 150].map((pairs) => ({
    what: `ratio of lognormal costs, ${pairs} pairs: coverage`,
    measured: measureCoverage({ pairs, trials, resamples: 1000 }, random),
    digits: 3,
  }));
}

/** Box and Muller. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
