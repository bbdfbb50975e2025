import { describe, expect, test } from 'vitest';
import { allocationNames } from '../allocate/allocation-strategy.ts';
import type { Plan, Subtask } from '../plan/plan.ts';
import { defineTeam } from '../team/define-team.ts';
import { buildForecastBasis } from './build-forecast-basis.ts';
import { type AllocationSimulation, type SimulateAllocationOptions, simulateAllocation } from './simulate-allocation.ts';

const team = defineTeam({
  name: 'pair',
  defaults: { limits: { concurrency: 1 } },
  limits: { concurrency: 4, retries: 0, reroutes: 2 },
  roles: { coder: { skills: ['ts'] }, tester: { skills: ['TS'] }, writer: {} },
});

function planOf(kinds: string[], durationMs?: number): Plan {
  const estimate = durationMs === undefined ? {} : { estimate: { durationMs } };
  const subtasks = kinds.map((role, at): Subtask => ({ id: `s${at}`, role, instruction: 'x', dependsOn: [], ...estimate }));
  const end = { id: 'end', role: 'writer', instruction: 'x', dependsOn: subtasks.map(({ id }) => id), ...estimate };
  return { version: 1, task: 't', deliverable: 'end', subtasks: [...subtasks, end] };
}

function simulate(plan: Plan, options: SimulateAllocationOptions, over: { team?: typeof team; p?: Record<string, number> } = {}) {
  const { team: simulated = team, p = {} } = over;
  const roles = Object.fromEntries(
    Object.entries(p).map(([role, value]) => [role, { p: value, durationMs: null, tokens: null, costUsd: null, calls: 1 }]),
  );
  const basis = buildForecastBasis({ team: simulated, roles, critic: { falseAccept: 0, falseReject: 0 } });
  return simulateAllocation(plan, { roles: simulated.roles, basis }, { trials: 20, ...options });
}

const messagesOf = ({ messages }: AllocationSimulation) => Object.values(messages).reduce((sum, count) => sum + count, 0);
const coding = planOf(
  Array.from({ length: 8 }, () => 'coder'),
  1000,
);

describe('one role named for all the work, two that could do it', () => {
  test('assigned: it does all of it alone', () => {
    const assigned = simulate(coding, { strategy: 'assigned' });
    expect(assigned.balance).toEqual({ variation: 1, maxOverMean: 2 });
    expect(assigned.specialization).toBeCloseTo(1, 12);
    expect(assigned.kinds).toEqual({ all: 2, shared: 1 });
    expect(assigned.messages).toEqual({ order: 9, report: 9 });
    expect(assigned.roles['tester']).toEqual({ busyMs: 0, attempts: 0, slots: 1 });
  });

  test.each(['capability', 'contract-net', 'response-threshold', 'fixed-threshold'] as const)(
    '%s: both work, and it takes little more than half as long',
    (strategy) => {
      const assigned = simulate(coding, { strategy: 'assigned' });
      const shared = simulate(coding, { strategy });
      expect(shared.makespanMs.p50).toBeLessThan(0.75 * assigned.makespanMs.p50);
      expect(shared.balance?.maxOverMean).toBeLessThan(1.4);
      expect(shared.waitingMs).toBeLessThan(0.75 * assigned.waitingMs);
      expect(shared.attempts).toBe(9);
    },
  );

  test('messages: one order and one report a subtask, five kinds for a contract, a claim for a threshold', () => {
    const contracts = simulate(coding, { strategy: 'contract-net' }).messages;
    const { cfp = 0, propose = 0, refuse = 0, accept = 0, reject = 0 } = contracts;
    expect({ cfp, accept, order: contracts.order, report: contracts.report }).toEqual({
      cfp: 16,
      accept: 8,
      order: 1,
      report: 9,
    });
    expect([propose + refuse, accept + reject]).toEqual([cfp, propose]);
    expect(simulate(coding, { strategy: 'response-threshold' }).messages).toEqual({ claim: 8, order: 1, report: 9 });
    expect(messagesOf(simulate(coding, { strategy: 'capability' }))).toBe(18);
  });
});

describe('failures', () => {
  const checked = defineTeam({
    name: 'checked',
    defaults: { limits: { concurrency: 1 }, accept: [{ kind: 'predicate', minLength: 1 }] },
    limits: { concurrency: 1, retries: 0, reroutes: 2 },
    roles: { coder: { skills: ['ts'] }, tester: { skills: ['ts'] }, writer: {} },
  });
  const p = { coder: 0.3, tester: 0.95, writer: 1 };

  test('each is offered again to the other role, which is counted', () => {
    const { failures, offeredAgain, attempts } = simulate(coding, { strategy: 'capability' }, { team: checked, p });
    expect(failures).toBeGreaterThan(3);
    expect(offeredAgain).toBeGreaterThan(3);
    expect(attempts).toBeGreaterThan(9 + offeredAgain - 1);
  });

  test('contract net gives the work to the role that is better at it, when it has the choice', () => {
    const byCapability = simulate(coding, { strategy: 'capability' }, { team: checked, p });
    const byContract = simulate(coding, { strategy: 'contract-net' }, { team: checked, p });
    expect(byContract.failures).toBeLessThan(byCapability.failures / 3);
    expect(byContract.roles['tester']?.attempts).toBeGreaterThan(7);
  });
});

test.each(allocationNames)('%s: the same seed gives the same numbers, another one others', (strategy) => {
  const plan = planOf(
    Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? 'coder' : 'tester')),
    1000,
  );
  const first = simulate(plan, { strategy, seed: 3 });
  expect(simulate(plan, { strategy, seed: 3 })).toEqual(first);
  expect(simulate(plan, { strategy, seed: 4 }).makespanMs).not.toEqual(first.makespanMs);
});

test('reinforced thresholds specialize where there are many subtasks, more than capability does', () => {
  const plan = planOf(
    Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 'coder' : 'tester')),
    1000,
  );
  const specialization = (strategy: 'capability' | 'response-threshold') =>
    simulate(plan, { strategy, trials: 10 }).specialization ?? 0;
  expect(specialization('response-threshold')).toBeGreaterThan(2 * specialization('capability'));
});

test('without durations each attempt lasts a second on average, and that is said', () => {
  const { isTimed, makespanMs } = simulate(planOf(['coder', 'coder']), { strategy: 'assigned', trials: 200 });
  expect(isTimed).toBe(false);
  expect(makespanMs.p50).toBeGreaterThan(2000);
  expect(makespanMs.p50).toBeLessThan(4000);
});

test('a plan whose roles are in no team: every strategy does the same', () => {
  const basis = buildForecastBasis();
  const all = allocationNames.map((strategy) => {
    const { strategy: _, ...figures } = simulateAllocation(coding, { roles: {}, basis }, { strategy, trials: 10 });
    return figures;
  });
  for (const figures of all) expect(figures).toEqual(all[0]);
  expect(all[0]?.kinds).toEqual({ all: 2, shared: 0 });
});

test('10,000 subtasks', () => {
  const plan = planOf(
    Array.from({ length: 9999 }, (_, at) => (at % 2 === 0 ? 'coder' : 'tester')),
    1000,
  );
  for (const strategy of allocationNames) expect(simulate(plan, { strategy, trials: 1 }).attempts).toBe(10_000);
});
