import { describe, expect, test } from 'vitest';
import { type Random, seededRandom } from '../clock.ts';
import { chain, plan, type Row } from '../plan/fixtures/plan-of-rows.ts';
import { forecastPlan } from '../plan/forecast.ts';
import { type ForecastBasis, priorAttempt } from '../plan/forecast-basis.ts';
import type { AcceptCheck, Plan } from '../plan/plan.ts';
import { buildForecastBasis } from './build-forecast-basis.ts';
import { affordableTrials, simulatePlan } from './simulate.ts';
import { durationSigma } from './simulate-chance.ts';

const check: AcceptCheck[] = [{ kind: 'predicate', minLength: 1 }];

/** Six standard errors of a share: what chance alone exceeds once in 500 million. */
const sixErrors = (share: number, trials: number): number => 6 * Math.sqrt((share * (1 - share)) / trials) + 1e-12;

describe('without checks', () => {
  test.each([1, 2, 7, 42])('a chain of 5 at .9 is right with .59, seed %d', (seed) => {
    const basis = buildForecastBasis({ limits: { retries: 0 } });
    const { success, calls, trials } = simulatePlan(chain(5), basis, { seed });
    expect(trials).toBe(1000);
    expect(success.low).toBeLessThan(0.9 ** 5);
    expect(success.high).toBeGreaterThan(0.9 ** 5);
    expect(forecastPlan(chain(5), basis).success).toBeCloseTo(0.9 ** 5, 12);
    expect(calls).toBe(5);
  });

  test('of the first attempts exactly a share p is right', () => {
    expect(simulatePlan(chain(1), buildForecastBasis()).success.mean).toBe(0.9);
    expect(simulatePlan(chain(1), buildForecastBasis({ prior: { p: 0.123 } })).success.mean).toBe(0.123);
  });

  test('a wrong result is handed over as if it were right', () => {
    const { outcomes, success } = simulatePlan(chain(3), buildForecastBasis());
    expect(outcomes).toEqual({ right: success.mean, wrong: expect.closeTo(1 - success.mean, 12), none: 0 });
  });

  test('several sinks have to be right all, a named deliverable alone', () => {
    const rows = { a: { estimate: { p: 1 } }, b: { estimate: { p: 0 } } };
    expect(simulatePlan(plan(rows), buildForecastBasis())).toMatchObject({ success: { mean: 0 }, calls: 3 });
    expect(simulatePlan(plan(rows, 'a'), buildForecastBasis())).toMatchObject({ success: { mean: 1 }, calls: 2 });
  });
});

describe('checks, retries and re-routes', () => {
  const perfect = { falseAccept: 0, falseReject: 0 };

  test('with perfect checks nothing wrong is handed over, and attempts are those of the ladder', () => {
    const basis = buildForecastBasis({ critic: perfect, limits: { retries: 1, reroutes: 1 }, prior: { p: 0.5 } });
    const { outcomes, attempts } = simulatePlan(plan({ a: { accept: check } }), basis, { trials: 5_000 });
    expect(outcomes.wrong).toBe(0);
    expect(Math.abs(outcomes.right - 0.875)).toBeLessThan(sixErrors(0.875, 5_000));
    expect(Math.abs(attempts - 1.75)).toBeLessThan(0.07);
  });

  test('a check that notices nothing changes nothing', () => {
    const basis = buildForecastBasis({ critic: { falseAccept: 1, falseReject: 0 } });
    expect(simulatePlan(chain(4, { accept: check }), basis)).toEqual(simulatePlan(chain(4), basis));
  });

  test('a failed subtask leaves what rests on it undone', () => {
    const basis = buildForecastBasis({ critic: perfect, limits: { retries: 0, reroutes: 0 } });
    const { attempts, outcomes } = simulatePlan(chain(10, { accept: check, estimate: { p: 0 } }), basis);
    expect({ attempts, outcomes }).toEqual({ attempts: 1, outcomes: { right: 0, wrong: 0, none: 1 } });
  });
});

describe('replans', () => {
  const basis: ForecastBasis = buildForecastBasis({
    critic: { falseAccept: 0, falseReject: 0 },
    limits: { retries: 0, reroutes: 0, replans: 1 },
    planned: true,
  });
  const rows = { a: { accept: check, estimate: { p: 0.5 } }, b: { dependsOn: ['a'], estimate: { p: 1 } } };

  test('a planner’s plan goes on around a failure, a given plan does not', () => {
    const planned = simulatePlan(plan(rows), basis, { trials: 5_000 });
    // Half fail; .9 of the replans find a way, and half of those succeed.
    expect(Math.abs(planned.success.mean - (0.5 + 0.5 * 0.9 * 0.5))).toBeLessThan(sixErrors(0.725, 5_000));
    expect(Math.abs(planned.replans - 0.45)).toBeLessThan(sixErrors(0.45, 5_000));
    const given = simulatePlan(plan(rows), { ...basis, planner: null });
    expect(given).toMatchObject({ success: { mean: 0.5 }, replans: 0 });
  });

  test('a deliverable that is replaced stays the deliverable', () => {
    const named = simulatePlan(plan({ ...rows, aside: {} }, 'b'), basis, { trials: 5000 });
    expect(Math.abs(named.success.mean - 0.725)).toBeLessThan(sixErrors(0.725, 5000));
  });

  test('planner, replanner and what is done again are paid for', () => {
    const never = { a: { accept: check, estimate: { p: 0, tokens: 10 } }, b: { dependsOn: ['a'] } };
    const { calls, attempts, tokens, replans } = simulatePlan(plan(never), {
      ...basis,
      planner: { ...priorAttempt, p: 1, tokens: 7 },
    });
    expect({ calls, attempts, tokens, replans }).toEqual({ calls: 4, attempts: 2, tokens: 34, replans: 1 });
  });

  test('a planner’s plan of one subtask is the generalist’s', () => {
    const roles = { generalist: { ...priorAttempt, p: 1, calls: 3 } };
    const { success, calls } = simulatePlan(plan({ a: { estimate: { p: 0 } } }), buildForecastBasis({ planned: true, roles }));
    expect({ mean: success.mean, calls }).toEqual({ mean: 1, calls: 4 });
  });
});

