/** Numbers cite the invariants of approval.ts. */
import { expect, test } from 'vitest';
import { type Respond, runVirtually, succeedAtOnce, type VirtualRun } from '../engine/virtual-run.ts';
import type { ApprovalRequest, JournalEntry, RunEvent, RunSettings } from '../events.ts';
import type { Subtask } from '../plan/plan.ts';
import type { Command } from './command.ts';
import { decide } from './decide.ts';
import { pendingCommands } from './pending.ts';
import { createRunState, type RunState } from './state.ts';

const plain = { model: 'm', fallback: [], composite: false, checks: false };

function settingsFor(subtasks: Subtask[], more: Partial<RunSettings> = {}): RunSettings {
  return {
    strategy: 'team',
    limits: { retries: 1, reroutes: 1, replans: 1, concurrency: 1, perModel: {}, depth: 1 },
    generalist: 'generalist',
    roles: { worker: plain, careful: { ...plain, approval: 'required' }, generalist: plain },
    plan: { subtasks },
    approve: false,
    planRepairs: 1,
    checksDeliverable: false,
    typed: false,
    ...more,
  };
}

function subtask(id: string, dependsOn: string[] = [], role = 'careful'): Subtask {
  return { id, role, instruction: `do ${id}`, dependsOn, estimate: { durationMs: 10 } };
}

const told = (command: Command): string => {
  switch (command.kind) {
    case 'start':
      return `start ${command.subtask.id}#${command.attempt}:${command.role}`;
    case 'ask':
      return `ask ${command.request.subtaskId}#${command.request.attempt}${command.request.kind === 'tool' ? `/${command.request.call}` : ''}`;
    case 'go-on':
      return `go-on ${command.subtaskId}#${command.attempt}/${command.call} ${command.answer.kind}`;
    case 'set-timer':
      return `set-timer ${command.delayMs}`;
    case 'end':
      return `end ${command.status}`;
    default:
      return command.kind;
  }
};
const toldBy = (run: VirtualRun): string[] => run.commands.map(told);

/** Enters events at times; what each leads to. */
function enter(state: RunState, entries: [atMs: number, event: RunEvent][]): string[][] {
  let seq = 0;
  return entries.map(([atMs, event]) => {
    seq += 1;
    const entry: JournalEntry = { version: 1, seq, atMs, event };
    return decide(state, entry).map(told);
  });
}

const given = (subtaskId: string, attempt = 1, call?: string): RunEvent => ({
  type: 'approval-given',
  request: { subtaskId, attempt, ...(call === undefined ? {} : { call }) },
  by: 'ada',
});
const denied = (subtaskId: string, attempt: number): RunEvent => ({
  type: 'approval-denied',
  request: { subtaskId, attempt },
  by: 'ada',
  reason: 'no',
});
const asks = (subtaskId: string, call: string, attempt = 1): RunEvent => {
  const request: ApprovalRequest = {
    kind: 'tool',
    subtaskId,
    attempt,
    role: 'worker',
    call,
    tool: 'act',
    input: { kind: 'inline', value: null },
    requestHash: '',
  };
  return { type: 'approval-asked', request };
};
const done = (subtaskId: string, attempt = 1): RunEvent => ({
  type: 'attempt-finished',
  subtaskId,
  attempt,
  outcome: { kind: 'succeeded', output: { kind: 'inline', value: subtaskId } },
});
/** A person who refuses the first two attempts at anything. */
const refuseTwice: Respond = (command, state) => {
  if (command.kind !== 'ask') return succeedAtOnce(command, state);
  const { subtaskId, attempt } = command.request;
  return { afterMs: 1, event: attempt < 3 ? denied(subtaskId, attempt) : given(subtaskId, attempt) };
};
const start = (settings: RunSettings): RunEvent => ({ type: 'run-started', task: 't', settings });

test('1: all that could start is asked for at once, whatever the slots', () => {
  const settings = settingsFor([subtask('a'), subtask('b', [], 'worker'), subtask('c'), subtask('d', ['b'])]);
  const state = createRunState();
  expect(
    enter(state, [
      [1, start(settings)],
      [2, done('b')],
      [3, given('d')],
      [4, given('a')],
      [5, done('d')],
    ]),
  ).toEqual([['start b#1:worker', 'ask a#1', 'ask c#1'], ['ask d#1'], ['start d#1:careful'], [], ['start a#1:careful']]);
  expect(pendingCommands(state).map(told)).toEqual(['start a#1:careful', 'ask c#1']);
});

test('2: an answer counts once, and only for the attempt that it names', () => {
  const state = createRunState();
  const settings = settingsFor([subtask('a')]);
  expect(
    enter(state, [
      [1, start(settings)],
      [2, given('a', 2)],
      [3, given('b')],
      [4, denied('a', 1)],
      [5, given('a', 1)],
      [6, given('a', 2)],
      [7, denied('a', 2)],
      [8, done('a', 2)],
    ]),
  ).toEqual([['ask a#1'], [], [], ['ask a#2'], [], ['start a#2:careful'], [], ['end succeeded']]);
});

