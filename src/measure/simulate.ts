/**
 * What a plan comes to when it is run many times: the real fold in virtual time, with seeded chance in place of models,
 * checks and a planner. Where `forecastPlan` gives expectations in closed form, this gives distributions, and counts
 * what a formula leaves out: replans, work that never starts, slots that are taken.
 */
import { seededRandom } from '../clock.ts';
import type { EstimateSource } from '../plan/estimator.ts';
import type { ForecastBasis } from '../plan/forecast-basis.ts';
import type { Plan } from '../plan/plan.ts';
import { stratifyFirstDraws } from './simulate-chance.ts';
import { prepareTrials, runTrial, type TrialResult } from './simulate-trial.ts';
import type { Interval } from './statistics/interval.ts';
import { wilsonInterval } from './statistics/proportion.ts';

export interface SimulateOptions {
  /** Default 1,000; fewer when that would be more than 500,000 subtasks in all, but at least 10. */
  trials?: number;
  /** Default 1. */
  seed?: number;
  /** Attempts at once. Default: the basis's. */
  concurrency?: number;
}

/** Means are over all trials, those that failed early included. */
export interface Simulation {
  version: 1;
  trials: number;
  seed: number;
  /**
   * Share of trials that handed over a right deliverable; Wilson's interval at 95 %, which is of the trials and not of the
   * model, and wider than need be where first attempts are stratified.
   */
  success: Interval & { mean: number };
  /** Shares of trials: a right deliverable, a wrong one that was taken for right, and none or only a part of it. */
  outcomes: { right: number; wrong: number; none: number };
  /** null when no duration is known. */
  makespanMs: { p50: number; p90: number } | null;
  calls: number;
  /** Attempts started, and replans that were carried out. */
  attempts: number;
  replans: number;
  tokens: number | null;
  costUsd: number | null;
  /** As in a Forecast. */
  basis: EstimateSource[];
}

export const defaultTrials = 1000;
const minTrials = 10;
const maxSubtasks = 500_000;

/** The same plan, basis and options give the same numbers. The plan has passed checkPlan. */
export function simulatePlan(plan: Plan, basis: ForecastBasis, options: SimulateOptions = {}): Simulation {
  const { seed = 1, concurrency = basis.limits.concurrency } = options;
  const trials = options.trials ?? affordableTrials(plan.subtasks.length);
  const limits = { ...basis.limits, concurrency: Math.max(1, concurrency) };
  const prepared = prepareTrials(plan, { ...basis, limits });
  const random = seededRandom(seed);
  const draw = stratifyFirstDraws(prepared.plan.subtasks.length, trials, random);
  const makespans = new Float64Array(trials);
  const counts = { right: 0, wrong: 0, none: 0 };
  const sums = { calls: 0, attempts: 0, replans: 0, tokens: 0, costUsd: 0 };
  const unknown = { tokens: false, costUsd: false };
  for (let trial = 0; trial < trials; trial++) {
    // Each trial has its own source, so that how much chance one takes does not change those after it.
    const result = runTrial(prepared, { random: seededRandom(random.next() * 2 ** 32), drawFirst: (at) => draw(at, trial) });
    counts[result.outcome] += 1;
    makespans[trial] = result.makespanMs;
    addTo(sums, unknown, result);
  }
  makespans.sort();
  const { low, high } = wilsonInterval(counts.right, trials);
  const share = (count: number): number => count / trials;
  return {
    version: 1,
    trials,
    seed,
    success: { mean: share(counts.right), low, high },
    outcomes: { right: share(counts.right), wrong: share(counts.wrong), none: share(counts.none) },
    makespanMs: prepared.isTimed ? { p50: quantile(makespans, 0.5), p90: quantile(makespans, 0.9) } : null,
    calls: share(sums.calls),
    attempts: share(sums.attempts),
    replans: share(sums.replans),
    tokens: unknown.tokens ? null : share(sums.tokens),
    costUsd: unknown.costUsd ? null : share(sums.costUsd),
    basis: prepared.sources,
  };
}

export function affordableTrials(subtasks: number): number {
  return Math.max(minTrials, Math.min(defaultTrials, Math.floor(maxSubtasks / Math.max(1, subtasks))));
}

function addTo(
  sums: { calls: number; attempts: number; replans: number; tokens: number; costUsd: number },
  unknown: { tokens: boolean; costUsd: boolean },
  result: TrialResult,
): void {
  sums.calls += result.calls;
  sums.attempts += result.attempts;
  sums.replans += result.replans;
  if (result.tokens === null) unknown.tokens = true;
  else sums.tokens += result.tokens;
  if (result.costUsd === null) unknown.costUsd = true;
  else sums.costUsd += result.costUsd;
}

/** The smallest value that at least this share of all do not exceed. `sorted` ascending. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
