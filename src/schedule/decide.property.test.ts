/** Properties of the fold over random plans, limits, failures and crash points. Numbers cite the invariants of decide.ts. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Respond, runVirtually } from '../engine/virtual-run.ts';
import type { JournalEntry, RunEvent, RunSettings, Verdict } from '../events.ts';
import type { Subtask } from '../plan/plan.ts';
import type { Command } from './command.ts';
import { decide } from './decide.ts';
import { pendingCommands } from './pending.ts';
import { createRunState } from './state.ts';

const accepted: Verdict = { kind: 'accepted', evidence: [] };
const rejected: Verdict = { kind: 'rejected', reason: 'r', evidence: [] };
const roleNames = ['a', 'b', 'c'];

const planArbitrary = fc
  .array(
    fc.record({
      role: fc.constantFrom(...roleNames),
      ms: fc.integer({ min: 0, max: 50 }),
      deps: fc.array(fc.nat(), { maxLength: 4 }),
      checked: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 25,
    },
  )
  .map((rows) =>
    rows.map(
      (row, at): Subtask => ({
        id: `s${at}`,
        role: row.role,
        instruction: 'x',
        dependsOn: at === 0 ? [] : [...new Set(row.deps.map((dep) => `s${dep % at}`))],
        estimate: { durationMs: row.ms },
        ...(row.checked ? { accept: [{ kind: 'quotes' as const }] } : {}),
      }),
    ),
  );

const settingsArbitrary = fc.record({
  concurrency: fc.integer({ min: 1, max: 6 }),
  roleConcurrency: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  retries: fc.integer({ min: 0, max: 2 }),
  reroutes: fc.integer({ min: 0, max: 2 }),
  replans: fc.integer({ min: 0, max: 2 }),
});

/** Whether attempt n of a subtask fails or is rejected, decided by a table that wraps around. */
const faultsArbitrary = fc.array(fc.constantFrom('ok', 'ok', 'ok', 'retry', 'none', 'reject'), { minLength: 1, maxLength: 40 });

function settingsOf(limits: {
  concurrency: number;
  roleConcurrency: number | undefined;
  retries: number;
  reroutes: number;
  replans: number;
}): RunSettings {
  const { concurrency, roleConcurrency, retries, reroutes, replans } = limits;
  const role = { model: 'm', fallback: ['b'], composite: false, checks: false };
  return {
    strategy: 'team',
    limits: { concurrency, retries, reroutes, replans, perModel: {}, depth: 1 },
    generalist: 'c',
    roles: { a: roleConcurrency === undefined ? role : { ...role, concurrency: roleConcurrency }, b: role, c: role },
    approve: false,
    planRepairs: 1,
    checksDeliverable: false,
    typed: false,
  };
}

function respondWith(faults: string[]): Respond {
  let drawn = 0;
  return (command) => {
    const fault = faults[drawn % faults.length] ?? 'ok';
    if (command.kind === 'start') {
      drawn += 1;
      const { subtask, attempt } = command;
      const fails = fault === 'retry' || fault === 'none';
      const outcome = fails
        ? ({ kind: 'failed', error: { code: 'model-failed', message: fault, recovery: fault } } as const)
        : ({ kind: 'succeeded', output: { kind: 'inline', value: subtask.id } } as const);
      return {
        afterMs: subtask.estimate?.durationMs ?? 0,
        event: { type: 'attempt-finished', subtaskId: subtask.id, attempt, outcome },
      };
    }
    if (command.kind === 'verify') {
      drawn += 1;
      const { subtask, attempt } = command;
      const verdict = fault === 'reject' ? rejected : accepted;
      return { afterMs: 1, event: { type: 'verdict-given', subtaskId: subtask.id, attempt, verdict } };
    }
    if (command.kind === 'replan') {
      const add: Subtask[] = [
        { id: `r${command.epoch}`, role: 'b', instruction: 'again', dependsOn: command.fixed.map(({ subtask }) => subtask.id) },
      ];
      return { afterMs: 5, event: { type: 'plan-revised', epoch: command.epoch, add } };
    }
    if (command.kind === 'synthesize') {
      return {
        afterMs: 2,
        event: {
          type: 'synthesis-finished',
          outcome: { kind: 'succeeded', output: { kind: 'inline', value: command.sinks.join() } },
        },
      };
    }
    return null;
  };
}

const runArbitrary = fc.tuple(planArbitrary, settingsArbitrary, faultsArbitrary).map(([plan, limits, faults]) => {
  const settings = settingsOf(limits);
  const happenings: { afterMs: number; event: RunEvent }[] = plan.map((subtask, at) => ({
    afterMs: at + 1,
    event: { type: 'subtask-proposed', attempt: 1, subtask },
  }));
  happenings.push({ afterMs: plan.length + 1, event: { type: 'plan-accepted', attempt: 1 } });
  return { settings, run: runVirtually({ settings, respond: respondWith(faults), happenings }) };
});

test('every run ends, whatever fails', () => {
  fc.assert(
    fc.property(runArbitrary, ({ run }) => {
      expect(run.state.end).not.toBeNull();
    }),
    { numRuns: 300 },
  );
});

