/** How often the anytime-valid verdict errs, and how many pairs it takes, on simulated comparisons of independent arms. */
import { type Random, seededRandom } from '../src/clock.ts';
import { EProcess, logEValue } from '../src/measure/statistics/e-process.ts';
import { pairsForMcNemar } from '../src/measure/statistics/mcnemar.ts';
import { atMost, type Figure, lessThan } from './figure.ts';
import { mean, median } from './measure.ts';

const alpha = 0.05;
const seed = 1;
/** Success of both arms when there is no difference. */
export const equalRates: readonly number[] = [0.1, 0.3, 0.5, 0.74, 0.9];
/** A comparison without a difference is looked at after each of so many pairs. */
const nullPairs = 500;
/** The founding document's pipeline and single agent. */
export const unequalRates = { team: 0.58, single: 0.74 };
const computedPairs = 5000;
const patience = 20_000;

export interface Simulation {
  team: number;
  single: number;
  comparisons: number;
  /** Where a comparison gives up. */
  maxPairs: number;
  /** a of the mixture; default: the one that was chosen. */
  shape?: number;
}

export interface Stop {
  decision: EProcess['decision'];
  /** When it decided, or `maxPairs`. */
  pairs: number;
}

/** Exact probability that fair discordant pairs, so many at the most, ever bring a verdict: by the counts that can arise. */
export function crossingProbability(pairs: number, bound = alpha): number {
  let undecided = new Map([[0, 1]]);
  let crossed = 0;
  for (let pair = 1; pair <= pairs; pair++) {
    const next = new Map<number, number>();
    for (const [wins, weight] of undecided) {
      for (const after of [wins, wins + 1]) next.set(after, (next.get(after) ?? 0) + weight / 2);
    }
    for (const [wins, weight] of next) {
      if (logEValue(wins, pair) < Math.log(1 / bound)) continue;
      crossed += weight;
      next.delete(wins);
    }
    undecided = next;
  }
  return crossed;
}

/** One stop a comparison: it is looked at after every pair and ends with the first verdict. */
export function simulateComparisons(simulation: Simulation, random: Random): Stop[] {
  const { team, single, comparisons, maxPairs, shape } = simulation;
  return Array.from({ length: comparisons }, () => {
    const process = new EProcess(alpha, shape);
    let pairs = 0;
    while (pairs < maxPairs && process.decision === 'undecided') {
      pairs += 1;
      const teamSucceeds = random.next() < team;
      const singleSucceeds = random.next() < single;
      if (teamSucceeds !== singleSucceeds) process.add(teamSucceeds ? 'team' : 'single');
    }
    return { decision: process.decision, pairs };
  });
}

export function shareDecided(stops: readonly Stop[]): number {
  return mean(stops.map(({ decision }) => (decision === 'undecided' ? 0 : 1)));
}

export function pairsOfFixedTest(power: number): number {
  const { team, single } = unequalRates;
  const rates = { onlySingle: single * (1 - team), onlyTeam: team * (1 - single) };
  return pairsForMcNemar(rates, { power, alpha }) ?? Number.NaN;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** `comparisons` for each of the rates. */
export async function measureEProcess(comparisons = 10_000): Promise<Figure[]> {
  const random = seededRandom(seed);
  const simulated = comparisons.toLocaleString('en');
  const figures: Figure[] = equalRates.map((rate) => ({
    what: `no difference, both at ${rate}: verdicts in ${nullPairs} pairs, of ${simulated}`,
    measured: shareDecided(simulateComparisons({ team: rate, single: rate, comparisons, maxPairs: nullPairs }, random)),
    digits: 4,
    bound: atMost(alpha),
  }));
  figures.push({
    what: `no difference, computed: verdicts in ${computedPairs.toLocaleString('en')} discordant pairs`,
    measured: crossingProbability(computedPairs),
    digits: 4,
    bound: atMost(alpha),
  });
  const stops = simulateComparisons({ ...unequalRates, comparisons, maxPairs: patience }, random);
  const pairs = stops.map((stop) => stop.pairs);
  const fixed = pairsOfFixedTest(0.9);
  const what = `${unequalRates.team} against ${unequalRates.single}`;
  figures.push(
    { what: `${what}: median pairs to the verdict`, measured: median(pairs), digits: 0, bound: lessThan(fixed) },
    { what: '  90th percentile', measured: quantile(pairs, 0.9), digits: 0 },
    { what: '  pairs that the fixed test needs at 90 % power', measured: fixed, digits: 0 },
    {
      what: '  verdicts for the worse arm',
      measured: mean(stops.map(({ decision }) => (decision === 'team' ? 1 : 0))),
      digits: 4,
    },
    { what: '  comparisons without a verdict', measured: 1 - shareDecided(stops), digits: 4 },
  );
  return figures;
}

/** Median pairs to the verdict for other mixtures than the one that was chosen, which is 3. */
export async function measureMixtures(comparisons = 3000): Promise<Figure[]> {
  const differences = [unequalRates, { team: 0.6, single: 0.7 }, { team: 0.5, single: 0.9 }, { team: 0.2, single: 0.95 }];
  return differences.flatMap(({ team, single }) =>
    [0.5, 1, 2, 3, 5, 10, 20].map((shape) => {
      const stops = simulateComparisons({ team, single, comparisons, maxPairs: patience, shape }, seededRandom(seed));
      return { what: `${team} against ${single}, a = ${shape}`, measured: median(stops.map(({ pairs }) => pairs)), digits: 0 };
    }),
  );
}
