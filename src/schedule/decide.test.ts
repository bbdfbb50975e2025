import { expect, test } from 'vitest';
import { type Respond, runVirtually, succeedAtOnce, type VirtualRun } from '../engine/virtual-run.ts';
import type { AttemptOutcome, RunEvent, RunSettings, Verdict } from '../events.ts';
import type { Subtask } from '../plan/plan.ts';
import type { Command } from './command.ts';

const limits = { retries: 1, reroutes: 1, replans: 1, concurrency: 8, perModel: {}, depth: 3 };
const plain = { model: 'm', fallback: [], composite: false, checks: false };

function settingsFor(subtasks: Subtask[] | null, more: Partial<RunSettings> = {}): RunSettings {
  return {
    strategy: 'team',
    limits,
    generalist: 'generalist',
    roles: { worker: plain, other: plain, generalist: plain },
    ...(subtasks === null ? {} : { plan: { subtasks } }),
    approve: false,
    planRepairs: 1,
    checksDeliverable: false,
    typed: false,
    ...more,
  };
}

function subtask(id: string, dependsOn: string[] = [], more: Partial<Subtask> = {}): Subtask {
  return { id, role: 'worker', instruction: `do ${id}`, dependsOn, ...more };
}

/** A script of attempt outcomes by `id#attempt`; everything else succeeds at once. */
function scripted(outcomes: Record<string, AttemptOutcome>, otherwise: Respond = succeedAtOnce): Respond {
  return (command, state) => {
    if (command.kind === 'start') {
      const {
        subtask: { id, estimate },
        attempt,
      } = command;
      const outcome = outcomes[`${id}#${attempt}`];
      if (outcome !== undefined) {
        return { afterMs: estimate?.durationMs ?? 0, event: { type: 'attempt-finished', subtaskId: id, attempt, outcome } };
      }
    }
    return otherwise(command, state) ?? succeedAtOnce(command, state);
  };
}

const failed = (message: string, recovery: 'retry' | 'none' | 'replan' = 'retry'): AttemptOutcome => ({
  kind: 'failed',
  error: { code: 'model-failed', message, recovery },
});

const accepted: Verdict = { kind: 'accepted', evidence: [] };
const rejectedFor = (reason: string): Verdict => ({ kind: 'rejected', reason, evidence: [] });

const typesOf = (run: VirtualRun) => run.entries.map(({ event }) => event.type);
const startsOf = (run: VirtualRun) =>
  run.entries.flatMap(({ event }) =>
    event.type === 'attempt-started' ? [`${event.subtaskId}#${event.attempt}:${event.role}`] : [],
  );
const statusesOf = (run: VirtualRun) => Object.fromEntries([...run.state.subtasks].map(([id, { status }]) => [id, status]));

test('a chain runs in order and its sink is the deliverable', () => {
  const run = runVirtually({ settings: settingsFor([subtask('b', ['a']), subtask('a')]), respond: succeedAtOnce });
  expect(typesOf(run)).toEqual([
    'run-started',
    'attempt-started',
    'attempt-finished',
    'attempt-started',
    'attempt-finished',
    'run-ended',
  ]);
  expect(startsOf(run)).toEqual(['a#1:worker', 'b#1:worker']);
  expect(run.state.end).toEqual({
    status: 'succeeded',
    reason: 'completed',
    deliverable: { kind: 'inline', value: 'result of b' },
  });
});

test('a subtask starts when its own dependencies are done, not when its level is', () => {
  const plan = [
    subtask('quick', [], { estimate: { durationMs: 10 } }),
    subtask('slow', [], { estimate: { durationMs: 100 } }),
    subtask('after-quick', ['quick'], { estimate: { durationMs: 80 } }),
    subtask('end', ['slow', 'after-quick'], { estimate: { durationMs: 5 } }),
  ];
  const run = runVirtually({ settings: settingsFor(plan), respond: succeedAtOnce });
  expect(run.makespanMs).toBe(105);
});

