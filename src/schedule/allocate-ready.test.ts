/** Allocation inside the fold: over random plans, faults and crash points, with every strategy. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeAllocationSettings } from '../allocate/allocation-settings.ts';
import { allocationNames } from '../allocate/allocation-strategy.ts';
import { type Respond, runVirtually, succeedAtOnce, type VirtualRun } from '../engine/virtual-run.ts';
import type { JournalEntry, RoleSettings, RunSettings } from '../events.ts';
import type { Subtask } from '../plan/plan.ts';
import type { Command } from './command.ts';
import { decide } from './decide.ts';
import { pendingCommands } from './pending.ts';
import { createRunState } from './state.ts';

/** `other` can do nobody's work, `team` is a team and can do a's; the generalist is none of them. */
const skills: Record<string, string[]> = { a: ['x'], b: ['x', 'y'], c: ['x', 'y'], team: ['x'], other: ['z'] };
const roleNames = Object.keys(skills);
const noTools = { tools: [], accept: [] };
const declared = Object.fromEntries(roleNames.map((name) => [name, { ...noTools, skills: skills[name] ?? [] }]));

type Strategy = (typeof allocationNames)[number];

interface SettingsInput {
  strategy: Strategy;
  concurrency?: number;
  slots?: number | undefined;
  retries?: number;
  reroutes?: number;
  seed?: number;
  p?: Record<string, number>;
}

function settingsOf(input: SettingsInput): RunSettings {
  const { strategy, concurrency = 8, slots, retries = 0, reroutes = 0, seed = 1, p = {} } = input;
  const role: RoleSettings = { model: 'm', fallback: [], composite: false, checks: false };
  const limited = slots === undefined ? role : { ...role, concurrency: slots };
  const allocation = makeAllocationSettings({
    strategy,
    seed,
    roles: declared,
    estimateOf: (name) => ({ p: p[name] ?? 0.9, costUsd: null, tokens: null, durationMs: null }),
  });
  return {
    strategy: 'team',
    limits: { concurrency, retries, reroutes, replans: 0, perModel: {}, depth: 2 },
    generalist: 'generalist',
    roles: {
      ...Object.fromEntries(roleNames.map((name) => [name, name === 'team' ? { ...role, composite: true } : limited])),
      generalist: role,
    },
    ...(allocation === undefined ? {} : { allocation }),
    approve: false,
    planRepairs: 0,
    checksDeliverable: false,
    typed: false,
  };
}

const subtask = (id: string, role = 'a', dependsOn: string[] = [], durationMs = 10): Subtask => ({
  id,
  role,
  instruction: 'x',
  dependsOn,
  estimate: { durationMs },
});

function run(settings: RunSettings, subtasks: Subtask[], respond: Respond = succeedAtOnce): VirtualRun {
  const deliverable = subtasks.at(-1)?.id;
  return runVirtually({
    settings: { ...settings, plan: { subtasks, ...(deliverable === undefined ? {} : { deliverable }) } },
    respond,
  });
}

function starts({ entries }: Pick<VirtualRun, 'entries'>): string[] {
  return entries.flatMap(({ event }) =>
    event.type === 'attempt-started' ? [`${event.subtaskId}#${event.attempt} ${event.role}`] : [],
  );
}

/** The attempts of these fail, whoever makes them; `retry` is an error that a retry may mend. */
const failing =
  (roles: string[]): Respond =>
  (command, state) => {
    if (command.kind !== 'start' || !roles.includes(command.role)) return succeedAtOnce(command, state);
    const error = { code: 'model-failed', message: 'no', recovery: 'retry' } as const;
    return {
      afterMs: 10,
      event: {
        type: 'attempt-finished',
        subtaskId: command.subtask.id,
        attempt: command.attempt,
        outcome: { kind: 'failed', error },
      },
    };
  };

const two = [subtask('one'), subtask('two'), subtask('end', 'other', ['one', 'two'])];