describe('time', () => {
  const timed = { estimate: { durationMs: 1000, p: 1 } };

  test('unknown durations give no makespan', () => {
    expect(simulatePlan(chain(3), buildForecastBasis()).makespanMs).toBeNull();
  });

  test('durations are lognormal around the estimate', () => {
    const { makespanMs } = simulatePlan(plan({ a: timed }), buildForecastBasis(), { trials: 5_000 });
    const median = 1000 * Math.exp(-(durationSigma ** 2) / 2);
    expect(Math.abs((makespanMs?.p50 ?? 0) / median - 1)).toBeLessThan(0.06);
    // The normal distribution's 90th percentile is 1.2816.
    expect(Math.abs((makespanMs?.p90 ?? 0) / (median * Math.exp(1.2816 * durationSigma)) - 1)).toBeLessThan(0.06);
  });

  test('fewer workers take longer', () => {
    const wide = plan({ a: timed, b: timed, c: timed, d: timed, end: { dependsOn: ['a', 'b', 'c', 'd'], ...timed } });
    const medians = [1, 2, 8].map(
      (concurrency) => simulatePlan(wide, buildForecastBasis(), { concurrency }).makespanMs?.p50 ?? 0,
    );
    const [one = 0, two = 0, eight = 0] = medians;
    expect(Math.abs(one / 5000 - 1)).toBeLessThan(0.05);
    expect(two / one).toBeLessThan(0.8);
    expect(eight / two).toBeLessThan(0.9);
  });
});

describe('the numbers', () => {
  test('the same seed gives the same, another one others', () => {
    const some = chain(4, { accept: check, estimate: { durationMs: 100, tokens: 5 } });
    const basis = buildForecastBasis({ planned: true });
    expect(simulatePlan(some, basis, { seed: 5 })).toEqual(simulatePlan(some, basis, { seed: 5 }));
    expect(simulatePlan(some, basis, { seed: 5 })).not.toEqual({ ...simulatePlan(some, basis, { seed: 6 }), seed: 5 });
  });

  test('an unknown price makes the sum unknown, known ones add up', () => {
    const roles = { worker: { p: 1, durationMs: null, tokens: 10, costUsd: 0.5, calls: 2, attempts: 9 } };
    const both = plan({ a: {}, b: { dependsOn: ['a'] } });
    expect(simulatePlan(both, buildForecastBasis({ roles }))).toMatchObject({ calls: 4, tokens: 20, costUsd: 1 });
    const other = plan({ a: {}, b: { role: 'unpriced', dependsOn: ['a'] } });
    expect(simulatePlan(other, buildForecastBasis({ roles }))).toMatchObject({ tokens: 20, costUsd: null });
    expect(simulatePlan(chain(2), buildForecastBasis())).toMatchObject({ tokens: null, costUsd: null });
  });

  test('a large plan is run less often', () => {
    expect([1, 500, 5000, 100_000].map(affordableTrials)).toEqual([1000, 1000, 100, 10]);
    expect(simulatePlan(chain(1000), buildForecastBasis({ prior: { p: 1 } })).trials).toBe(500);
  });
});

/** Random plans of up to 12 subtasks with checks, critics, fallbacks and deliverables. */
function drawCase(random: Random): { plan: Plan; basis: ForecastBasis } {
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random.next() * choices.length)] as T;
  const size = 1 + Math.floor(random.next() * 12);
  const rows: Record<string, Row> = {};
  for (let at = 0; at < size; at++) {
    const dependsOn = new Set<string>();
    for (let n = pick(0, 1, 1, 2); n > 0 && at > 0; n--) dependsOn.add(`s${Math.max(0, at - pick(1, 1, 2, 4))}`);
    rows[`s${at}`] = {
      role: pick('worker', 'writer', 'critic'),
      dependsOn: [...dependsOn],
      ...(random.next() < 0.4 ? { accept: check } : {}),
      estimate: { p: pick(0.6, 0.8, 0.9, 0.97) },
    };
  }
  const basis = buildForecastBasis({
    limits: { retries: pick(0, 1, 2), reroutes: pick(0, 1, 2), concurrency: pick(1, 3) },
    critic: { falseAccept: pick(0, 0.3, 0.6), falseReject: pick(0, 0.1) },
    reviewers: pick({}, { critic: { falseAccept: 0.2, falseReject: 0.1 } }),
  });
  const checks = { roles: pick<string[]>([], ['worker'], ['writer', 'generalist']), deliverable: pick(false, true) };
  return { plan: plan(rows, pick(undefined, `s${size - 1}`)), basis: { ...basis, checks, fallback: { worker: ['writer'] } } };
}

test('on random plans the simulation agrees with the formula', () => {
  const random = seededRandom(11);
  const trials = 600;
  let errors = 0;
  for (let drawn = 0; drawn < 40; drawn++) {
    const { plan: given, basis } = drawCase(random);
    const { success } = forecastPlan(given, basis);
    const simulated = simulatePlan(given, basis, { trials, seed: drawn }).success.mean;
    expect(Math.abs(simulated - success)).toBeLessThan(sixErrors(Math.min(0.99, Math.max(0.01, success)), trials));
    errors += simulated - success;
  }
  // Neither is higher on the whole.
  expect(Math.abs(errors / 40)).toBeLessThan(0.004);
});