test('with one slot the longest remaining path goes first, then the order of arrival', () => {
  const plan = [
    subtask('short'),
    subtask('long', [], { estimate: { durationMs: 9000 } }),
    subtask('head'),
    subtask('tail', ['head']),
  ];
  const run = runVirtually({ settings: settingsFor(plan, { limits: { ...limits, concurrency: 1 } }), respond: scripted({}) });
  expect(startsOf(run).map((start) => start.split('#')[0])).toEqual(['long', 'head', 'short', 'tail']);
});

test('a full role does not hide the work of another role', () => {
  const roles = { worker: { ...plain, concurrency: 1 }, other: plain, generalist: plain };
  const plan = [subtask('w1', [], { estimate: { durationMs: 9 } }), subtask('w2'), subtask('o1', [], { role: 'other' })];
  const run = runVirtually({ settings: settingsFor(plan, { roles }), respond: () => null });
  expect(startsOf(run)).toEqual(['w2#1:worker', 'o1#1:other']);
});

test('a model limit counts every role that uses the model, and * stands for models not named', () => {
  const roles = { worker: { ...plain, model: 'a' }, other: { ...plain, model: 'a' }, generalist: { ...plain, model: 'b' } };
  const plan = [
    subtask('1'),
    subtask('2', [], { role: 'other' }),
    subtask('3', [], { role: 'generalist' }),
    subtask('4', [], { role: 'generalist' }),
  ];
  const perModel = { a: { concurrency: 1 }, '*': { concurrency: 1 } };
  const run = runVirtually({ settings: settingsFor(plan, { roles, limits: { ...limits, perModel } }), respond: () => null });
  expect(startsOf(run)).toEqual(['1#1:worker', '3#1:generalist']);
});

test('a composite subtask holds no slot', () => {
  const roles = { worker: plain, other: { ...plain, composite: true }, generalist: plain };
  const plan = [subtask('team', [], { role: 'other' }), subtask('leaf')];
  const run = runVirtually({
    settings: settingsFor(plan, { roles, limits: { ...limits, concurrency: 1 } }),
    respond: () => null,
  });
  expect(startsOf(run)).toEqual(['team#1:other', 'leaf#1:worker']);
});

test('the ladder: retry with feedback, then another role, then failure; unrelated work goes on', () => {
  const plan = [subtask('bad'), subtask('rests-on-bad', ['bad']), subtask('unrelated')];
  const respond = scripted({ 'bad#1': failed('one'), 'bad#2': failed('two'), 'bad#3': failed('three') });
  const run = runVirtually({ settings: settingsFor(plan), respond });
  expect(startsOf(run)).toEqual(['bad#1:worker', 'unrelated#1:worker', 'bad#2:worker', 'bad#3:generalist']);
  expect(statusesOf(run)).toEqual({ bad: 'failed', 'rests-on-bad': 'skipped', unrelated: 'succeeded' });
  const feedback = run.commands.flatMap((command) =>
    command.kind === 'start' && command.subtask.id === 'bad' ? [command.feedback] : [],
  );
  expect(feedback).toEqual([undefined, 'one', 'two']);
  expect(run.state.end).toMatchObject({
    status: 'partial',
    reason: 'failed-subtasks',
    deliverable: { value: 'result of unrelated' },
  });
});

test('rungs set to 0 are not climbed', () => {
  const respond = scripted({ 'bad#1': failed('one') });
  const run = runVirtually({
    settings: settingsFor([subtask('bad')], { limits: { ...limits, retries: 0, reroutes: 0 } }),
    respond,
  });
  expect(startsOf(run)).toEqual(['bad#1:worker']);
  expect(run.state.end).toMatchObject({ status: 'failed', deliverable: null });
});

test('an error that no other attempt can mend skips the ladder', () => {
  const run = runVirtually({
    settings: settingsFor([subtask('bad')]),
    respond: scripted({ 'bad#1': failed('no such tool', 'none') }),
  });
  expect(startsOf(run)).toEqual(['bad#1:worker']);
});

