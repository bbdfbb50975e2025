/** Properties of the optimizer over random plans. Numbers cite the invariants of optimize.ts. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPlan } from './check.ts';
import { type ForecastBasis, priorAttempt, priorSynthesis } from './forecast-basis.ts';
import { type OptimizedPlan, type OptimizeOptions, optimizeBy, optimizePlan, undoStep, type Worth } from './optimize.ts';
import type { Assumption, Plan, Subtask } from './plan.ts';

const criticRole = 'critic';

const rowArbitrary = fc.record({
  role: fc.constantFrom('a', 'a', 'a', 'b', criticRole),
  /** How far back each dependency lies, the nearest mostly: chains are what there is to fuse. */
  deps: fc.array(fc.constantFrom(1, 1, 1, 2, 5), { maxLength: 2 }),
  checked: fc.constantFrom(false, false, false, true),
  assumes: fc.constantFrom<'nothing' | 'sentence' | 'object'>('nothing', 'nothing', 'nothing', 'nothing', 'sentence', 'object'),
  p: fc.constantFrom(undefined, undefined, 0.5, 0.8, 0.9, 0.95, 0.99, 1),
  tokens: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
  ms: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }),
});
type Row = typeof rowArbitrary extends fc.Arbitrary<infer T> ? T : never;

function toSubtask(row: Row, at: number): Subtask {
  const dependsOn = [...new Set(row.deps.flatMap((back) => (at - back >= 0 ? [`s${at - back}`] : [])))];
  const assumes: Assumption[] = [];
  if (row.assumes === 'sentence') assumes.push('It is as it was.');
  if (row.assumes === 'object' && at > 0) assumes.push({ subtask: `s${at - 1}`, holds: { contains: 'x' } });
  const { p, tokens, ms } = row;
  return {
    id: `s${at}`,
    role: row.role,
    instruction: `<do s${at}>`,
    dependsOn,
    ...(row.checked ? { accept: [{ kind: 'quotes' as const }] } : {}),
    ...(assumes.length === 0 ? {} : { assumes }),
    estimate: {
      ...(p === undefined ? {} : { p }),
      ...(tokens === undefined ? {} : { tokens }),
      ...(ms === undefined ? {} : { durationMs: ms }),
    },
  };
}

/** Named deliverables only where everything leads to them, as the check demands. */
const planArbitrary = fc
  .tuple(
    fc.array(rowArbitrary, { minLength: 1, maxLength: 25, size: 'max' }),
    fc.constantFrom('any', 'any', 'any', 'any', 'line'),
    fc.boolean(),
    fc.array(fc.nat(), { maxLength: 25 }),
  )
  .map(([rows, kind, isNamed, keys]): Plan => {
    // A line of one role is what may collapse.
    const inLine = rows.map((row): Row => ({ ...row, role: 'a', deps: [1, ...row.deps], checked: false, assumes: 'nothing' }));
    const ordered = (kind === 'line' ? inLine : rows).map(toSubtask);
    const subtasks = ordered
      .map((subtask, at) => ({ subtask, key: keys[at] ?? at }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ subtask }) => subtask);
    const plan: Plan = { version: 1, task: 't', subtasks };
    const named: Plan = { ...plan, deliverable: ordered.at(-1)?.id ?? '' };
    return isNamed && checkPlan(named).ok ? named : plan;
  });

const share = fc.double({ min: 0, max: 1, noNaN: true });

const basisArbitrary = fc
  .record({
    retries: fc.integer({ min: 0, max: 2 }),
    reroutes: fc.integer({ min: 0, max: 2 }),
    p: fc.constantFrom(0.5, 0.8, 0.95, 1),
    tokens: fc.option(fc.integer({ min: 1, max: 3000 }), { nil: null }),
    costUsd: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
    checkedRoles: fc.subarray(['a', 'b', criticRole]),
    deliverable: fc.boolean(),
    falseAccept: fc.constantFrom(0, 0.1, 0.5, 1),
    falseReject: fc.constantFrom(0, 0, 0.1, 1),
    reviews: fc.boolean(),
  })
  .map(
    ({ retries, reroutes, p, tokens, costUsd, checkedRoles, deliverable, falseAccept, falseReject, reviews }): ForecastBasis => {
      const rates = { falseAccept, falseReject };
      return {
        roles: { a: { p, durationMs: 100, tokens, costUsd, calls: 2, attempts: 20 } },
        prior: priorAttempt,
        limits: { retries, reroutes, replans: 0, concurrency: 4 },
        planner: null,
        synthesizer: priorSynthesis,
        checks: { roles: checkedRoles, deliverable },
        critic: rates,
        reviewers: reviews ? { [criticRole]: rates } : {},
        fallback: { a: ['b'] },
        generalist: 'generalist',
      };
    },
  );

