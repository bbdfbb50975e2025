/** What a list of pairs says of two arms: on success, on cost and on time, each by itself. */
import type { Random } from '../clock.ts';
import type { Decision, PairedComparison, RatioEstimate, ResultRow } from './comparison-report.ts';
import type { ResultPair } from './pair-results.ts';
import { bootstrapPairs, type Statistic } from './statistics/bootstrap.ts';
import { discordantPairsToDecide, EProcess } from './statistics/e-process.ts';
import { mcnemarP, pairsForMcNemar } from './statistics/mcnemar.ts';
import { wilsonInterval } from './statistics/proportion.ts';

export interface JudgeOptions {
  method: 'anytime' | 'fixed';
  /** The error that each verdict may have; the intervals have 1 − alpha. */
  alpha: number;
  random: Random;
  /** Of the bootstrap; default 2,000. */
  resamples?: number;
}

interface Counts {
  pairs: number;
  both: number;
  onlySingle: number;
  onlyTeam: number;
  neither: number;
}

type Unit = RatioEstimate['unit'];
type PairMeasures = Pick<PairedComparison, 'difference' | 'cost' | 'time' | 'costPerSuccess'>;

/** The power that "pairs still needed" stands for under the fixed test. */
const planningPower = 0.8;

/** `pairs` in the order in which they became complete: the e-process sees them so. */
export function judgePairs(pairs: readonly ResultPair[], options: JudgeOptions): PairedComparison {
  const { method, alpha } = options;
  const { counts, process } = countPairs(pairs, alpha);
  const p = mcnemarP(counts.onlySingle, counts.onlyTeam);
  const majority: Decision = counts.onlyTeam > counts.onlySingle ? 'team' : 'single';
  const fixed = p <= alpha ? majority : 'undecided';
  const success = method === 'anytime' ? process.decision : fixed;
  const measures = measurePairs(pairs, options);
  const judge = (ratio: RatioEstimate | null): Decision => judgeRatio(ratio, pairs.length, alpha);
  return {
    verdict: success,
    ...counts,
    mcnemarP: p,
    eValue: process.max,
    success: {
      single: wilsonInterval(counts.both + counts.onlySingle, counts.pairs, alpha),
      team: wilsonInterval(counts.both + counts.onlyTeam, counts.pairs, alpha),
    },
    ...measures,
    verdicts: {
      success,
      cost: judge(measures.cost),
      time: judge(measures.time),
      costPerSuccess: judge(measures.costPerSuccess),
    },
    furtherPairs: success === 'undecided' ? furtherPairs(counts, options) : 0,
  };
}

/**
 * Pairs below which no interval decides: were the same arm cheaper in each of them, a sign test would still not reach
 * alpha. 6 at 0.05.
 */
export function fewestDecidingPairs(alpha: number): number {
  return Math.ceil(1 + Math.log2(1 / alpha));
}

function countPairs(pairs: readonly ResultPair[], alpha: number): { counts: Counts; process: EProcess } {
  const counts: Counts = { pairs: pairs.length, both: 0, onlySingle: 0, onlyTeam: 0, neither: 0 };
  const process = new EProcess(alpha);
  for (const { single, team } of pairs) {
    if (single.success && team.success) counts.both += 1;
    else if (!single.success && !team.success) counts.neither += 1;
    else {
      counts[team.success ? 'onlyTeam' : 'onlySingle'] += 1;
      process.add(team.success ? 'team' : 'single');
    }
  }
  return { counts, process };
}

/** At the rates seen so far, if they are the true ones. */
function furtherPairs({ pairs, onlySingle, onlyTeam }: Counts, { method, alpha }: JudgeOptions): number | null {
  if (onlySingle === onlyTeam) return null;
  const discordant = onlySingle + onlyTeam;
  const needed =
    method === 'fixed'
      ? pairsForMcNemar({ onlySingle: onlySingle / pairs, onlyTeam: onlyTeam / pairs }, { power: planningPower, alpha })
      : multiply(discordantPairsToDecide(onlyTeam / discordant, alpha), pairs / discordant);
  return needed === null ? null : Math.max(1, needed - pairs);
}

function multiply(discordant: number | null, pairsEach: number): number | null {
  return discordant === null ? null : Math.ceil(discordant * pairsEach);
}

/** Columns of the bootstrap: 1, success of the team and of the single agent, then two for each unit that every row states. */
function measurePairs(pairs: readonly ResultPair[], { alpha, random, resamples }: JudgeOptions): PairMeasures {
  const units = (['usd', 'tokens', 'seconds'] as const).filter((unit) => isStated(pairs, unit));
  const rows = pairs.map(({ single, team }) => [
    1,
    Number(team.success),
    Number(single.success),
    ...units.flatMap((unit) => [team[unit] ?? 0, single[unit] ?? 0]),
  ]);
  const statistics: Statistic[] = [([count = 0, team = 0, single = 0]) => (team - single) / count];
  for (const at of units.keys()) {
    const ratio: Statistic = (sums) => (sums[3 + 2 * at] ?? 0) / (sums[4 + 2 * at] ?? 0);
    statistics.push(ratio, (sums) => (ratio(sums) * (sums[2] ?? 0)) / (sums[1] ?? 0));
  }
  const [difference, ...ratios] = bootstrapPairs(rows, statistics, {
    alpha,
    random,
    ...(resamples === undefined ? {} : { resamples }),
  });
  const read = (unit: Unit, offset: 0 | 1): RatioEstimate | null => {
    const at = units.findIndex((stated) => stated === unit);
    const estimate = at < 0 ? undefined : ratios[2 * at + offset];
    if (estimate === undefined || estimate === null) return null;
    return { ratio: estimate.value, low: estimate.low, high: estimate.high, unit };
  };
  const cost = read('usd', 0) ?? read('tokens', 0);
  const eachSucceeded = pairs.some(({ team }) => team.success) && pairs.some(({ single }) => single.success);
  return {
    difference: difference ?? { value: 0, low: -1, high: 1 },
    cost,
    time: read('seconds', 0),
    costPerSuccess: cost === null || !eachSucceeded ? null : read(cost.unit, 1),
  };
}

function isStated(pairs: readonly ResultPair[], unit: Unit): boolean {
  const states = (row: ResultRow): boolean => row[unit] !== undefined;
  return pairs.length > 0 && pairs.every(({ single, team }) => states(single) && states(team));
}

function judgeRatio(ratio: RatioEstimate | null, pairs: number, alpha: number): Decision {
  if (ratio === null || pairs < fewestDecidingPairs(alpha)) return 'undecided';
  if (ratio.high < 1) return 'team';
  return ratio.low > 1 ? 'single' : 'undecided';
}