test('a rejected verdict is a failed attempt whose reason the next one reads', () => {
  const plan = [subtask('a', [], { accept: [{ kind: 'quotes' }] })];
  let verdicts = 0;
  const run = runVirtually({
    settings: settingsFor(plan),
    respond: (command, state) => {
      if (command.kind !== 'verify') return succeedAtOnce(command, state);
      verdicts += 1;
      const verdict = verdicts === 1 ? rejectedFor('no quote') : accepted;
      return { afterMs: 1, event: { type: 'verdict-given', subtaskId: 'a', attempt: command.attempt, verdict } };
    },
  });
  expect(typesOf(run)).toEqual([
    'run-started',
    'attempt-started',
    'attempt-finished',
    'verdict-given',
    'attempt-started',
    'attempt-finished',
    'verdict-given',
    'run-ended',
  ]);
  expect(run.commands.filter((command) => command.kind === 'start').map((command) => command.feedback)).toEqual([
    undefined,
    'no quote',
  ]);
});

/** A synthesis that names its sinks; everything else succeeds at once. */
const synthesizeAtOnce: Respond = (command, state) =>
  command.kind === 'synthesize'
    ? {
        afterMs: 0,
        event: {
          type: 'synthesis-finished',
          outcome: { kind: 'succeeded', output: { kind: 'inline', value: command.sinks.join('+') } },
        },
      }
    : succeedAtOnce(command, state);

test('several sinks are synthesized by one call, one sink by none', () => {
  const run = runVirtually({ settings: settingsFor([subtask('a'), subtask('b')]), respond: synthesizeAtOnce });
  expect(run.state.end?.deliverable).toEqual({ kind: 'inline', value: 'a+b' });
  expect(run.commands.filter((command) => command.kind === 'synthesize')).toHaveLength(1);
});

/** A planner that proposes `elements` 10 ms apart and then accepts. */
function runPlanned(elements: Subtask[], options: { respond?: Respond; more?: Partial<RunSettings>; ending?: RunEvent[] } = {}) {
  const respond = options.respond ?? succeedAtOnce;
  const settings = settingsFor(null, options.more);
  const queue: RunEvent[] = [
    ...elements.map((element): RunEvent => ({ type: 'subtask-proposed', attempt: 1, subtask: element })),
    ...(options.ending ?? [{ type: 'plan-accepted', attempt: 1 }]),
  ];
  return { run: runVirtually({ settings, respond, happenings: queue.map((event, at) => ({ afterMs: 10 * (at + 1), event })) }) };
}

test('the work of a tool is never given to the generalist, whose word would stand for its result', () => {
  const roles = { worker: { ...plain, tool: true as const }, other: plain, generalist: plain };
  const failing = scripted({ 'a#1': failed('broken'), 'a#2': failed('broken') });
  const alone = runVirtually({ settings: settingsFor([subtask('a')], { roles }), respond: failing });
  expect(startsOf(alone)).toEqual(['a#1:worker', 'a#2:worker']);
  expect(alone.state.end?.status).toBe('failed');
  const named = { ...roles, worker: { ...roles.worker, fallback: ['other'] } };
  const helped = runVirtually({ settings: settingsFor([subtask('a')], { roles: named }), respond: failing });
  expect(startsOf(helped)).toEqual(['a#1:worker', 'a#2:worker', 'a#3:other']);
});

test('what says how the plan goes on is not asked of the generalist, who has not its form', () => {
  const failing = scripted({ 'a#1': failed('broken'), 'a#2': failed('broken') });
  const run = runVirtually({ settings: settingsFor([subtask('a', [], { grow: true })], {}), respond: failing });
  expect(startsOf(run)).toEqual(['a#1:worker', 'a#2:worker']);
});

test('a streamed subtask starts on arrival, one that names a later one waits for it', () => {
  const { run } = runPlanned([subtask('late', ['early']), subtask('early', [], { estimate: { durationMs: 5 } })]);
  const at = (type: string, id: string) =>
    run.entries.find(({ event }) => event.type === type && 'subtaskId' in event && event.subtaskId === id)?.atMs;
  expect(at('attempt-started', 'early')).toBe(1020);
  expect(at('attempt-started', 'late')).toBe(1025);
  expect(run.state.end?.status).toBe('succeeded');
});