describe('who gets it', () => {
  test('assigned: the planned role, one after the other, with no word about it in the journal', () => {
    const done = run(settingsOf({ strategy: 'assigned', slots: 1 }), two);
    expect(starts(done)).toEqual(['one#1 a', 'two#1 a', 'end#1 other']);
    expect(done.makespanMs).toBe(30);
    expect(JSON.stringify(done.entries)).not.toContain('allocation');
    expect(done.state.allocation).toBeNull();
  });

  test('capability: a role with more skills as soon as the planned one is busy', () => {
    const done = run(settingsOf({ strategy: 'capability', slots: 1, concurrency: 2 }), two);
    expect(starts(done)).toEqual(['one#1 a', 'two#1 team', 'end#1 other']);
    expect(done.makespanMs).toBe(20);
  });

  test('contract net: the best bid, and the bids are in the journal', () => {
    const done = run(settingsOf({ strategy: 'contract-net', slots: 1, p: { b: 0.99 } }), two);
    expect(starts(done)).toEqual(['one#1 b', 'two#1 a', 'end#1 other']);
    const [first] = done.entries.flatMap(({ event }) => (event.type === 'attempt-started' ? [event] : []));
    expect(first?.allocation).toEqual({
      by: 'contract-net',
      kind: 'a',
      rounds: 1,
      messages: { cfp: 4, propose: 4, refuse: 0, accept: 1, reject: 3 },
      considered: [
        { role: 'b', answer: 'taken', price: 1 / 0.99 },
        { role: 'a', answer: 'outbid', price: 1 / 0.9 },
        { role: 'team', answer: 'outbid', price: 1 / 0.9 },
        { role: 'c', answer: 'outbid', price: 1 / 0.9 },
      ],
    });
  });

  test('a role that names no others goes through no allocation', () => {
    const done = run(settingsOf({ strategy: 'contract-net' }), [subtask('one', 'other'), subtask('two', 'unheard-of', ['one'])]);
    expect(starts(done)).toEqual(['one#1 other', 'two#1 unheard-of']);
    expect(JSON.stringify(done.entries)).not.toContain('considered');
  });

  test('kinds that objects inherit are names like any other', () => {
    const plan = [subtask('one', 'constructor'), subtask('two', 'toString', ['one'])];
    expect(starts(run(settingsOf({ strategy: 'capability' }), plan))).toEqual(['one#1 constructor', 'two#1 toString']);
  });
});

describe('after a failure', () => {
  test('a role keeps what it has through its retries; then the others are offered it, never one that failed it', () => {
    const settings = settingsOf({ strategy: 'contract-net', retries: 1, reroutes: 2, p: { a: 0.99, b: 0.95 } });
    expect(starts(run(settings, [subtask('one'), subtask('end', 'other', ['one'])], failing(['a', 'b'])))).toEqual([
      'one#1 a',
      'one#2 a',
      'one#3 b',
      'one#4 team',
      'end#1 other',
    ]);
  });

  test('when all that can have failed, the ladder goes on as without an allocation', () => {
    const settings = settingsOf({ strategy: 'capability', reroutes: 9 });
    const done = run(settings, [subtask('one', 'b'), subtask('end', 'other', ['one'])], failing(['b', 'c', 'a', 'team']));
    expect(starts(done)).toEqual(['one#1 b', 'one#2 c', 'one#3 generalist', 'end#1 other']);
  });

  test('each time it is offered again is in the journal', () => {
    const settings = settingsOf({ strategy: 'contract-net', reroutes: 1 });
    const done = run(settings, [subtask('one'), subtask('end', 'other', ['one'])], failing(['a']));
    const asked = done.entries.flatMap(({ event }) =>
      event.type === 'attempt-started' && event.allocation !== undefined ? [event.allocation.messages.cfp] : [],
    );
    expect(asked).toEqual([4, 3]);
  });
});