test('3: an attempt that waits holds no slot, and gets one before any new attempt', () => {
  const state = createRunState();
  const plan = ['a', 'b', 'c'].map((id) => subtask(id, [], 'worker'));
  expect(
    enter(state, [
      [1, start(settingsFor(plan))],
      [2, asks('a', '1/0')],
      [3, asks('a', '1/1')],
      [4, given('a', 1, '1/1')],
      [5, given('a', 1, '1/0')],
      [6, done('b')],
      [7, done('a')],
    ]),
  ).toEqual([
    ['start a#1:worker'],
    ['ask a#1/1/0', 'start b#1:worker'],
    ['ask a#1/1/1'],
    // The other call still waits: this one needs no slot.
    ['go-on a#1/1/1 approved'],
    [],
    ['go-on a#1/1/0 approved'],
    ['start c#1:worker'],
  ]);
});

test('3: the slot of an attempt that ends while it waits is not given back twice', () => {
  const state = createRunState();
  const plan = ['a', 'b', 'c', 'd'].map((id) => subtask(id, [], 'worker'));
  const failed: RunEvent = {
    type: 'attempt-finished',
    subtaskId: 'a',
    attempt: 1,
    outcome: { kind: 'failed', error: { code: 'internal', message: 'm', recovery: 'none' } },
  };
  expect(
    enter(state, [
      [1, start(settingsFor(plan))],
      [2, asks('a', '1/0')],
      [3, failed],
      [4, done('b')],
    ]),
  ).toEqual([['start a#1:worker'], ['ask a#1/1/0', 'start b#1:worker'], [], ['start c#1:worker']]);
  expect(state.slots.all).toBe(1);
});

test('4: after a refusal every attempt is asked for, also of a role that needs no approval', () => {
  expect(toldBy(runVirtually({ settings: settingsFor([subtask('a')]), respond: refuseTwice }))).toEqual([
    'ask a#1',
    'ask a#2',
    'ask a#3',
    'start a#3:generalist',
    'end succeeded',
  ]);
});

test('a refusal on the last rung fails the subtask and what follows from it', () => {
  const limits = { retries: 0, reroutes: 0, replans: 0, concurrency: 1, perModel: {}, depth: 1 };
  const run = runVirtually({ settings: settingsFor([subtask('a'), subtask('b', ['a'])], { limits }), respond: refuseTwice });
  expect(run.state.end).toMatchObject({ status: 'failed', reason: 'failed-subtasks' });
  expect([...run.state.subtasks.values()].map(({ status, error }) => [status, error?.message])).toEqual([
    ['failed', 'ada did not approve this attempt: no'],
    ['skipped', 'It depends on "a", which failed.'],
  ]);
});

test('while a run waits no time passes for it, and its deadline is set again with what was left', () => {
  const limits = { retries: 0, reroutes: 0, replans: 0, concurrency: 1, perModel: {}, depth: 1, timeoutMs: 1000 };
  const state = createRunState();
  expect(
    enter(state, [
      [100, start(settingsFor([subtask('a')], { limits }))],
      [300, { type: 'wait-began' }],
      [9000, { type: 'wait-ended' }],
      [9100, { type: 'wait-began' }],
      [50_000, given('a')],
      [50_100, { type: 'wait-began' }],
    ]),
  ).toEqual([
    ['set-timer 1000', 'ask a#1'],
    ['stop-timer'],
    ['set-timer 800'],
    ['stop-timer'],
    ['start a#1:careful', 'set-timer 700'],
    ['stop-timer'],
  ]);
  expect(pendingCommands(state).map(told)).toEqual(['start a#1:careful']);
  expect(enter(state, [[90_000, { type: 'run-resumed' }]])).toEqual([['set-timer 600']]);
  expect(state.activeMs).toBe(400);
});

test('an edited plan takes the place of the one that was shown, ids and all, and is never rewritten', () => {
  const state = createRunState();
  const settings = settingsFor([], { approve: true });
  delete settings.plan;
  const edited = { subtasks: [subtask('a', [], 'worker'), subtask('c', ['a'], 'worker')], deliverable: 'c' };
  const failure: RunEvent = {
    type: 'attempt-finished',
    subtaskId: 'a',
    attempt: 1,
    outcome: { kind: 'failed', error: { code: 'plan-invalid', message: 'm', recovery: 'replan' } },
  };
  expect(
    enter(state, [
      [1, start(settings)],
      [2, { type: 'plan-accepted', attempt: 1, subtasks: [subtask('a'), subtask('b', ['a'])] }],
      [3, { type: 'plan-approved', by: 'ada', plan: edited }],
    ]),
  ).toEqual([['plan'], ['wait'], ['start a#1:worker']]);
  expect([...state.subtasks.values()].map(({ subtask: { id }, role, status }) => [id, role, status])).toEqual([
    ['a', 'worker', 'running'],
    ['c', 'worker', 'waiting'],
  ]);
  expect(state.deliverable).toBe('c');
  expect(enter(state, [[4, failure]])).toEqual([['end failed']]);
});
