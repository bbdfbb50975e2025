import { describe, expect, test } from 'vitest';
import { expectAcceptance } from './attempts.ts';
import { chain, plan, type Row } from './fixtures/plan-of-rows.ts';
import { forecastPlan } from './forecast.ts';
import { type ForecastBasis, priorAttempt, priorCheckRates, priorSynthesis } from './forecast-basis.ts';
import type { AcceptCheck, Plan, Subtask } from './plan.ts';

const check: AcceptCheck[] = [{ kind: 'predicate', minLength: 1 }];

const bare: ForecastBasis = {
  roles: {},
  prior: priorAttempt,
  limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 8 },
  planner: null,
  synthesizer: priorSynthesis,
  checks: { roles: [], deliverable: false },
  critic: priorCheckRates,
  reviewers: {},
  fallback: {},
  generalist: 'generalist',
};

const critic = (...dependsOn: string[]): Row => ({ role: 'critic', dependsOn });

const withP = (p: number): ForecastBasis => ({ ...bare, prior: { ...priorAttempt, p } });

/** Every course that attempts can take, one by one. */
function enumerate(
  ps: readonly number[],
  falseAccept: number,
  falseReject: number,
): { right: number; wrong: number; attempts: number } {
  const [p, ...rest] = ps;
  if (p === undefined) return { right: 0, wrong: 0, attempts: 0 };
  const further = enumerate(rest, falseAccept, falseReject);
  const rejected = p * falseReject + (1 - p) * (1 - falseAccept);
  return {
    right: p * (1 - falseReject) + rejected * further.right,
    wrong: (1 - p) * falseAccept + rejected * further.wrong,
    attempts: 1 + rejected * further.attempts,
  };
}

describe('success', () => {
  test.each([
    [0.9, 4, 0.6561],
    [0.9, 5, 0.59049],
    [0.97, 16, 0.97 ** 16],
    [1, 10, 1],
    [0, 3, 0],
  ])('a chain at p = %d of %d subtasks is right with pⁿ', (p, n, expected) => {
    expect(forecastPlan(chain(n), withP(p)).success).toBeCloseTo(expected, 12);
  });

  test('what two results share is counted once', () => {
    const diamond = plan({ a: {}, b: { dependsOn: ['a'] }, c: { dependsOn: ['a'] }, d: { dependsOn: ['b', 'c'] } });
    expect(forecastPlan(diamond, bare).success).toBeCloseTo(0.9 ** 4, 12);
  });

  test('only what the deliverable rests on matters', () => {
    const rows = { a: {}, b: { dependsOn: ['a'] }, aside: { estimate: { p: 0.1 } } };
    expect(forecastPlan(plan(rows, 'b'), bare).success).toBeCloseTo(0.81, 12);
    expect(forecastPlan(plan(rows), bare).success).toBeCloseTo(0.081, 12);
  });

  test('a subtask’s own estimate wins over its role’s, which wins over the prior', () => {
    const rows = { own: { role: 'known', estimate: { p: 0.5 } }, role: { role: 'known' }, other: { role: 'unknown' } };
    const basis: ForecastBasis = { ...bare, roles: { known: { ...priorAttempt, p: 0.8, attempts: 40 } } };
    const forecast = forecastPlan(plan(rows), basis);
    expect(forecast.success).toBeCloseTo(0.5 * 0.8 * 0.9, 12);
    expect(forecast.basis).toEqual(['estimate', 'observed', 'prior']);
  });

  test.each(['constructor', '__proto__', 'toString'])('the role %s has nothing but the prior', (role) => {
    const basis: ForecastBasis = { ...bare, limits: { ...bare.limits, retries: 1, reroutes: 1 } };
    expect(forecastPlan(plan({ a: { role, accept: check } }), basis)).toMatchObject({ basis: ['prior'] });
  });
});

