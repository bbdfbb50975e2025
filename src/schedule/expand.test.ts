/** Numbers cite the invariants of expand.ts. */
import { expect, test } from 'vitest';
import { type Respond, runVirtually, succeedAtOnce, type VirtualRun } from '../engine/virtual-run.ts';
import type { AttemptOutcome, RunSettings, Verdict } from '../events.ts';
import type { Json } from '../json.ts';
import type { Subtask } from '../plan/plan.ts';
import type { Command } from './command.ts';
import { pendingCommands } from './pending.ts';

const plain = { model: 'm', fallback: [], composite: false, checks: false };

function settingsFor(subtasks: Subtask[], more: Partial<RunSettings['limits']> = {}): RunSettings {
  return {
    strategy: 'team',
    limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 2, perModel: {}, depth: 1, ...more },
    generalist: 'generalist',
    roles: { worker: plain, generalist: plain },
    plan: { subtasks },
    approve: false,
    planRepairs: 0,
    checksDeliverable: false,
    typed: false,
  };
}

const subtask = (id: string, dependsOn: string[] = [], more: Partial<Subtask> = {}): Subtask => ({
  id,
  role: 'worker',
  instruction: `do ${id}`,
  dependsOn,
  ...more,
});
const plan = [subtask('list'), subtask('each', ['list'], { map: { over: 'list' } }), subtask('reduce', ['each'])];

interface Script {
  /** What a replan depends on. Default: all that it may. */
  builtOn?: string[];
  items: Json[] | 'refused';
  /** Outcomes by `id#attempt`; the others succeed. */
  outcomes?: Record<string, AttemptOutcome>;
  /** How long the item of this id takes; default 10 ms. */
  ms?: Record<string, number>;
}

function respondWith({ items, outcomes = {}, ms = {}, builtOn }: Script): Respond {
  return (command, state): ReturnType<Respond> => {
    switch (command.kind) {
      case 'expand': {
        const subtaskId = command.subtask.id;
        if (items === 'refused') {
          const error = { code: 'map-refused', message: 'no list', recovery: 'replan' } as const;
          return { afterMs: 1, event: { type: 'expansion-failed', subtaskId, error } };
        }
        const values = items.map((value) => ({ kind: 'inline', value }) as const);
        return { afterMs: 1, event: { type: 'subtask-expanded', subtaskId, items: values } };
      }
      case 'collect': {
        const value = command.outputs.map((output) => (output.kind === 'inline' ? output.value : null));
        return {
          afterMs: 1,
          event: { type: 'subtask-collected', subtaskId: command.subtask.id, output: { kind: 'inline', value } },
        };
      }
      case 'start': {
        const { id } = command.subtask;
        const outcome = outcomes[`${id}#${command.attempt}`] ?? {
          kind: 'succeeded',
          output: { kind: 'inline', value: `of ${id}` },
        };
        return { afterMs: ms[id] ?? 10, event: { type: 'attempt-finished', subtaskId: id, attempt: command.attempt, outcome } };
      }
      case 'verify': {
        const { subtask: verified, attempt } = command;
        const verdict: Verdict = { kind: 'accepted', evidence: [] };
        return { afterMs: 0, event: { type: 'verdict-given', subtaskId: verified.id, attempt, verdict } };
      }
      case 'replan': {
        const dependsOn = builtOn ?? command.fixed.map((one) => one.subtask.id);
        const add = [subtask('instead', dependsOn)];
        return { afterMs: 5, event: { type: 'plan-revised', epoch: command.epoch, add } };
      }
      default:
        return succeedAtOnce(command, state);
    }
  };
}

const failed: AttemptOutcome = { kind: 'failed', error: { code: 'model-failed', message: 'no', recovery: 'retry' } };
const statusesOf = (run: VirtualRun): string[] =>
  [...run.state.subtasks.values()].map(({ subtask: { id }, status, attempts }) => `${id} ${status} ${attempts}`);
const startsOf = (run: VirtualRun): string[] =>
  run.entries.flatMap(({ event }) => (event.type === 'attempt-started' ? [`${event.subtaskId}#${event.attempt}`] : []));
const find = <Kind extends Command['kind']>(run: VirtualRun, kind: Kind) =>
  run.commands.find((command): command is Extract<Command, { kind: Kind }> => command.kind === kind);