test('1: no attempt starts before its dependencies have succeeded', () => {
  fc.assert(
    fc.property(runArbitrary, ({ run }) => {
      const state = createRunState();
      for (const entry of run.entries) {
        const started = entry.event.type === 'attempt-started' ? entry.event.subtaskId : null;
        const dependsOn = started === null ? [] : (state.subtasks.get(started)?.subtask.dependsOn ?? ['?']);
        expect(dependsOn.filter((id) => state.subtasks.get(id)?.status !== 'succeeded')).toEqual([]);
        decide(state, entry);
      }
    }),
    { numRuns: 200 },
  );
});

test('slots: never more attempts at once than the run and the role allow', () => {
  fc.assert(
    fc.property(runArbitrary, ({ run, settings }) => {
      const active = new Map<string, string>();
      for (const { event } of run.entries) {
        if (event.type === 'attempt-started') active.set(`${event.subtaskId}#${event.attempt}`, event.role);
        if (event.type === 'attempt-finished') active.delete(`${event.subtaskId}#${event.attempt}`);
        const stopped = run.state.subtasks.get('@task') !== undefined;
        if (stopped) return;
        expect(active.size).toBeLessThanOrEqual(settings.limits.concurrency);
        const ofRoleA = [...active.values()].filter((role) => role === 'a').length;
        expect(ofRoleA).toBeLessThanOrEqual(settings.roles['a']?.concurrency ?? Number.MAX_SAFE_INTEGER);
      }
    }),
    { numRuns: 200 },
  );
});

test('2: attempts of an id only rise', () => {
  fc.assert(
    fc.property(runArbitrary, ({ run }) => {
      const last = new Map<string, number>();
      for (const { event } of run.entries) {
        if (event.type !== 'attempt-started') continue;
        expect(event.attempt).toBe((last.get(event.subtaskId) ?? 0) + 1);
        last.set(event.subtaskId, event.attempt);
      }
    }),
    { numRuns: 200 },
  );
});

test('the ladder: no subtask has more attempts than its rungs allow', () => {
  fc.assert(
    fc.property(runArbitrary, ({ run, settings }) => {
      const { retries, reroutes, replans } = settings.limits;
      for (const item of run.state.subtasks.values()) expect(item.attempts).toBeLessThanOrEqual(1 + retries + reroutes);
      expect(run.state.epoch).toBeLessThanOrEqual(replans);
    }),
    { numRuns: 200 },
  );
});

test('after any crash point the fold asks for exactly what was issued and not answered', () => {
  fc.assert(
    fc.property(runArbitrary, fc.nat(), ({ run }, at) => {
      const entries = throughJson(run.entries.slice(0, 1 + (at % run.entries.length)));
      const state = createRunState();
      const outstanding = new Map<string, Command>();
      for (const entry of entries) {
        for (const command of decide(state, entry)) outstanding.set(keyOf(command), command);
        settle(outstanding, entry.event);
      }
      if (state.end !== null || state.phase === 'ended') outstanding.clear();
      const expected = [...outstanding.values()].filter(
        ({ kind }) => kind !== 'abort' && kind !== 'stop-planner' && kind !== 'end',
      );
      expect(pendingCommands(state).map(keyOf).toSorted()).toEqual(expected.map(keyOf).toSorted());
    }),
    { numRuns: 500 },
  );
});

test('folding the stored events gives the same end', () => {
  fc.assert(
    fc.property(runArbitrary, ({ run }) => {
      const state = createRunState();
      for (const entry of throughJson(run.entries)) decide(state, entry);
      expect(state.end).toEqual(run.state.end);
      expect([...state.subtasks].map(([id, { status, attempt }]) => [id, status, attempt])).toEqual(
        [...run.state.subtasks].map(([id, { status, attempt }]) => [id, status, attempt]),
      );
    }),
    { numRuns: 200 },
  );
});

function throughJson(entries: JournalEntry[]): JournalEntry[] {
  return JSON.parse(JSON.stringify(entries)) as JournalEntry[];
}

function keyOf(command: Command): string {
  switch (command.kind) {
    case 'start':
    case 'verify':
      return `${command.kind} ${command.subtask.id}#${command.attempt} ${command.role}`;
    case 'replan':
      return `replan ${command.epoch} ${command.frozen.map(({ id }) => id).join()}`;
    case 'synthesize':
      return `synthesize ${command.sinks.join()}`;
    default:
      return command.kind;
  }
}

/** Removes what an event answers. */
function settle(outstanding: Map<string, Command>, event: RunEvent): void {
  for (const [key, command] of outstanding) {
    const isAnswered =
      (command.kind === 'plan' && event.type === 'plan-accepted') ||
      (command.kind === 'start' &&
        event.type === 'attempt-finished' &&
        event.subtaskId === command.subtask.id &&
        event.attempt === command.attempt) ||
      (command.kind === 'verify' &&
        event.type === 'verdict-given' &&
        event.subtaskId === command.subtask.id &&
        event.attempt === command.attempt) ||
      (command.kind === 'replan' && event.type === 'plan-revised' && event.epoch === command.epoch) ||
      (command.kind === 'synthesize' && event.type === 'synthesis-finished');
    if (isAnswered) outstanding.delete(key);
    const aborts = [...outstanding.values()].find((other) => other.kind === 'abort');
    if (
      aborts?.kind === 'abort' &&
      (command.kind === 'start' || command.kind === 'verify') &&
      command.subtask.id === aborts.subtaskId &&
      command.attempt === aborts.attempt
    ) {
      outstanding.delete(key);
      outstanding.delete('abort');
    }
  }
}