test('a streamed subtask that depends on what has failed already is skipped, with what waited for it: the run stalled', () => {
  const streamed = [
    subtask('bad'),
    subtask('last', ['middle']),
    subtask('middle', ['bad']),
    subtask('takes-it', ['middle', 'bad'], { evenIfFailed: true }),
  ];
  const { run } = runPlanned(streamed, {
    respond: scripted({ 'bad#1': failed('broken', 'none') }),
    more: { limits: { ...limits, replans: 0 } },
  });
  expect(statusesOf(run)).toEqual({ bad: 'failed', last: 'skipped', middle: 'skipped', 'takes-it': 'succeeded' });
  expect(run.state.end?.status).toBe('partial');
});

test('a refused draft withdraws what it had started; attempt numbers go on', () => {
  const problems = [{ code: 'cycle' as const, message: 'a → b → a' }];
  const { run } = runPlanned([subtask('a', [], { estimate: { durationMs: 1000 } })], {
    ending: [
      { type: 'plan-refused', attempt: 1, problems },
      { type: 'subtask-proposed', attempt: 2, subtask: subtask('a') },
      { type: 'subtask-proposed', attempt: 2, subtask: subtask('b', ['a']) },
      { type: 'plan-accepted', attempt: 2 },
    ],
  });
  expect(startsOf(run)).toEqual(['a#1:worker', 'a#2:worker', 'b#1:worker']);
  expect(run.commands.filter((command) => command.kind === 'abort')).toEqual([{ kind: 'abort', subtaskId: 'a', attempt: 1 }]);
  expect(
    run.commands.filter((command) => command.kind === 'plan').map(({ attempt, problems: told }) => ({ attempt, told })),
  ).toEqual([
    { attempt: 1, told: [] },
    { attempt: 2, told: problems },
  ]);
  expect(run.state.end?.status).toBe('succeeded');
});

test('a second refusal ends the run with the located problem', () => {
  const problems = [{ code: 'empty' as const, message: 'The plan has no subtasks.' }];
  const { run } = runPlanned([], {
    ending: [
      { type: 'plan-refused', attempt: 1, problems },
      { type: 'plan-refused', attempt: 2, problems },
    ],
  });
  expect(run.state.end).toMatchObject({
    status: 'failed',
    reason: 'plan-refused',
    detail: 'The planner gave no valid plan. The plan has no subtasks.',
  });
});

test('a plan of one specialist subtask goes to the generalist, and the specialist that had started is stopped', () => {
  const { run } = runPlanned([subtask('only', [], { estimate: { durationMs: 500 } })]);
  expect(startsOf(run)).toEqual(['only#1:worker', '@task#1:generalist']);
  expect(statusesOf(run)).toEqual({ only: 'superseded', '@task': 'succeeded' });
  expect(run.state.strategy).toBe('single');
});

test('a plan of one subtask for the generalist is run as the planner wrote it', () => {
  const { run } = runPlanned([subtask('only', [], { role: 'generalist', instruction: 'Answer directly: hi' })]);
  expect(startsOf(run)).toEqual(['only#1:generalist']);
});

test('approval: nothing starts before a person has agreed', () => {
  const ending: RunEvent[] = [{ type: 'plan-accepted', attempt: 1, subtasks: [subtask('a'), subtask('b', ['a'])] }];
  const waiting = runPlanned([], { more: { approve: true }, ending }).run;
  expect(startsOf(waiting)).toEqual([]);
  expect(waiting.commands.map(({ kind }) => kind)).toEqual(['plan', 'wait']);
  const approved = runPlanned([], { more: { approve: true }, ending: [...ending, { type: 'plan-approved', by: 'ada' }] }).run;
  expect(startsOf(approved)).toEqual(['a#1:worker', 'b#1:worker']);
  const denied = runPlanned([], {
    more: { approve: true },
    ending: [...ending, { type: 'plan-denied', by: 'ada', reason: 'too dear' }],
  }).run;
  expect(denied.state.end).toMatchObject({ status: 'failed', reason: 'plan-refused', detail: 'ada refused the plan: too dear' });
});