test('3: one attempt an item, within the slots, and one list in the order of the items whatever came first', () => {
  const run = runVirtually({
    settings: settingsFor(plan),
    respond: respondWith({ items: ['a', 'b', 'c'], ms: { 'each[0]': 100, 'each[1]': 20, 'each[2]': 10 } }),
  });
  expect(startsOf(run)).toEqual(['list#1', 'each[0]#1', 'each[1]#1', 'each[2]#1', 'reduce#1']);
  const starts = run.entries.filter(({ event }) => event.type === 'attempt-started');
  expect(starts.map(({ atMs }) => atMs - 1000)).toEqual([0, 11, 11, 31, 112]);
  expect(run.state.subtasks.get('each')).toMatchObject({
    status: 'succeeded',
    output: { kind: 'inline', value: ['of each[0]', 'of each[1]', 'of each[2]'] },
  });
  expect(statusesOf(run)).toEqual([
    'list succeeded 1',
    'each succeeded 0',
    'reduce succeeded 1',
    'each[0] succeeded 1',
    'each[1] succeeded 1',
    'each[2] succeeded 1',
  ]);
  expect(run.state.end).toMatchObject({ status: 'succeeded', deliverable: { kind: 'inline', value: 'of reduce' } });
});

test('an item is started with its value, its place and what the mapped subtask says', () => {
  const accept = [{ kind: 'quotes' as const }];
  const assumes = ['the list is whole', { subtask: 'list', holds: { contains: 'a' } }];
  const mapped = subtask('each', ['list'], { map: { over: 'list', max: 5 }, accept, assumes, estimate: { durationMs: 7 } });
  const run = runVirtually({
    settings: settingsFor([subtask('list'), mapped]),
    respond: respondWith({ items: [{ n: 1 }, 'b'] }),
  });
  const start = run.commands.findLast((command) => command.kind === 'start');
  expect(start).toEqual({
    kind: 'start',
    subtask: {
      id: 'each[1]',
      role: 'worker',
      instruction: 'do each',
      dependsOn: ['list'],
      accept,
      assumes: ['the list is whole'],
      estimate: { durationMs: 7 },
    },
    attempt: 1,
    role: 'worker',
    delivers: false,
    item: { over: 'list', index: 1, of: 2, value: { kind: 'inline', value: 'b' } },
  });
});

test('3: an empty list gives an empty list', () => {
  const run = runVirtually({ settings: settingsFor(plan), respond: respondWith({ items: [] }) });
  expect(startsOf(run)).toEqual(['list#1', 'reduce#1']);
  expect(run.state.subtasks.get('each')?.output).toEqual({ kind: 'inline', value: [] });
});

test('1: a list is read and results are put together while every slot is taken', () => {
  const run = runVirtually({
    settings: settingsFor([...plan, subtask('long')], { concurrency: 1 }),
    respond: respondWith({ items: ['a'], ms: { long: 500 } }),
  });
  expect(startsOf(run)).toEqual(['list#1', 'long#1', 'each[0]#1', 'reduce#1']);
  expect(run.entries.find(({ event }) => event.type === 'subtask-expanded')?.atMs).toBe(1011);
});

test('each item climbs the ladder by itself', () => {
  const run = runVirtually({
    settings: settingsFor(plan, { retries: 1, reroutes: 1 }),
    respond: respondWith({ items: ['a', 'b'], outcomes: { 'each[1]#1': failed, 'each[1]#2': failed } }),
  });
  expect(run.state.end?.status).toBe('succeeded');
  expect(statusesOf(run).slice(3)).toEqual(['each[0] succeeded 1', 'each[1] succeeded 3']);
});

test('2: an item that fails takes the mapped subtask along; what is under way ends, what has not begun never begins', () => {
  const run = runVirtually({
    settings: settingsFor(plan),
    respond: respondWith({ items: ['a', 'b', 'c', 'd'], outcomes: { 'each[0]#1': failed }, ms: { 'each[1]': 50 } }),
  });
  expect(run.state.end).toMatchObject({ status: 'partial', reason: 'failed-subtasks', deliverable: null });
  expect(statusesOf(run)).toEqual([
    'list succeeded 1',
    'each skipped 0',
    'reduce skipped 0',
    'each[0] failed 1',
    'each[1] succeeded 1',
    'each[2] skipped 0',
    'each[3] skipped 0',
  ]);
});

