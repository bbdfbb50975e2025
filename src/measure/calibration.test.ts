import { expect, test } from 'vitest';
import { seededRandom } from '../clock.ts';
import type { Forecast } from '../plan/forecast.ts';
import { scoreForecasts, scoreOutcomes } from './calibration.ts';
import type { LabelSource, RunOutcome } from './outcome.ts';

test('Brier score, base rate and bins, by hand', () => {
  const score = scoreForecasts([
    { forecast: 0.9, success: true },
    { forecast: 0.95, success: false },
    { forecast: 0.2, success: false },
    { forecast: 1, success: true },
  ]);
  expect(score.n).toBe(4);
  expect(score.brier).toBeCloseTo((0.01 + 0.9025 + 0.04 + 0) / 4, 12);
  expect(score.baseRateBrier).toBeCloseTo(0.25, 12);
  expect(score.bins.map(({ low, high, k, n }) => [low, high, k, n])).toEqual([
    [0.2, 0.3, 0, 1],
    [0.9, 1, 2, 3],
  ]);
  expect(score.bins[1]?.mean).toBeCloseTo(0.95, 12);
  expect(score.bins[1]?.interval.low).toBeLessThan(2 / 3);
  expect(score.bins[1]?.interval.high).toBeGreaterThan(2 / 3);
});

test('a forecast that knows beats the base rate, one that is sure and wrong is far behind it', () => {
  const random = seededRandom(6);
  const rates = Array.from({ length: 2000 }, () => random.next());
  const came = rates.map((rate) => ({ forecast: rate, success: random.next() < rate }));
  const knowing = scoreForecasts(came);
  // E (p − y)² = E p(1 − p) = 1/6 for uniform p; the base rate's is 1/4.
  expect(Math.abs((knowing.brier ?? 0) - 1 / 6)).toBeLessThan(0.015);
  expect(knowing.baseRateBrier).toBeCloseTo(1 / 4, 2);
  const calibrated = knowing.bins.filter(({ mean, interval }) => interval.low <= mean && mean <= interval.high);
  expect(knowing.bins).toHaveLength(10);
  expect(calibrated.length).toBeGreaterThanOrEqual(8);
  const sure = scoreForecasts(came.map(({ success }) => ({ forecast: 0.99, success })));
  expect(sure.brier ?? 0).toBeGreaterThan((sure.baseRateBrier ?? 1) + 0.2);
});

test('no pairs give no score; what is no probability is refused', () => {
  expect(scoreForecasts([])).toEqual({ n: 0, brier: null, baseRateBrier: null, bins: [] });
  expect(() => scoreForecasts([{ forecast: 1.2, success: true }])).toThrow('must lie between 0 and 1, not 1.2');
  expect(() => scoreForecasts([{ forecast: Number.NaN, success: true }])).toThrow('NaN');
});

const forecast: Forecast = {
  version: 1,
  success: 0.8,
  makespanMs: 1000,
  calls: 4,
  tokens: 100,
  costUsd: null,
  basis: ['prior'],
};

function outcome(label: [boolean, LabelSource] | null, more: Partial<RunOutcome> = {}): RunOutcome {
  return {
    version: 1,
    runId: 'r',
    taskClass: 'c',
    team: 't',
    arm: 'team',
    delivered: true,
    ownVerdict: 'none',
    label: label === null ? null : { success: label[0], source: label[1] },
    propensity: null,
    pair: null,
    calls: 4,
    tokens: 100,
    costUsd: 0.1,
    durationMs: 1000,
    roles: {},
    forecast,
    endedMs: 0,
    ...more,
  };
}

test('outcomes are scored by labels that are evidence, and what has none is counted', () => {
  const score = scoreOutcomes([
    outcome([true, 'held-out']),
    outcome([false, 'person']),
    outcome([true, 'checks']),
    outcome([false, 'run']),
    outcome([true, 'critic']),
    outcome(null),
    outcome([true, 'held-out'], { forecast: null }),
  ]);
  expect(score).toMatchObject({
    forecasts: 6,
    labels: { 'held-out': 1, person: 1, checks: 1, critic: 1, run: 1 },
    unlabeled: 1,
    success: { n: 4 },
    heldOut: { n: 2 },
  });
  expect(score.success.brier).toBeCloseTo((0.04 + 0.64 + 0.04 + 0.64) / 4, 12);
  expect(score.heldOut.baseRateBrier).toBeCloseTo(0.25, 12);
});

test('sizes are scored by ratios: errors in both directions cancel in the median, not in the factor', () => {
  const score = scoreOutcomes([
    outcome(null, { durationMs: 500, calls: 8 }),
    outcome(null, { durationMs: 2000, calls: 8 }),
    outcome(null, { durationMs: 4000, calls: 2, tokens: 0 }),
    outcome(null, { durationMs: 250, calls: 4, tokens: 300 }),
  ]);
  expect(score.makespan.n).toBe(4);
  // 0.25, 0.5, 2, 4: the middle is 1, but half of them are off by 2 or 4: the middle of ln 2 and ln 4.
  expect(score.makespan.medianRatio).toBeCloseTo(1, 12);
  expect(score.makespan.medianFactor).toBeCloseTo(Math.sqrt(8), 12);
  expect(score.calls.medianRatio).toBeCloseTo(Math.sqrt(2), 12);
  expect(score.tokens).toMatchObject({ n: 3 });
  expect(score.cost).toEqual({ n: 0, medianRatio: null, medianFactor: null });
});
