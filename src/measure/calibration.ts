/** How good forecasts were, once it is known what came: probabilities of success by their Brier score, sizes by ratios. */
import { PlanwrightError } from '../errors.ts';
import type { Forecast } from '../plan/forecast.ts';
import type { LabelSource, OutcomeLabel, RunOutcome } from './outcome.ts';
import type { Interval } from './statistics/interval.ts';
import { wilsonInterval } from './statistics/proportion.ts';

export interface ForecastPair {
  /** Probability of success, from 0 to 1. */
  forecast: number;
  success: boolean;
}

/** Forecasts from `low` up to but without `high` (1 is in the last bin), and how often success came. */
export interface CalibrationBin {
  low: number;
  high: number;
  /** Mean of the forecasts in it. */
  mean: number;
  k: number;
  n: number;
  /** Of k ÷ n: Wilson's, at 95 %. */
  interval: Interval;
}

export interface ForecastScore {
  n: number;
  /** Mean squared distance between forecast and outcome (1 or 0): 0 is perfect, always saying 0.5 gives 0.25. null without pairs. */
  brier: number | null;
  /** The score of always forecasting the share of successes, known only afterwards: rate × (1 − rate). null without pairs. */
  baseRateBrier: number | null;
  /** Those that hold a forecast, lowest first. */
  bins: CalibrationBin[];
}

/** How far a forecast quantity was off: observed ÷ forecast, over runs that have both above 0. */
export interface RatioScore {
  n: number;
  /** Above 1: more than forecast. null without such runs. */
  medianRatio: number | null;
  /** exp of the median |ln ratio|: half of the forecasts were within this factor. null without such runs. */
  medianFactor: number | null;
}

export interface OutcomeScore {
  /** Runs that have a forecast. */
  forecasts: number;
  /** Those of them that have a label, by its source, and those that have none. */
  labels: Record<LabelSource, number>;
  unlabeled: number;
  /** Over runs judged by a held-out check, a person, their own checks, or that failed by themselves. A critic's label is no evidence. */
  success: ForecastScore;
  /** Over held-out checks and persons alone: labels that don't depend on what the run itself found. */
  heldOut: ForecastScore;
  makespan: RatioScore;
  tokens: RatioScore;
  calls: RatioScore;
  cost: RatioScore;
}

const binCount = 10;

/**
 * Ten bins of equal width. A forecast is scored as it was stated, not shrunk.
 * @throws {PlanwrightError} `usage` for a forecast that is no probability.
 */
export function scoreForecasts(pairs: readonly ForecastPair[]): ForecastScore {
  const bins = Array.from({ length: binCount }, () => ({ total: 0, k: 0, n: 0 }));
  let squares = 0;
  let successes = 0;
  for (const { forecast, success } of pairs) {
    if (!(forecast >= 0 && forecast <= 1)) {
      throw new PlanwrightError('usage', `A forecast of success must lie between 0 and 1, not ${forecast}.`);
    }
    const bin = bins[Math.min(binCount - 1, Math.floor(forecast * binCount))];
    if (bin !== undefined) {
      bin.total += forecast;
      bin.n += 1;
      if (success) bin.k += 1;
    }
    squares += (forecast - (success ? 1 : 0)) ** 2;
    if (success) successes += 1;
  }
  const n = pairs.length;
  const rate = successes / n;
  return {
    n,
    brier: n === 0 ? null : squares / n,
    baseRateBrier: n === 0 ? null : rate * (1 - rate),
    bins: bins.flatMap((bin, at) => (bin.n === 0 ? [] : [describeBin(bin, at)])),
  };
}

/**
 * Runs without a forecast are left out. Labels of a run's own are not given at random: a run that fails is always
 * labeled, one that succeeds unchecked never is, so `success` is only fair when `unlabeled` is 0.
 */
export function scoreOutcomes(outcomes: readonly RunOutcome[]): OutcomeScore {
  const scored = outcomes.flatMap((outcome) => (outcome.forecast === null ? [] : [{ outcome, forecast: outcome.forecast }]));
  const labels: Record<LabelSource, number> = { 'held-out': 0, person: 0, checks: 0, critic: 0, run: 0 };
  for (const { outcome } of scored) if (outcome.label !== null) labels[outcome.label.source] += 1;
  const pairsFrom = (sources: readonly LabelSource[]): ForecastPair[] =>
    scored.flatMap(({ outcome: { label }, forecast }) =>
      isFrom(label, sources) ? { forecast: forecast.success, success: label.success } : [],
    );
  const ratios = (
    observed: (outcome: RunOutcome) => number | null,
    expected: (forecast: Forecast) => number | null,
  ): RatioScore =>
    scoreRatios(scored.map(({ outcome, forecast }) => ({ observed: observed(outcome), expected: expected(forecast) })));
  return {
    forecasts: scored.length,
    labels,
    unlabeled: scored.filter(({ outcome }) => outcome.label === null).length,
    success: scoreForecasts(pairsFrom(['held-out', 'person', 'checks', 'run'])),
    heldOut: scoreForecasts(pairsFrom(['held-out', 'person'])),
    makespan: ratios(
      (outcome) => outcome.durationMs,
      (forecast) => forecast.makespanMs,
    ),
    tokens: ratios(
      (outcome) => outcome.tokens,
      (forecast) => forecast.tokens,
    ),
    calls: ratios(
      (outcome) => outcome.calls,
      (forecast) => forecast.calls,
    ),
    cost: ratios(
      (outcome) => outcome.costUsd,
      (forecast) => forecast.costUsd,
    ),
  };
}

function isFrom(label: OutcomeLabel | null, sources: readonly LabelSource[]): label is OutcomeLabel {
  return label !== null && sources.includes(label.source);
}

function describeBin({ total, k, n }: { total: number; k: number; n: number }, at: number): CalibrationBin {
  const { low, high } = wilsonInterval(k, n);
  return { low: at / binCount, high: (at + 1) / binCount, mean: total / n, k, n, interval: { low, high } };
}

function scoreRatios(pairs: readonly { observed: number | null; expected: number | null }[]): RatioScore {
  const logs = pairs.flatMap(({ observed, expected }) =>
    observed !== null && expected !== null && observed > 0 && expected > 0 ? Math.log(observed / expected) : [],
  );
  if (logs.length === 0) return { n: 0, medianRatio: null, medianFactor: null };
  return {
    n: logs.length,
    medianRatio: Math.exp(median(logs)),
    medianFactor: Math.exp(median(logs.map(Math.abs))),
  };
}

/** Of an even number, the mean of the two in the middle. `values` is not empty. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