const worthArbitrary = fc.constantFrom<Worth | undefined>(
  undefined,
  { unit: 'tokens', perSuccess: 10_000_000 },
  { unit: 'usd', perSuccess: 10_000 },
);

interface Case {
  plan: Plan;
  started: ReadonlySet<string>;
  options: OptimizeOptions;
  optimized: OptimizedPlan;
}

const caseArbitrary = fc
  .tuple(
    planArbitrary,
    basisArbitrary,
    worthArbitrary,
    fc.constantFrom('nothing', 'nothing', 'some'),
    fc.array(fc.boolean(), { maxLength: 25 }),
  )
  .map(([plan, basis, worth, begun, marks]): Case => {
    const started = new Set(begun === 'nothing' ? [] : plan.subtasks.filter((_, at) => marks[at] === true).map(({ id }) => id));
    const options = { ...optimizeBy(plan, basis), started, ...(worth === undefined ? {} : { worth }) };
    return { plan, started, options, optimized: optimizePlan(plan, options) };
  });

/** 1,000 plans, each with a basis of its own; the same on every machine. */
const cases = fc.sample(caseArbitrary, { numRuns: 1000, seed: 3 });

test('the cases have steps of every pass', () => {
  const counts = new Map<string, number>();
  for (const { optimized } of cases) for (const { pass } of optimized.steps) counts.set(pass, (counts.get(pass) ?? 0) + 1);
  for (const pass of ['fuse', 'collapse', 'drop-check', 'add-check'])
    expect({ pass, many: (counts.get(pass) ?? 0) > 10 }).toEqual({ pass, many: true });
});

test('1: no step lowers the forecast’s success, and none is without a gain', () => {
  for (const { optimized } of cases) {
    for (const { pass, before, after } of optimized.steps) {
      expect(after.success).toBeGreaterThanOrEqual(before.success * (1 - 1e-9));
      const isCheaper =
        after.calls < before.calls || (after.tokens ?? 0) < (before.tokens ?? 0) || (after.costUsd ?? 0) < (before.costUsd ?? 0);
      expect({ pass, gains: after.success > before.success || isCheaper }).toEqual({ pass, gains: true });
    }
  }
});

test('the forecasts of the steps join up', () => {
  for (const { optimized } of cases) {
    const { steps } = optimized;
    expect(steps.slice(1).map(({ before }) => before)).toEqual(steps.slice(0, -1).map(({ after }) => after));
  }
});

/** The subtask that carries out what a subtask of the plan was to do, by the id of that one; critics that were dropped are missing. */
function findHolders({ plan, optimized }: Case): Map<string, Subtask> {
  const heir = new Map(plan.subtasks.map(({ id }) => [id, id]));
  for (const { pass, subtasks } of optimized.steps) {
    const [first = ''] = subtasks;
    for (const [id, now] of heir) {
      if (pass === 'drop-check' && now === first) heir.delete(id);
      if ((pass === 'fuse' || pass === 'collapse') && subtasks.includes(now)) heir.set(id, subtasks.at(-1) ?? '');
    }
  }
  const after = new Map(optimized.plan.subtasks.map((subtask) => [subtask.id, subtask]));
  const holders = new Map<string, Subtask>();
  for (const { id, instruction } of plan.subtasks) {
    const holder = after.get(heir.get(id) ?? '');
    if (holder?.instruction.includes(instruction) === true) holders.set(id, holder);
  }
  return holders;
}

function ancestorsOf(plan: Plan): Set<string> {
  const byId = new Map(plan.subtasks.map((subtask) => [subtask.id, subtask]));
  const waitedFor = new Set(plan.subtasks.flatMap(({ dependsOn }) => dependsOn));
  const reached = new Set(
    plan.deliverable === undefined ? plan.subtasks.map(({ id }) => id).filter((id) => !waitedFor.has(id)) : [plan.deliverable],
  );
  for (const id of reached) for (const before of byId.get(id)?.dependsOn ?? []) reached.add(before);
  return reached;
}

