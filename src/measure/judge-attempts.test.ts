import { expect, test } from 'vitest';
import type { RunEvent } from '../events.ts';
import { checked, scriptRun, subtaskOf } from './fixtures/scripted-run.ts';
import { judgeRun } from './judge-attempts.ts';
import type { RunView } from './run-view.ts';

const findings = (view: RunView) =>
  judgeRun(view).attempts.map(
    ({ subtask, attempt, finding, isTaken }) => `${subtask.id}#${attempt} ${finding}${isTaken ? ' taken' : ''}`,
  );

const propose = (attempt: number, afterMs: number, dependsOn: string[], role: string) => ({
  afterMs,
  event: { type: 'subtask-proposed', attempt, subtask: subtaskOf('b', dependsOn, { role }) } as const,
});

const replanned = (event: (epoch: number) => RunEvent) =>
  judgeRun(
    scriptRun({
      settings: { limits: { retries: 0, reroutes: 0, replans: 1, concurrency: 8, perModel: {}, depth: 1 } },
      happenings: [
        { afterMs: 1, event: { type: 'subtask-proposed', attempt: 1, subtask: subtaskOf('a') } },
        { afterMs: 2, event: { type: 'subtask-proposed', attempt: 1, subtask: subtaskOf('b') } },
        { afterMs: 3, event: { type: 'plan-accepted', attempt: 1 } },
      ],
      endings: { 'a#1': 'fail' },
      otherwise: (command) => (command.kind === 'replan' ? { afterMs: 1, event: event(command.epoch) } : null),
    }),
  ).revisions;

test('an attempt counts by what was seen of its result, and what nobody looked at is told apart', () => {
  const subtasks = ['plain', 'ok', 'bad', 'lost', 'unsure', 'spent', 'stopped'].map((id) =>
    subtaskOf(id, [], id === 'plain' ? {} : checked),
  );
  const endings = {
    'bad#1': 'reject',
    'lost#1': 'fail',
    'unsure#1': 'unverified',
    'spent#1': 'budget',
    'stopped#1': 'cancel',
  } as const;
  const settings = { limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 8, perModel: {}, depth: 1 } };
  expect(findings(scriptRun({ subtasks, endings, settings }))).toEqual([
    'plain#1 unchecked taken',
    'ok#1 accepted taken',
    'bad#1 rejected',
    'lost#1 failed',
    'unsure#1 unverified',
    'spent#1 withdrawn',
    'stopped#1 withdrawn',
  ]);
});

test('an attempt that another plan put an end to says nothing of its role', () => {
  const happenings: { afterMs: number; event: RunEvent }[] = [
    { afterMs: 1, event: { type: 'subtask-proposed', attempt: 1, subtask: subtaskOf('lone') } },
    { afterMs: 2, event: { type: 'plan-accepted', attempt: 1 } },
  ];
  const view = scriptRun({ happenings });
  expect(findings(view)).toEqual(['lone#1 withdrawn', '@task#1 unchecked taken']);
  expect(judgeRun(view).drafts).toEqual(['accepted']);
});

test('ids of a refused draft may come back: each attempt keeps the subtask that it was about', () => {
  const happenings: { afterMs: number; event: RunEvent }[] = [
    propose(1, 1, [], 'critic'),
    { afterMs: 20, event: { type: 'plan-refused', attempt: 1, problems: [] } },
    { afterMs: 21, event: { type: 'subtask-proposed', attempt: 2, subtask: subtaskOf('a') } },
    propose(2, 22, ['a'], 'worker'),
    { afterMs: 23, event: { type: 'plan-accepted', attempt: 2 } },
  ];
  const { attempts, drafts } = judgeRun(scriptRun({ happenings }));
  expect(attempts.map(({ subtask, attempt, role, depth }) => [subtask.id, attempt, role, depth])).toEqual([
    ['b', 1, 'critic', 0],
    ['a', 1, 'worker', 0],
    ['b', 2, 'worker', 1],
  ]);
  expect(drafts).toEqual(['rejected', 'accepted']);
});

test('the deliverable’s checks are about the result that was handed over, a synthesis included', () => {
  const one = judgeRun(scriptRun({ subtasks: [subtaskOf('a'), subtaskOf('end', ['a'])], deliverables: ['rejected'] }));
  expect(one.attempts.map(({ subtask, asDeliverable, isTaken }) => [subtask.id, asDeliverable, isTaken])).toEqual([
    ['a', null, true],
    ['end', 'rejected', false],
    ['end', 'accepted', true],
  ]);
  expect(one.deliverables).toEqual(['rejected', 'accepted']);
  const two = judgeRun(scriptRun({ subtasks: [subtaskOf('a'), subtaskOf('b')], deliverables: ['rejected'] }));
  expect(two.attempts.map(({ asDeliverable }) => asDeliverable)).toEqual([null, null]);
  expect(two).toMatchObject({ syntheses: ['unchecked', 'unchecked'], deliverables: ['rejected', 'accepted'] });
});

test('revisions: applied, unfit and failed ones', () => {
  expect(replanned((epoch) => ({ type: 'plan-revised', epoch, add: [subtaskOf('a2')] }))).toEqual(['accepted']);
  expect(replanned((epoch) => ({ type: 'plan-revised', epoch, add: [subtaskOf('b')] }))).toEqual(['rejected']);
  const error = { code: 'model-failed', message: 'no', recovery: 'retry' } as const;
  expect(replanned((epoch) => ({ type: 'replan-failed', epoch, error }))).toEqual(['failed']);
});

test('a plan that a person refuses is a refused draft', () => {
  const happenings: { afterMs: number; event: RunEvent }[] = [
    { afterMs: 1, event: { type: 'plan-accepted', attempt: 1, subtasks: [subtaskOf('a'), subtaskOf('b')] } },
    { afterMs: 9, event: { type: 'plan-denied', by: 'ann', reason: 'no' } },
  ];
  expect(judgeRun(scriptRun({ happenings, settings: { approve: true } })).drafts).toEqual(['rejected']);
});

test('time in which no process drove the run is in no attempt', () => {
  const { entries } = scriptRun({ subtasks: [subtaskOf('a', [], { estimate: { durationMs: 1000 } })] });
  const [started, first, finished, ended] = entries;
  if (started === undefined || first === undefined || finished === undefined || ended === undefined) throw new Error('no run');
  const later = (entry: typeof started, atMs: number, seq: number) => ({ ...entry, atMs, seq });
  const resumed = [
    started,
    first,
    { version: 1, seq: 3, atMs: started.atMs + 90_000, event: { type: 'run-resumed' } } as const,
    later(finished, started.atMs + 90_700, 4),
    later(ended, started.atMs + 90_700, 5),
  ];
  expect(judgeRun({ entries: resumed }).attempts.map(({ durationMs }) => durationMs)).toEqual([700]);
});