describe('checks and the ladder', () => {
  test.each([
    [0.9, 0.5, 0.05, 1, 0],
    [0.6, 0, 0, 2, 1],
    [0.3, 0.2, 0.1, 3, 2],
    [0, 0, 0, 4, 1],
    [1, 0.3, 1, 2, 1],
    [0.999999, 0, 0.999999, 5, 0],
  ])(
    'p %d, false accept %d, false reject %d, %d retries, %d re-routes: as every course added up',
    (p, falseAccept, falseReject, retries, reroutes) => {
      const roles = { second: { ...priorAttempt, p: 0.7 }, generalist: { ...priorAttempt, p: 0.95 } };
      const basis: ForecastBasis = {
        ...bare,
        roles,
        critic: { falseAccept, falseReject },
        limits: { ...bare.limits, retries, reroutes },
        fallback: { worker: ['second'], second: [] },
        checks: { roles: ['worker', 'second', 'generalist'], deliverable: false },
        prior: { ...priorAttempt, p },
      };
      const others = [0.7, 0.95].slice(0, reroutes);
      const expected = enumerate([...Array.from({ length: 1 + retries }, () => p), ...others], falseAccept, falseReject);
      const forecast = forecastPlan(plan({ a: {} }), basis);
      expect(forecast.success).toBeCloseTo(expected.right, 10);
      expect(forecast.calls).toBeCloseTo(expected.attempts, 10);
      const acceptance = expectAcceptance([
        { p, most: 1 + retries, check: basis.critic },
        ...others.map((other) => ({ p: other, most: 1, check: basis.critic })),
      ]);
      expect(acceptance.wrong).toBeCloseTo(expected.wrong, 10);
    },
  );

  test('without a check the first result is taken, whatever may be retried', () => {
    const basis = { ...bare, limits: { ...bare.limits, retries: 9, reroutes: 9 } };
    expect(forecastPlan(chain(3), basis)).toMatchObject({ calls: 3, success: expect.closeTo(0.729, 12) });
  });

  test('a re-route ends the checking when the other role has no checks', () => {
    const basis: ForecastBasis = {
      ...bare,
      critic: { falseAccept: 0, falseReject: 0 },
      limits: { ...bare.limits, reroutes: 1 },
      checks: { roles: ['worker'], deliverable: false },
    };
    expect(forecastPlan(plan({ a: {} }), basis).success).toBeCloseTo(0.9 + 0.1 * 0.9, 12);
  });

  test('the team’s check of the deliverable is a check of the subtask that makes it, and once is enough', () => {
    const basis: ForecastBasis = {
      ...bare,
      critic: { falseAccept: 0, falseReject: 0 },
      limits: { ...bare.limits, retries: 1 },
      checks: { roles: [], deliverable: true },
    };
    const expected = 0.9 * 0.99;
    expect(forecastPlan(chain(2), basis).success).toBeCloseTo(expected, 12);
    const [first, last] = chain(2).subtasks;
    const checked = { ...chain(2), subtasks: [first, { ...last, accept: check }] } as Plan;
    expect(forecastPlan(checked, basis).success).toBeCloseTo(expected, 12);
  });
});

describe('reviews', () => {
  const rates = { falseAccept: 0.2, falseReject: 0.1 };
  const basis: ForecastBasis = { ...bare, reviewers: { critic: rates } };
  /** A right result is passed on, or a wrong one is noticed and mended as well as the critic works. */
  const reviewed = 0.9 * 0.9 + 0.1 * 0.8 * 0.9;

  test('a critic between a result and its users mends it', () => {
    const between = plan({ a: {}, b: {}, c: critic('a', 'b'), d: { dependsOn: ['c'] } });
    expect(forecastPlan(between, basis).success).toBeCloseTo(reviewed ** 2 * 0.9, 12);
    const beside = plan({ a: {}, c: critic('a'), d: { dependsOn: ['a', 'c'] } });
    expect(forecastPlan(beside, basis).success).toBeCloseTo(reviewed * 0.9, 12);
  });

  test.each<[string, Plan, number]>([
    [
      'somebody uses the result without the review',
      plan({ a: {}, c: critic('a'), d: { dependsOn: ['c'] }, e: { dependsOn: ['a'] } }),
      4,
    ],
    ['nobody uses the review', plan({ a: {}, c: critic('a') }), 2],
    ['it is what is handed over', plan({ a: {}, c: critic('a') }, 'c'), 2],
    ['it is checked itself', plan({ a: {}, c: { ...critic('a'), accept: check }, d: { dependsOn: ['c'] } }), 3],
  ])('a critic is one more step when %s', (_name, given, steps) => {
    const perfect = { ...basis, critic: { falseAccept: 1, falseReject: 0 } };
    expect(forecastPlan(given, perfect).success).toBeCloseTo(0.9 ** steps, 12);
  });

  test('a role of that name whose error rates nobody knows is one more step', () => {
    const between = plan({ a: {}, c: critic('a'), d: { dependsOn: ['c'] } });
    expect(forecastPlan(between, bare).success).toBeCloseTo(0.9 ** 3, 12);
  });
});