const planArbitrary = fc
  .array(
    fc.record({
      role: fc.constantFrom(...roleNames),
      ms: fc.integer({ min: 0, max: 50 }),
      deps: fc.array(fc.nat(), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((rows) =>
    rows.map((row, at) =>
      subtask(`s${at}`, row.role, at === 0 ? [] : [...new Set(row.deps.map((dep) => `s${dep % at}`))], row.ms),
    ),
  );

const inputArbitrary = fc.record({
  concurrency: fc.integer({ min: 1, max: 5 }),
  slots: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
  retries: fc.integer({ min: 0, max: 1 }),
  reroutes: fc.integer({ min: 0, max: 3 }),
  seed: fc.nat(),
});

/** Whether attempt n fails, by a table that wraps around. */
const faultsArbitrary = fc.array(fc.constantFrom(false, false, false, true), { minLength: 1, maxLength: 30 });

describe.each(allocationNames)('%s', (strategy) => {
  const played = fc.tuple(planArbitrary, inputArbitrary, faultsArbitrary).map(([plan, input, faults]) => {
    const settings = settingsOf({ ...input, strategy });
    let drawn = 0;
    const respond: Respond = (command, state) => {
      if (command.kind !== 'start') return null;
      drawn += 1;
      return (faults[drawn % faults.length] === true ? failing([command.role]) : succeedAtOnce)(command, state);
    };
    const happenings = plan.map((one, at) => ({
      afterMs: at + 1,
      event: { type: 'subtask-proposed' as const, attempt: 1, subtask: one },
    }));
    const accepted = { type: 'plan-accepted' as const, attempt: 1, deliverable: plan.at(-1)?.id ?? '' };
    const done = runVirtually({
      settings,
      respond,
      happenings: [...happenings, { afterMs: plan.length + 1, event: accepted }],
    });
    return { settings, input, done };
  });

  test('every run ends; work goes to roles that can do it, never to one that has failed it', () => {
    fc.assert(
      fc.property(played, ({ done, settings }) => {
        expect(done.state.end).not.toBeNull();
        const tried = new Map<string, string[]>();
        const wrong = done.entries.filter(({ event }) => {
          if (event.type !== 'attempt-started' || event.allocation === undefined) return false;
          const before = tried.get(event.subtaskId) ?? [];
          tried.set(event.subtaskId, [...before, event.role]);
          const planned = done.state.subtasks.get(event.subtaskId)?.subtask.role ?? '';
          return before.includes(event.role) || settings.allocation?.candidates[planned]?.includes(event.role) !== true;
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('never more attempts at once than the run and the role allow', () => {
    fc.assert(
      fc.property(played, ({ done, input }) => {
        const active = new Map<string, string>();
        for (const { event } of done.entries) {
          if (event.type === 'attempt-started') active.set(event.subtaskId, event.role);
          if (event.type === 'attempt-finished') active.delete(event.subtaskId);
          // A plan of one subtask is given to the generalist, which stops what has started.
          if (done.state.subtasks.has('@task')) return;
          const held = [...active.values()].filter((role) => role !== 'team');
          expect(held.length).toBeLessThanOrEqual(input.concurrency);
          for (const role of roleNames.filter((name) => name !== 'team')) {
            expect(held.filter((name) => name === role).length).toBeLessThanOrEqual(input.slots ?? input.concurrency);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('after any crash point the fold asks for exactly the attempts that are under way, with the same roles', () => {
    fc.assert(
      fc.property(played, fc.nat(), ({ done }, at) => {
        const entries = throughJson(done.entries.slice(0, 1 + (at % done.entries.length)));
        const state = createRunState();
        const underWay = new Map<string, string>();
        for (const entry of entries) {
          const { event } = entry;
          if (event.type === 'attempt-finished') underWay.delete(`${event.subtaskId}#${event.attempt}`);
          for (const command of decide(state, entry)) {
            if (command.kind === 'start') underWay.set(`${command.subtask.id}#${command.attempt}`, tell(command));
            if (command.kind === 'abort') underWay.delete(`${command.subtaskId}#${command.attempt}`);
          }
        }
        const pending = pendingCommands(state).filter((command) => command.kind === 'start');
        expect(pending.map(tell).toSorted()).toEqual(state.phase === 'ended' ? [] : [...underWay.values()].toSorted());
      }),
      { numRuns: 100 },
    );
  });

  test('folding the stored events allocates as before', () => {
    fc.assert(
      fc.property(played, ({ done }) => {
        const state = createRunState();
        for (const entry of throughJson(done.entries)) decide(state, entry);
        const rolesOf = (of: typeof state) => [...of.subtasks].map(([id, { role, status }]) => [id, role, status]);
        expect(rolesOf(state)).toEqual(rolesOf(done.state));
        expect(state.allocation?.memory).toEqual(done.state.allocation?.memory);
      }),
      { numRuns: 100 },
    );
  });

  test('no slot stays idle while a role that can do it has one: 40 subtasks on three single slots', () => {
    const subtasks = Array.from({ length: 40 }, (_, at) => subtask(`s${at}`, at % 2 === 0 ? 'b' : 'c'));
    const end = subtask(
      'end',
      'other',
      subtasks.map(({ id }) => id),
      0,
    );
    const done = run(settingsOf({ strategy, slots: 1 }), [...subtasks, end]);
    expect(done.state.end?.status).toBe('succeeded');
    expect(done.makespanMs).toBe(200);
  });
});

function throughJson(entries: JournalEntry[]): JournalEntry[] {
  return JSON.parse(JSON.stringify(entries)) as JournalEntry[];
}

function tell(command: Extract<Command, { kind: 'start' }>): string {
  return `${command.subtask.id}#${command.attempt} ${command.role} ${JSON.stringify(command.allocation ?? null)}`;
}