test('approval is asked for one agent too', () => {
  const run = runVirtually({ settings: settingsFor(null, { strategy: 'single', approve: true }), respond: succeedAtOnce });
  expect(startsOf(run)).toEqual([]);
  expect(run.commands.map(({ kind }) => kind)).toEqual(['wait']);
});

test('replan: finished work is kept, the suffix is replaced, unrelated work goes on', () => {
  const elements = [
    subtask('good'),
    subtask('bad', ['good']),
    subtask('end', ['bad']),
    subtask('unrelated', [], { estimate: { durationMs: 400 } }),
  ];
  const { run } = runPlanned(elements, {
    respond: (command, state) => {
      if (command.kind === 'replan') {
        const add = [subtask('end-2', ['good', 'unrelated'])];
        return { afterMs: 50, event: { type: 'plan-revised', epoch: command.epoch, add } };
      }
      return scripted({ 'bad#1': failed('x'), 'bad#2': failed('x'), 'bad#3': failed('x') })(command, state);
    },
  });
  const replan = run.commands.find((command): command is Extract<Command, { kind: 'replan' }> => command.kind === 'replan');
  expect(replan?.frozen.map(({ id }) => id)).toEqual(['bad', 'end']);
  expect(replan?.fixed.map(({ subtask: { id }, state }) => `${id}:${state}`)).toEqual(['good:succeeded', 'unrelated:under-way']);
  expect(statusesOf(run)).toEqual({
    good: 'succeeded',
    bad: 'superseded',
    end: 'superseded',
    unrelated: 'succeeded',
    'end-2': 'succeeded',
  });
  expect(run.state.end).toMatchObject({ status: 'succeeded', deliverable: { value: 'result of end-2' } });
});

test('a revision that reuses an id is not applied', () => {
  const { run } = runPlanned([subtask('good'), subtask('bad', ['good'])], {
    respond: (command, state) => {
      if (command.kind === 'replan') return { afterMs: 1, event: { type: 'plan-revised', epoch: 1, add: [subtask('good', [])] } };
      return scripted({ 'bad#1': failed('x', 'replan') })(command, state);
    },
  });
  expect(statusesOf(run)).toEqual({ good: 'succeeded', bad: 'failed' });
  expect(run.state.end?.status).toBe('partial');
});

test('a result that contradicts an assumption stops what rests on it before it starts', () => {
  const elements = [
    subtask('probe'),
    subtask('build', ['probe'], { assumes: ['The API has pages.'] }),
    subtask('ship', ['build']),
    subtask('other-part'),
  ];
  const contradictions = [{ assumption: 'The API has pages.', evidence: 'It streams.' }];
  const { run } = runPlanned(elements, {
    respond: (command, state) => {
      if (command.kind === 'replan') {
        return {
          afterMs: 1,
          event: { type: 'plan-revised', epoch: command.epoch, add: [subtask('stream', ['probe', 'other-part'])] },
        };
      }
      if (command.kind === 'start' && command.subtask.id === 'probe') {
        const outcome = { kind: 'succeeded', output: { kind: 'inline', value: 'p' }, contradictions } as const;
        return { afterMs: 100, event: { type: 'attempt-finished', subtaskId: 'probe', attempt: 1, outcome } };
      }
      return succeedAtOnce(command, state);
    },
  });
  const replan = run.commands.find((command): command is Extract<Command, { kind: 'replan' }> => command.kind === 'replan');
  expect(replan?.frozen.map(({ id }) => id)).toEqual(['build', 'ship']);
  expect(replan?.cause).toMatchObject({ kind: 'assumption-contradicted', subtaskId: 'probe', evidence: 'It streams.' });
  expect(startsOf(run)).toEqual(['probe#1:worker', 'other-part#1:worker', 'stream#1:worker']);
  expect(run.state.end?.status).toBe('succeeded');
});