test('2: with a replan the planner is given the results that the items have, and no item is a result by itself', () => {
  // A plan that is given is never rewritten: this one is the planner's.
  const { plan: _given, ...settings } = settingsFor([], { replans: 1 });
  const run = runVirtually({
    settings,
    respond: respondWith({ items: ['a', 'b', 'c', 'd'], outcomes: { 'each[1]#1': failed }, ms: { 'each[0]': 30 } }),
    happenings: [{ afterMs: 1, event: { type: 'plan-accepted', attempt: 1, subtasks: plan } }],
  });
  expect(find(run, 'replan')).toMatchObject({
    cause: { kind: 'subtask-failed', subtaskId: 'each[1]' },
    frozen: [{ id: 'each[1]' }, { id: 'each' }, { id: 'reduce' }],
    fixed: [
      { subtask: { id: 'list' }, state: 'succeeded' },
      { subtask: { id: 'each[0]' }, state: 'under-way' },
    ],
  });
  expect(startsOf(run)).toEqual(['list#1', 'each[0]#1', 'each[1]#1', 'instead#1']);
  expect(run.state.end).toMatchObject({ status: 'succeeded', deliverable: { kind: 'inline', value: 'of instead' } });
  expect(statusesOf(run).filter((status) => status.includes('['))).toEqual([
    'each[0] succeeded 1',
    'each[1] superseded 1',
    'each[2] superseded 0',
    'each[3] superseded 0',
  ]);
});

test('2: of a mapped subtask that is given up nothing is a result by itself, and what fails afterwards is no failure', () => {
  const { plan: _given, ...settings } = settingsFor([], { replans: 1, concurrency: 3 });
  const run = runVirtually({
    settings,
    respond: respondWith({
      items: ['a', 'b', 'c'],
      outcomes: { 'each[1]#1': failed, 'each[2]#1': failed },
      ms: { 'each[0]': 5, 'each[2]': 90, instead: 200 },
      builtOn: ['list'],
    }),
    happenings: [{ afterMs: 1, event: { type: 'plan-accepted', attempt: 1, subtasks: plan } }],
  });
  expect(run.state.end).toMatchObject({ status: 'succeeded', deliverable: { kind: 'inline', value: 'of instead' } });
  expect(statusesOf(run).slice(3)).toEqual([
    'each[0] succeeded 1',
    'each[1] superseded 1',
    'each[2] superseded 1',
    'instead succeeded 1',
  ]);
});

test('a replan for another reason builds on the mapped subtask, not on its items', () => {
  const { plan: _given, ...settings } = settingsFor([], { replans: 1 });
  const run = runVirtually({
    settings,
    respond: respondWith({ items: ['a', 'b'], outcomes: { 'reduce#1': failed } }),
    happenings: [{ afterMs: 1, event: { type: 'plan-accepted', attempt: 1, subtasks: plan } }],
  });
  expect(find(run, 'replan')?.fixed.map((one) => one.subtask.id)).toEqual(['list', 'each']);
});

test('a planner that is still at work is not told of the items', () => {
  const { plan: _given, ...settings } = settingsFor([]);
  const run = runVirtually({
    settings,
    respond: respondWith({ items: ['a', 'b'] }),
    happenings: plan
      .slice(0, 2)
      .map((proposed, at) => ({ afterMs: at + 1, event: { type: 'subtask-proposed', attempt: 1, subtask: proposed } })),
  });
  expect(statusesOf(run)).toEqual(['list succeeded 1', 'each succeeded 0', 'each[0] succeeded 1', 'each[1] succeeded 1']);
  const asked = pendingCommands(run.state).find((command) => command.kind === 'plan');
  expect(asked?.soFar.map(({ id }) => id)).toEqual(['list', 'each']);
});

test('what is no list fails the mapped subtask, without a retry', () => {
  const run = runVirtually({
    settings: settingsFor(plan, { retries: 2, reroutes: 2 }),
    respond: respondWith({ items: 'refused' }),
  });
  expect(run.commands.filter(({ kind }) => kind === 'expand')).toHaveLength(1);
  expect(statusesOf(run)).toEqual(['list succeeded 1', 'each failed 0', 'reduce skipped 0']);
  expect(run.state.subtasks.get('each')?.error?.message).toBe('no list');
});

test('what later work assumes of the list is tested on the list', () => {
  const holds = { contains: 'of each[1]' };
  const run = runVirtually({
    settings: settingsFor([...plan.slice(0, 2), subtask('reduce', ['each'], { assumes: [{ subtask: 'each', holds }] })]),
    respond: respondWith({ items: ['a', 'b'] }),
  });
  expect(find(run, 'verify')).toMatchObject({ subtask: { id: 'each' }, assumptions: [{ subtask: 'each', holds }] });
});