describe('calls, tokens and cost', () => {
  test('a given plan has no planner’s call, and one sink no synthesis', () => {
    expect(forecastPlan(chain(3), bare).calls).toBe(3);
    expect(forecastPlan(chain(3), { ...bare, planner: priorAttempt }).calls).toBe(4);
    expect(forecastPlan(plan({ a: {}, b: {} }), bare).calls).toBe(3);
    expect(forecastPlan(plan({ a: {}, b: {} }, 'b'), bare).calls).toBe(2);
  });

  test('a planner’s plan of one subtask is the generalist’s', () => {
    const basis: ForecastBasis = { ...bare, planner: priorAttempt, roles: { generalist: { ...priorAttempt, p: 0.6, calls: 5 } } };
    expect(forecastPlan(plan({ a: { estimate: { p: 0.99 } } }), basis)).toMatchObject({ success: 0.6, calls: 6 });
  });

  test('calls, tokens and money are those of an attempt, money in proportion to the tokens', () => {
    const known = { p: 1, durationMs: null, tokens: 1000, costUsd: 0.01, calls: 4, attempts: 10 };
    const rows = { a: { role: 'known' }, b: { role: 'known', dependsOn: ['a'], estimate: { tokens: 3000 } } };
    const forecast = forecastPlan(plan(rows), { ...bare, roles: { known } });
    expect(forecast).toMatchObject({ calls: 8, tokens: 4000, costUsd: expect.closeTo(0.04, 12), makespanMs: null });
  });

  test('an unknown size is the mean of the known ones; an unknown price makes the sum unknown', () => {
    const known = { p: 1, durationMs: 100, tokens: 1000, costUsd: 0.01, calls: 1, attempts: 10 };
    const rows = { a: { role: 'known' }, b: { role: 'known', dependsOn: ['a'] }, c: { dependsOn: ['b'] } };
    const forecast = forecastPlan(plan(rows), { ...bare, roles: { known } });
    expect(forecast).toMatchObject({ tokens: 3000, makespanMs: 300, costUsd: null });
  });

  test('nothing known stays unknown', () => {
    expect(forecastPlan(chain(2), bare)).toMatchObject({ tokens: null, costUsd: null, makespanMs: null });
  });
});

describe('makespan', () => {
  test('is that of the slots, with the planner before and the synthesis behind', () => {
    const timed = { ...priorAttempt, durationMs: 50 };
    const rows = Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, { estimate: { durationMs: 100 } }]));
    const two = { ...bare, limits: { ...bare.limits, concurrency: 2 } };
    const named = plan({ ...rows, end: { dependsOn: ['a', 'b', 'c', 'd'], estimate: { durationMs: 10 } } });
    expect(forecastPlan(named, two).makespanMs).toBe(210);
    expect(forecastPlan(named, { ...two, planner: timed }).makespanMs).toBe(260);
    expect(forecastPlan(plan(rows), { ...two, synthesizer: { ...timed, p: 1 } }).makespanMs).toBe(250);
  });

  test('counts the attempts that are expected', () => {
    const basis: ForecastBasis = { ...bare, critic: { falseAccept: 0, falseReject: 0 }, limits: { ...bare.limits, retries: 1 } };
    expect(forecastPlan(plan({ a: { accept: check, estimate: { durationMs: 100 } } }), basis).makespanMs).toBeCloseTo(110, 9);
  });
});

test.each([
  ['a chain', (at: number) => (at === 0 ? [] : [`s${at - 1}`])],
  ['a wide plan', (at: number) => (at === 99_999 ? Array.from({ length: 1000 }, (_, before) => `s${before}`) : [])],
])('%s of 100,000 subtasks takes less than a second', (_name, dependsOn) => {
  const subtasks = Array.from(
    { length: 100_000 },
    (_, at): Subtask => ({
      id: `s${at}`,
      role: at % 2 === 0 ? 'worker' : 'critic',
      instruction: 'x',
      dependsOn: dependsOn(at),
      accept: at % 3 === 0 ? check : [],
      estimate: { durationMs: at % 89, p: 1 },
    }),
  );
  const large: Plan = { version: 1, task: 't', subtasks };
  const basis: ForecastBasis = { ...bare, reviewers: { critic: priorCheckRates }, limits: { ...bare.limits, retries: 1 } };
  let bestMs = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 3 && bestMs >= 1000; turn++) {
    const startMs = performance.now();
    expect(forecastPlan(large, basis).calls).toBeGreaterThanOrEqual(100_000);
    bestMs = Math.min(bestMs, performance.now() - startMs);
  }
  expect(bestMs).toBeLessThan(1000);
});