test('2: every instruction that reached the deliverable still does, critics that were dropped excepted', () => {
  for (const one of cases) {
    const holders = findHolders(one);
    const reached = ancestorsOf(one.optimized.plan);
    const roles = new Map(one.plan.subtasks.map(({ id, role }) => [id, role]));
    const mayDrop = one.optimized.steps.some(({ pass }) => pass === 'drop-check');
    const lost = [...ancestorsOf(one.plan)].filter((id) => {
      const holder = holders.get(id);
      return holder === undefined ? !mayDrop || roles.get(id) !== criticRole : !reached.has(holder.id);
    });
    expect(lost).toEqual([]);
    expect(one.optimized.plan.deliverable).toBe(one.plan.deliverable);
  }
});

test('2: whoever was given a result still is, unless both are one now', () => {
  for (const one of cases) {
    const holders = findHolders(one);
    for (const before of one.plan.subtasks) {
      const user = holders.get(before.id);
      if (user === undefined) continue;
      const given = before.dependsOn.flatMap((id) => holders.get(id)?.id ?? []).filter((id) => id !== user.id);
      expect(user.dependsOn).toEqual(expect.arrayContaining(given));
    }
  }
});

test('checks and assumptions stay where they were or move to the fused subtask', () => {
  for (const one of cases) {
    const holders = findHolders(one);
    for (const { id, accept, assumes } of one.plan.subtasks) {
      const holder = holders.get(id);
      if (holder === undefined) continue;
      expect(holder.accept ?? []).toEqual(expect.arrayContaining(accept ?? []));
      expect(holder.assumes ?? []).toEqual(expect.arrayContaining(assumes ?? []));
    }
  }
});

test('3: what has started is in no step', () => {
  for (const { started, optimized } of cases) {
    for (const { pass, change } of optimized.steps) {
      const touched = [...change.remove, ...change.put.map(({ subtask }) => subtask.id)];
      expect(touched.filter((id) => started.has(id))).toEqual([]);
      expect(pass === 'collapse' && started.size > 0).toBe(false);
    }
  }
});

test('4: taking the steps back gives each plan before, to the letter', () => {
  for (const { plan, optimized } of cases) {
    let now = optimized.plan;
    for (const step of optimized.steps.toReversed()) now = undoStep(now, step);
    expect(now).toEqual(plan);
    expect(JSON.stringify(now)).toBe(JSON.stringify(plan));
  }
});

test('what comes out is a valid plan, and nothing more is to be done to it', () => {
  for (const { optimized, options } of cases) {
    expect(checkPlan(optimized.plan).problems).toEqual([]);
    expect(optimized.complete).toBe(true);
    expect(optimizePlan(optimized.plan, options).steps).toEqual([]);
  }
});

describe('chains of one role', () => {
  const chainArbitrary = fc.tuple(
    fc.integer({ min: 2, max: 40 }),
    share,
    fc.boolean(),
    fc.constantFrom<'weaker' | 'product'>('weaker', 'product'),
  );

  test('become one call, whatever p is', () => {
    fc.assert(
      fc.property(chainArbitrary, ([length, p, isNamed, fusedP]) => {
        const subtasks = Array.from(
          { length },
          (_, at): Subtask => ({
            id: `s${at}`,
            role: 'a',
            instruction: `<do s${at}>`,
            dependsOn: at === 0 ? [] : [`s${at - 1}`],
          }),
        );
        const plan: Plan = { version: 1, task: 't', subtasks, ...(isNamed ? { deliverable: `s${length - 1}` } : {}) };
        const basis: ForecastBasis = {
          roles: {},
          prior: { ...priorAttempt, p },
          limits: { retries: 1, reroutes: 1, replans: 1, concurrency: 8 },
          planner: null,
          synthesizer: priorSynthesis,
          checks: { roles: [], deliverable: false },
          critic: { falseAccept: 0.5, falseReject: 0.05 },
          reviewers: {},
          fallback: {},
          generalist: 'generalist',
        };
        const { forecast } = optimizeBy(plan, basis);
        const { plan: one, steps } = optimizePlan(plan, { ...optimizeBy(plan, basis), fusedP });
        expect(steps.map(({ pass }) => pass)).toEqual(['collapse']);
        expect(one.subtasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([[`s${length - 1}`, []]]);
        expect([forecast(plan).calls, forecast(one).calls]).toEqual([length, 1]);
        expect(forecast(one).success).toBeCloseTo(fusedP === 'weaker' ? p : p ** length, 12);
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});
