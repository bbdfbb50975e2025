import { describe, expect, test } from 'vitest';
import { buildForecastBasis } from '../measure/build-forecast-basis.ts';
import type { ForecastBasis } from './forecast-basis.ts';
import { type OptimizeOptions, optimizeBy, optimizePlan, undoStep } from './optimize.ts';
import type { Plan, Subtask } from './plan.ts';

type Row = Partial<Omit<Subtask, 'id'>>;

function plan(rows: Record<string, Row>, deliverable?: string): Plan {
  const subtasks = Object.entries(rows).map(
    ([id, row]): Subtask => ({
      id,
      role: 'coder',
      instruction: `do ${id}`,
      dependsOn: [],
      ...row,
    }),
  );
  return { version: 1, task: 't', subtasks, ...(deliverable === undefined ? {} : { deliverable }) };
}

function optimize(given: Plan, basis: ForecastBasis = buildForecastBasis(), options: Partial<OptimizeOptions> = {}) {
  return optimizePlan(given, { ...optimizeBy(given, basis), ...options });
}

const after = (...dependsOn: string[]): Row => ({ dependsOn });

describe('fuse', () => {
  test('a chain of one role inside a plan becomes its last subtask, with all instructions in order and the first’s context', () => {
    const given = plan({
      facts: { role: 'writer' },
      c: { ...after('b'), accept: [{ kind: 'quotes' }], estimate: { p: 0.8, durationMs: 30, tokens: 3 } },
      b: { ...after('a'), estimate: { p: 0.7, durationMs: 20, tokens: 2 } },
      a: { ...after('facts'), assumes: ['The facts are true.'], estimate: { p: 0.95, durationMs: 10, tokens: 1 } },
      end: { role: 'writer', ...after('c', 'facts') },
    });
    const { plan: optimized, steps } = optimize(given);
    expect(steps.map(({ pass, subtasks }) => ({ pass, subtasks }))).toEqual([{ pass: 'fuse', subtasks: ['a', 'b', 'c'] }]);
    expect(optimized.subtasks).toEqual([
      given.subtasks[0],
      {
        id: 'c',
        role: 'coder',
        instruction:
          'Do these steps one after another and answer with the result of the last one.\nStep 1 (a): do a\nStep 2 (b): do b\nStep 3 (c): do c',
        dependsOn: ['facts'],
        accept: [{ kind: 'quotes' }],
        assumes: ['The facts are true.'],
        estimate: { p: 0.7, durationMs: 60, tokens: 6 },
      },
      given.subtasks[4],
    ]);
  });

  const end: Row = { role: 'writer', ...after('b') };
  test.each<[string, Plan]>([
    ['roles differ', plan({ a: {}, b: { role: 'critic', ...after('a') }, end })],
    ['the first one’s result is checked', plan({ a: { accept: [{ kind: 'quotes' }] }, b: after('a'), end })],
    [
      'somebody else is given the first one’s result',
      plan({ a: {}, b: after('a'), end: { role: 'writer', ...after('a', 'b') } }),
    ],
    ['the second is given something else too', plan({ a: {}, x: { role: 'writer' }, b: after('a', 'x'), end })],
    [
      'somebody assumes something of the first one’s result',
      plan({ a: {}, b: after('a'), end: { ...end, assumes: [{ subtask: 'a', holds: { contains: 'x' } }] } }),
    ],
    ['the second assumes something of what it is given', plan({ a: {}, b: { ...after('a'), assumes: ['It is so.'] }, end })],
    ['the first one is what is handed over', plan({ a: {}, b: after('a'), end }, 'a')],
  ])('not when %s', (_name, given) => {
    expect(optimize(given)).toEqual({ plan: given, steps: [], complete: true });
  });

  test.each(['a', 'b'])('not when %s has started', (id) => {
    expect(optimize(plan({ a: {}, b: after('a'), end }), undefined, { started: new Set([id]) }).steps).toEqual([]);
  });

  test('a chain too long for one instruction is fused in pieces', () => {
    const long = { instruction: 'x'.repeat(30_000) };
    const rows = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id, at, ids) => [id, { ...long, dependsOn: ids.slice(at - 1, at) }]),
    );
    const { plan: optimized } = optimize(plan({ ...rows, end: { role: 'writer', ...after('g') } }));
    expect(optimized.subtasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ['c', []],
      ['f', ['c']],
      ['g', ['f']],
      ['end', ['g']],
    ]);
  });

  test('the careful model of a fused step wins calls and no success', () => {
    const given = plan({ a: {}, b: after('a'), end });
    const [weaker] = optimize(given).steps;
    const [product] = optimize(given, undefined, { fusedP: 'product' }).steps;
    expect(weaker?.after).toMatchObject({ calls: 2, success: expect.closeTo(0.81, 12) });
    expect(product?.after).toMatchObject({ calls: 2, success: expect.closeTo(0.729, 12) });
  });

  test('what a subtask is not known to take does not change because others are fused', () => {
    const given = plan({ a: { estimate: { tokens: 100 } }, b: after('a'), end });
    const [step] = optimize(given).steps;
    expect([step?.before.tokens, step?.after.tokens]).toEqual([300, 300]);
  });
});

