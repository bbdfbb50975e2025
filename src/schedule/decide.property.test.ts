/** Properties of the fold over random plans, limits, failures, people and crash points. Numbers cite the invariants of decide.ts. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JournalEntry, RequestName, RunEvent } from '../events.ts';
import type { Command } from './command.ts';
import { decide } from './decide.ts';
import { runs, runsWithPeople } from './fixtures/random-runs.ts';
import { pendingCommands } from './pending.ts';
import { createRunState, itemsOf, type RunState, takesFailures } from './state.ts';

describe.each([
  ['a run by itself', runs],
  ['a run that asks people', runsWithPeople],
])('%s', (_title, runArbitrary) => {
  test('every run ends, whatever fails', () => {
    fc.assert(
      fc.property(runArbitrary, ({ run }) => {
        expect(run.state.end).not.toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  test('1: no attempt starts before its dependencies have succeeded, or ended where failures are taken', () => {
    fc.assert(
      fc.property(runArbitrary, ({ run }) => {
        const state = createRunState();
        for (const entry of run.entries) {
          const started = entry.event.type === 'attempt-started' ? entry.event.subtaskId : null;
          const subtask = state.subtasks.get(started ?? '')?.subtask;
          const dependsOn = subtask?.dependsOn ?? ['?'];
          const ends =
            subtask !== undefined && takesFailures(subtask)
              ? ['succeeded', 'failed', 'skipped', 'cancelled', 'superseded']
              : ['succeeded'];
          const waited = started === null ? [] : dependsOn;
          expect(waited.filter((id) => !ends.includes(state.subtasks.get(id)?.status ?? ''))).toEqual([]);
          decide(state, entry);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('slots: never more attempts at once than the run and the role allow; one that waits for a person holds none', () => {
    fc.assert(
      fc.property(runArbitrary, ({ run, settings }) => {
        const state = createRunState();
        /** Role by attempt, of those at work. */
        const active = new Map<string, string>();
        /** Calls by attempt, of those that wait. */
        const held = new Map<string, Set<string>>();
        const roles = new Map<string, string>();
        for (const entry of run.entries) {
          const { event } = entry;
          const commands = decide(state, entry);
          if (event.type === 'attempt-finished') active.delete(`${event.subtaskId}#${event.attempt}`);
          if (event.type === 'approval-asked' && event.request.kind === 'tool') {
            const key = `${event.request.subtaskId}#${event.request.attempt}`;
            active.delete(key);
            held.set(key, (held.get(key) ?? new Set()).add(event.request.call));
          }
          for (const command of commands) {
            if (command.kind === 'start') {
              active.set(`${command.subtask.id}#${command.attempt}`, command.role);
              roles.set(`${command.subtask.id}#${command.attempt}`, command.role);
            }
            if (command.kind === 'abort') active.delete(`${command.subtaskId}#${command.attempt}`);
            if (command.kind === 'go-on') {
              const key = `${command.subtaskId}#${command.attempt}`;
              held.get(key)?.delete(command.call);
              if (held.get(key)?.size === 0) active.set(key, roles.get(key) ?? '');
            }
          }
          expect(active.size).toBeLessThanOrEqual(settings.limits.concurrency);
          const ofRoleA = [...active.values()].filter((role) => role === 'a').length;
          expect(ofRoleA).toBeLessThanOrEqual(settings.roles['a']?.concurrency ?? Number.MAX_SAFE_INTEGER);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('2: attempts of an id only rise, by one for each that started or was refused', () => {
    fc.assert(
      fc.property(runArbitrary, ({ run }) => {
        const last = new Map<string, number>();
        for (const { event } of run.entries) {
          const isRefused = event.type === 'approval-denied' && event.request.call === undefined;
          if (event.type !== 'attempt-started' && !isRefused) continue;
          const { subtaskId, attempt } = event.type === 'attempt-started' ? event : event.request;
          expect(attempt).toBe((last.get(subtaskId) ?? 0) + 1);
          last.set(subtaskId, attempt);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the ladder: no subtask has more attempts than its rungs allow', () => {
    fc.assert(
      fc.property(runArbitrary, ({ run, settings }) => {
        const { retries, reroutes, replans } = settings.limits;
        for (const item of run.state.subtasks.values()) expect(item.attempt).toBeLessThanOrEqual(1 + retries + reroutes);
        expect(run.state.epoch).toBeLessThanOrEqual(replans);
      }),
      { numRuns: 200 },
    );
  });

  test('people: what needs approval starts after exactly that was approved, and a call goes on once, after its answer', () => {
    fc.assert(
      fc.property(runArbitrary, ({ run, settings }) => {
        const given = new Set<string>();
        const asked = new Set<string>();
        const answered = new Set<string>();
        const unfounded: string[] = [];
        const state = createRunState();
        for (const entry of run.entries) {
          const { event } = entry;
          if (event.type === 'approval-given') given.add(nameOf(event.request));
          if (event.type === 'approval-given' || event.type === 'approval-denied') answered.add(nameOf(event.request));
          for (const command of decide(state, entry)) {
            if (command.kind === 'start') {
              const name = nameOf({ subtaskId: command.subtask.id, attempt: command.attempt });
              const isNeeded = settings.roles[command.role]?.approval === 'required' || asked.has(command.subtask.id);
              if (isNeeded && !given.has(name)) unfounded.push(name);
            }
            if (command.kind === 'ask' && command.request.kind === 'attempt') asked.add(command.request.subtaskId);
            if (command.kind === 'go-on' && !answered.delete(nameOf(command))) unfounded.push(nameOf(command));
          }
        }
        expect(unfounded).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('lists: a mapped subtask succeeds with the results of its items, in their order, and has no attempt of its own', () => {
    fc.assert(
      fc.property(runArbitrary, ({ run }) => {
        const wrong: string[] = [];
        for (const item of run.state.subtasks.values()) {
          const { subtask, status, output } = item;
          if (subtask.map === undefined || status !== 'succeeded') continue;
          const ids = (itemsOf(item) ?? []).map((one) => one.subtask.id);
          if (JSON.stringify(output) !== JSON.stringify({ kind: 'inline', value: ids })) wrong.push(subtask.id);
          if (item.attempts > 0) wrong.push(subtask.id);
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('growth: what grows has succeeded only with what it added in the plan, and nothing else was added', () => {
    fc.assert(
      fc.property(runArbitrary, ({ run }) => {
        const grown = run.entries.flatMap(({ event }) => (event.type === 'plan-grown' ? [event] : []));
        const accepted = new Set(
          grown
            .filter(({ subtaskId }) => run.state.subtasks.get(subtaskId)?.status === 'succeeded')
            .map(({ subtaskId }) => subtaskId),
        );
        const unread = [...run.state.subtasks].flatMap(([id, { subtask, status }]) => {
          const [, parent = id] = /^(.*)\+\d$/.exec(id) ?? [];
          const hasGrown = subtask.grow !== true || status !== 'succeeded' || accepted.has(id);
          return hasGrown && (parent === id || accepted.has(parent)) ? [] : [id];
        });
        expect(unread).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('growth: one result is read at a time', () => {
    fc.assert(
      fc.property(runArbitrary, ({ run }) => {
        const state = createRunState();
        const outstanding = new Map<string, Command>();
        let most = 0;
        for (const entry of throughJson(run.entries)) {
          for (const command of decide(state, entry)) outstanding.set(keyOf(command), command);
          settle(outstanding, entry.event, state);
          most = Math.max(most, [...outstanding.values()].filter(({ kind }) => kind === 'grow').length);
        }
        expect(most).toBeLessThanOrEqual(1);
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
          settle(outstanding, entry.event, state);
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
});

function throughJson(entries: JournalEntry[]): JournalEntry[] {
  return JSON.parse(JSON.stringify(entries)) as JournalEntry[];
}

function nameOf({ subtaskId, attempt, call = '' }: RequestName): string {
  return `${subtaskId}#${attempt} ${call}`;
}

function keyOf(command: Command): string {
  switch (command.kind) {
    case 'start':
    case 'verify':
      return `${command.kind} ${command.subtask.id}#${command.attempt} ${command.role}`;
    case 'grow':
      return `grow ${command.subtask.id}#${command.attempt}`;
    case 'ask':
      return `ask ${nameOf(command.request)}`;
    case 'go-on':
      return `go-on ${nameOf(command)}`;
    case 'expand':
    case 'collect':
      return `${command.kind} ${command.subtask.id}`;
    case 'replan':
      return `replan ${command.epoch} ${command.frozen.map(({ id }) => id).join()}`;
    case 'synthesize':
      return `synthesize ${command.sinks.join()}`;
    default:
      return command.kind;
  }
}

/** Removes what an event answers, and what nobody has to answer any more. */
function settle(outstanding: Map<string, Command>, event: RunEvent, state: RunState): void {
  const aborted = [...outstanding.values()].filter((command) => command.kind === 'abort');
  for (const [key, command] of outstanding) {
    if (command.kind === 'abort' || isAnswered(command, event)) outstanding.delete(key);
    const attempt = attemptOf(command);
    if (attempt === null) continue;
    if (aborted.some(({ subtaskId, attempt: of }) => subtaskId === attempt.subtaskId && of === attempt.attempt)) {
      outstanding.delete(key);
    }
    // An attempt that was asked for and has not begun is given up with its subtask.
    const hasNotBegun = command.kind === 'ask' && command.request.kind === 'attempt';
    if (hasNotBegun && state.subtasks.get(attempt.subtaskId)?.status !== 'waiting') outstanding.delete(key);
  }
}

function attemptOf(command: Command): { subtaskId: string; attempt: number } | null {
  switch (command.kind) {
    case 'start':
    case 'verify':
    case 'grow':
      return { subtaskId: command.subtask.id, attempt: command.attempt };
    case 'expand':
    case 'collect':
      return { subtaskId: command.subtask.id, attempt: 0 };
    case 'ask':
      return command.request;
    case 'go-on':
      return command;
    default:
      return null;
  }
}

function isAnswered(command: Command, event: RunEvent): boolean {
  switch (command.kind) {
    case 'plan':
      return event.type === 'plan-accepted';
    case 'start':
      return event.type === 'attempt-finished' && isOf(event, attemptOf(command));
    case 'verify':
      return event.type === 'verdict-given' && isOf(event, attemptOf(command));
    case 'expand':
      if (event.type !== 'subtask-expanded' && event.type !== 'expansion-failed') return false;
      return event.subtaskId === command.subtask.id;
    case 'collect':
      return event.type === 'subtask-collected' && event.subtaskId === command.subtask.id;
    case 'grow':
      return (event.type === 'plan-grown' || event.type === 'growth-failed') && isOf(event, attemptOf(command));
    case 'ask': {
      if (event.type === 'attempt-finished') return isOf(event, command.request);
      if (event.type !== 'approval-given' && event.type !== 'approval-denied') return false;
      return nameOf(event.request) === nameOf(command.request);
    }
    case 'go-on':
      return event.type === 'attempt-finished' && isOf(event, command);
    case 'replan':
      return event.type === 'plan-revised' && event.epoch === command.epoch;
    case 'synthesize':
      return event.type === 'synthesis-finished';
    default:
      return false;
  }
}

function isOf(event: { subtaskId: string; attempt: number }, attempt: { subtaskId: string; attempt: number } | null): boolean {
  return event.subtaskId === attempt?.subtaskId && event.attempt === attempt.attempt;
}