test('cascade: the single agent goes first, the team only when its checks fail', () => {
  const good = runVirtually({ settings: settingsFor(null, { strategy: 'cascade' }), respond: succeedAtOnce });
  expect(startsOf(good)).toEqual(['@task#1:generalist']);
  const bad = runPlanned([subtask('a'), subtask('b', ['a'])], {
    more: { strategy: 'cascade' },
    respond: scripted({ '@task#1': failed('x'), '@task#2': failed('x') }),
  }).run;
  expect(startsOf(bad)).toEqual(['@task#1:generalist', '@task#2:generalist', 'a#1:worker', 'b#1:worker']);
  expect(bad.state.end?.status).toBe('succeeded');
});

test('a spent budget lets work in flight end and starts nothing more', () => {
  const plan = [
    subtask('a', [], { estimate: { durationMs: 10 } }),
    subtask('b', [], { estimate: { durationMs: 50 } }),
    subtask('c', ['a', 'b']),
  ];
  const spent: AttemptOutcome = { kind: 'failed', error: { code: 'budget-spent', message: 'calls: 2 of 2', recovery: 'none' } };
  const run = runVirtually({ settings: settingsFor(plan), respond: scripted({ 'a#1': spent }) });
  expect(startsOf(run)).toEqual(['b#1:worker', 'a#1:worker']);
  expect(statusesOf(run)).toEqual({ a: 'failed', b: 'succeeded', c: 'skipped' });
  expect(run.state.end).toMatchObject({ status: 'partial', reason: 'budget', detail: 'calls: 2 of 2' });
});

test('the deadline and a cancellation stop what is in flight at once', () => {
  const settings = settingsFor([subtask('a'), subtask('b', ['a'])], { limits: { ...limits, timeoutMs: 500 } });
  const timed = runVirtually({
    settings,
    respond: (command) =>
      command.kind === 'set-timer'
        ? { afterMs: command.delayMs, event: { type: 'timer-fired', timerId: command.timerId } }
        : null,
  });
  expect(timed.makespanMs).toBe(500);
  expect(timed.commands.map(({ kind }) => kind)).toEqual(['set-timer', 'start', 'abort', 'end']);
  expect(timed.state.end).toMatchObject({ status: 'failed', reason: 'time' });
  const cancelled = runVirtually({
    settings,
    respond: () => null,
    happenings: [{ afterMs: 5, event: { type: 'cancel-requested', reason: 'no' } }],
  });
  expect(cancelled.state.end).toMatchObject({ status: 'cancelled', reason: 'cancelled', detail: 'no' });
  expect(statusesOf(cancelled)).toEqual({ a: 'cancelled', b: 'skipped' });
});

test('a stalled graph ends the run and names what waits', () => {
  const { run } = runPlanned([subtask('a'), subtask('waits', ['never-comes'])]);
  expect(run.state.end).toMatchObject({
    status: 'partial',
    reason: 'stalled',
    detail: "Nothing is under way and these subtasks can't start: waits.",
  });
});

test('a rejected deliverable goes back to the subtask that made it', () => {
  let checks = 0;
  const run = runVirtually({
    settings: settingsFor([subtask('a'), subtask('end', ['a'])], { checksDeliverable: true }),
    respond: (command, state) => {
      if (command.kind !== 'check-deliverable') return succeedAtOnce(command, state);
      checks += 1;
      const verdict = checks === 1 ? rejectedFor('not JSON') : accepted;
      return { afterMs: 0, event: { type: 'deliverable-checked', verdict } };
    },
  });
  expect(startsOf(run)).toEqual(['a#1:worker', 'end#1:worker', 'end#2:worker']);
  expect(run.state.end?.status).toBe('succeeded');
});

test('late results of superseded attempts change nothing', () => {
  const { run } = runPlanned([subtask('only', [], { estimate: { durationMs: 15 } })], {
    respond: (command, state) => {
      const response = succeedAtOnce(command, state);
      return command.kind === 'start' && command.role === 'generalist' && response !== null
        ? { ...response, afterMs: 100 }
        : response;
    },
  });
  expect(run.entries.filter(({ event }) => event.type === 'attempt-finished')).toHaveLength(2);
  expect(run.state.end?.deliverable).toEqual({ kind: 'inline', value: 'result of @task' });
});