describe('collapse', () => {
  const line = plan({ a: {}, b: after('a'), c: after('a', 'b') });

  test('one role and nothing at once is one agent’s work, also where results are used twice', () => {
    const { plan: optimized, steps } = optimize(line);
    expect(steps.map(({ pass, subtasks }) => [pass, subtasks])).toEqual([['collapse', ['a', 'b', 'c']]]);
    expect(optimized.subtasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([['c', []]]);
  });

  test.each<[string, Plan, Partial<OptimizeOptions>]>([
    ['something has started', line, { started: new Set(['a']) }],
    ['a result on the way is checked', plan({ a: { accept: [{ kind: 'quotes' }] }, b: after('a'), c: after('a', 'b') }), {}],
    ['something is assumed on the way', plan({ a: {}, b: after('a'), c: { ...after('a', 'b'), assumes: ['So it is.'] } }), {}],
  ])('not when %s', (_name, given, options) => {
    expect(optimize(given, undefined, options).steps.filter(({ pass }) => pass === 'collapse')).toEqual([]);
  });
});

describe('critics', () => {
  const rates = { falseAccept: 0.1, falseReject: 0 };
  const sized = { durationMs: null, tokens: 1000, costUsd: null, calls: 1, attempts: 30 };
  const withCritic = (p: number, measured = rates): ForecastBasis =>
    buildForecastBasis({
      roles: { coder: { ...sized, p }, critic: { ...sized, p: 0.9 }, writer: { ...sized, p: 1 } },
      reviewers: { critic: measured },
    });
  const reviewed = plan({ a: {}, check: { role: 'critic', ...after('a') }, end: { role: 'writer', ...after('check') } });
  const unreviewed = plan({ a: {}, end: { role: 'writer', ...after('a') } });

  test('one that mends nothing leaves, and its users get what it was given', () => {
    const { plan: optimized, steps } = optimize(reviewed, withCritic(1));
    expect(steps.map(({ pass, subtasks }) => [pass, subtasks])).toEqual([['drop-check', ['check', 'a', 'end']]]);
    expect(optimized).toEqual(unreviewed);
  });

  test('one that pays stays, one that spoils leaves', () => {
    expect(optimize(reviewed, withCritic(0.5)).steps).toEqual([]);
    expect(optimize(reviewed, withCritic(0.5, { falseAccept: 1, falseReject: 0.2 })).steps).toHaveLength(1);
  });

  test('what is handed over stays, though it spoils', () => {
    const spoiling = withCritic(1, { falseAccept: 1, falseReject: 1 });
    expect(optimize({ ...reviewed, deliverable: 'check' }, spoiling).steps).toEqual([]);
  });

  test('one whose error rates nobody knows is left alone', () => {
    expect(optimize(reviewed).steps).toEqual([]);
  });

  test('one comes where what it mends is worth what it costs', () => {
    const worth = { unit: 'tokens', perSuccess: 10_000 } as const;
    const { plan: optimized, steps } = optimize(unreviewed, withCritic(0.5), { worth });
    expect(steps.map(({ pass, subtasks }) => [pass, subtasks])).toEqual([['add-check', ['a-check', 'a', 'end']]]);
    expect(optimized.subtasks.map(({ id, role, dependsOn }) => [id, role, dependsOn])).toEqual([
      ['a', 'coder', []],
      ['a-check', 'critic', ['a']],
      ['end', 'writer', ['a', 'a-check']],
    ]);
    // .5 · .9 · .9 more success, for 1,000 tokens more.
    expect(steps[0]?.after.success).toBeCloseTo(0.5 + 0.405, 12);
    expect(optimize(unreviewed, withCritic(0.5), { worth: { unit: 'tokens', perSuccess: 2400 } }).steps).toEqual([]);
    expect(optimize(unreviewed, withCritic(0.5)).steps).toEqual([]);
    expect(optimize(unreviewed, withCritic(0.5), { worth: { unit: 'usd', perSuccess: 1e9 } }).steps).toEqual([]);
  });

  test('a new critic’s id is one that the run never had', () => {
    const options = { worth: { unit: 'tokens', perSuccess: 10_000 }, usedIds: new Set(['a-check', 'a-check-2']) } as const;
    expect(optimize(unreviewed, withCritic(0.5), options).steps[0]?.subtasks[0]).toBe('a-check-3');
  });

  test('a finished producer may be checked, a started user not be changed', () => {
    const worth = { unit: 'tokens', perSuccess: 10_000 } as const;
    expect(optimize(unreviewed, withCritic(0.5), { worth, started: new Set(['a']) }).steps).toHaveLength(1);
    expect(optimize(unreviewed, withCritic(0.5), { worth, started: new Set(['end']) }).steps).toEqual([]);
  });
});

test('steps are taken back from the last one on', () => {
  const given = plan({ a: {}, b: after('a'), x: { role: 'writer', ...after('b') }, y: { role: 'writer', ...after('x') } });
  const { plan: optimized, steps } = optimize(given);
  const [first, second] = steps;
  expect(steps.map(({ subtasks }) => subtasks)).toEqual([
    ['a', 'b'],
    ['x', 'y'],
  ]);
  if (first === undefined || second === undefined) return;
  expect(undoStep(undoStep(optimized, second), first)).toEqual(given);
  const once = undoStep(optimized, second);
  expect(() => undoStep(once, second)).toThrow('Subtask "x" is in the plan already: take steps back from the last one on.');
  expect(() => undoStep({ ...given, subtasks: given.subtasks.slice(2) }, first)).toThrow(/^Subtask "b" is not in the plan:/);
});

test('a plan that is too large to try everything says so', () => {
  const subtasks = Array.from(
    { length: 20_000 },
    (_, at): Subtask => ({
      id: `s${at}`,
      role: at % 4 < 2 ? 'coder' : 'writer',
      instruction: 'x',
      dependsOn: at === 0 ? [] : [`s${at - 1}`],
    }),
  );
  const given: Plan = { version: 1, task: 't', subtasks };
  const forecast = { version: 1, makespanMs: null, tokens: null, costUsd: null, basis: [] } as const;
  let calls = 0;
  const { steps, complete } = optimizePlan(given, {
    forecast: ({ subtasks: { length } }) => {
      calls += 1;
      return { ...forecast, basis: [], success: 1, calls: length };
    },
  });
  expect(complete).toBe(false);
  expect(steps.length).toBe(calls - 1);
  expect(calls).toBeLessThan(300);
});
