/** A fork begins as its parent did and goes on by itself; its parent stays as it was. */
import {
  answerRun,
  checkStore,
  defineTeam,
  forkRun,
  MemoryStore,
  type RunResult,
  reportRun,
  resumeRun,
  runTask,
  type Store,
  systemClock,
} from 'planwright';
import type { ScriptedModel } from 'planwright/testing';
import { scriptedModel } from 'planwright/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { acts, planOf, tools } from './approvals/setting.ts';
import { planText, playModel, readCall, smallTeam, step } from './support/small-team.ts';
import { lookTool, storingModel, storingTeam } from './support/storing-team.ts';

/** The storing team, with a person who sees every look before it is taken. */
const watchedTeam = defineTeam({
  name: 'watched',
  roles: {
    finder: { description: 'Finds.', instructions: 'You are the finder.', tools: ['look'], limits: { maxSteps: 4 } },
    checker: {
      description: 'Checks.',
      instructions: 'You are the checker.',
      accept: [{ kind: 'predicate', notContains: 'FAILED' }],
      fallback: ['writer'],
    },
    pair: storingTeam.roles['pair'] === undefined ? {} : { description: 'A team of two.', team: pairOf() },
    writer: { description: 'Writes.', instructions: 'You are the writer.', approval: 'required' },
  },
  approvals: { tools: ['look'] },
  limits: { retries: 0, reroutes: 1, replans: 1, concurrency: 2 },
});

function pairOf() {
  return {
    name: 'pair',
    roles: {
      finder: { description: 'Finds.', instructions: 'You are the finder.' },
      writer: { description: 'Writes.', instructions: 'You are the writer.' },
    },
  };
}

/** No two of its tool calls are the same: an answer to one is none to another. */
function restlessModel(): ScriptedModel {
  let looks = 0;
  const calm = storingModel();
  return scriptedModel(async (request) => {
    const call = readCall(request);
    const id = /do ([a-z0-9-]+)\n<\/instruction>/.exec(call.text)?.[1] ?? '';
    const isFirstStep = !request.prompt.some(({ role }) => role === 'tool');
    if (call.schema === null && call.role === 'finder' && id.startsWith('find') && isFirstStep) {
      looks += 1;
      return { toolCalls: [{ id: `look-${looks}`, name: 'look', input: { at: `${id} ${looks}` } }] };
    }
    const { content } = await calm.doGenerate(request);
    return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  });
}

async function driveToEnd(first: Promise<RunResult>, store: Store, model: ScriptedModel): Promise<RunResult> {
  let result = await first;
  for (let answers = 0; result.status === 'waiting' && answers < 20; answers += 1) {
    await answerRun(store, result.runId, { type: 'approve', by: 'ada' });
    result = await resumeRun({ runId: result.runId, store, model, tools: [lookTool] });
  }
  return result;
}

test('a fork at every event of a run with a replan, a sub-team and approvals ends with a deliverable', async () => {
  const store = new MemoryStore();
  const model = restlessModel();
  const options = { team: watchedTeam, tools: [lookTool], model, store, strategy: 'team' as const };
  const parent = await driveToEnd(runTask({ ...options, task: 'Store it.', runId: 'r' }), store, model);
  expect(parent).toMatchObject({ status: 'succeeded', deliverable: expect.stringMatching(/^writer did report-2/) });
  const events = await store.readEvents('r');
  const types = new Set(events.map(({ event }) => event.type));
  for (const type of ['plan-revised', 'approval-asked', 'approval-given', 'wait-began'] as const) expect(types).toContain(type);
  expect(await store.getRun('r.together.1')).toBeDefined();
  const before = await readTree(store, 'r');

  for (let seq = 1; seq <= events.length; seq += 1) {
    const runId = `fork-${seq}`;
    const record = await forkRun(store, 'r', { atSeq: seq, runId });
    const cut = record.forkedFrom?.seq ?? 0;
    const entries = await store.readEvents(runId);
    const forkModel = restlessModel();
    const result = await driveToEnd(resumeRun({ runId, store, model: forkModel, tools: [lookTool] }), store, forkModel);
    const { status, deliverable, forkedFrom, subtasks } = result;
    const errors = subtasks.flatMap(({ error }) => error?.code ?? []);
    expect({ seq, status, deliverable, forkedFrom, entries, replays: !errors.includes('replay-mismatch') }).toEqual({
      seq,
      status: 'succeeded',
      deliverable: parent.deliverable,
      forkedFrom: { runId: 'r', seq: cut },
      entries: events.slice(0, cut),
      replays: true,
    });
  }
  expect(await readTree(store, 'r')).toEqual(before);
  expect(await checkStore(store)).toMatchObject({ ok: true, problems: [] });
}, 120_000);

/** All that is kept of a run and of the runs below it. */
async function readTree(store: Store, rootRunId: string): Promise<unknown> {
  const runs = await store.listRuns({ rootRunId });
  const entries = await Promise.all(runs.map(({ runId }) => store.readEvents(runId)));
  return structuredClone({ runs, entries, calls: await store.listCalls(rootRunId), report: await reportRun(store, rootRunId) });
}

const answer = (fails: string) =>
  playModel(({ text }) => {
    const id = /do ([a-z]+)\n<\/instruction>/.exec(text)?.[1] ?? '';
    if (id === fails) throw new Error('no such luck');
    return `did ${id}`;
  });

describe('where a fork begins', () => {
  const plan = planOf(step('a'), step('b', 'finder', ['a']), step('c', 'writer', ['b']));
  const team = { ...smallTeam, limits: { ...smallTeam.limits, retries: 0, reroutes: 0, replans: 0 } };
  const run = (store: Store, fails = '') => runTask({ task: 'the task', team, plan, model: answer(fails), store, runId: 'r' });

  test('of a run that failed: before what led to it; its successes are kept, its calls are not', async () => {
    const store = new MemoryStore();
    expect(await run(store, 'b')).toMatchObject({ status: 'partial' });
    const fork = await forkRun(store, 'r');
    const kept = (await store.readEvents(fork.runId)).map(({ event }) => event.type);
    expect(kept).toEqual(['run-started', 'attempt-started', 'attempt-finished', 'attempt-started']);
    expect(fork).toMatchObject({ status: 'running', endedMs: null, forkedFrom: { runId: 'r', seq: 4 } });
    const result = await resumeRun({ runId: fork.runId, store, model: answer('') });
    expect(result).toMatchObject({ status: 'succeeded', deliverable: 'did c' });
    expect((await store.listCalls(fork.runId)).map(({ subtaskId, attempt }) => `${subtaskId} ${attempt}`)).toEqual([
      'b 1',
      'c 1',
    ]);
    expect(result.ledger.calls).toBe(2);
    // It paid for a part of the work only: no evidence for the gate.
    expect(await store.getOutcome(fork.runId)).toBeUndefined();
  });

  test('of a run that succeeded: where it is told to', async () => {
    const store = new MemoryStore();
    await run(store);
    await expect(forkRun(store, 'r')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/--before SUBTASK/),
    });
    const fork = await forkRun(store, 'r', { before: 'c' });
    const result = await resumeRun({ runId: fork.runId, store, model: playModel(() => 'another c') });
    expect(result).toMatchObject({ status: 'succeeded', deliverable: 'another c' });
    expect((await store.listCalls(fork.runId)).map(({ subtaskId }) => subtaskId)).toEqual(['c']);
    expect((await reportRun(store, 'r')).deliverable).toBe('did c');
  });

  test('never at the end: what would begin there begins before what ended the run', async () => {
    const store = new MemoryStore();
    await run(store);
    const { length } = await store.readEvents('r');
    for (const atSeq of [length, length - 1]) {
      expect((await forkRun(store, 'r', { atSeq })).forkedFrom).toEqual({ runId: 'r', seq: length - 2 });
    }
  });

  test.each([
    [{ atSeq: 0 }, /has events 1 to 8; a fork can't begin with 0/],
    [{ atSeq: 9 }, /can't begin with 9/],
    [{ before: 'z' }, /has no subtask "z"\. It has: a, b, c\./],
    [{ before: 'a', atSeq: 1 }, /one of the two/],
    [{ before: 'b', runId: 'r' }, /already\. Give the fork another id/],
  ])('%j is refused', async (options, message) => {
    const store = new MemoryStore();
    await run(store);
    await expect(forkRun(store, 'r', options)).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
    expect(await store.listRuns()).toHaveLength(1);
  });

  test('an id is drawn again when it is taken', async () => {
    const store = new MemoryStore();
    await run(store);
    const clock = { now: () => 1_700_000_000_000, sleep: () => Promise.resolve() };
    let drawn = 0;
    const first = await forkRun(store, 'r', { before: 'c', clock, random: { next: () => 0.5 } });
    const second = await forkRun(store, 'r', { before: 'c', clock, random: { next: () => (drawn++ < 6 ? 0.5 : 0.1) } });
    expect(second.runId).not.toBe(first.runId);
  });
});

/** Asks for another place each time. */
const newModel = () => {
  let places = 0;
  return playModel(({ request }) => {
    const isFirst = !request.prompt.some(({ role }) => role === 'tool');
    places += 1;
    return isFirst ? { toolCalls: [{ name: 'deploy', input: { to: `place ${places}` } }] } : 'done';
  });
};

describe('what a person is asked', () => {
  beforeEach(() => {
    acts.length = 0;
  });
  const operator = { description: 'Operates.', instructions: 'You are the operator.', tools: ['deploy'] };
  const team = defineTeam({
    name: 'ops',
    roles: { operator },
    approvals: { tools: ['deploy'] },
    limits: { replans: 0, retries: 0 },
  });
  test('is asked of the fork about the very same call; one answer can be yes and the other no', async () => {
    const store = new MemoryStore();
    const model = newModel();
    const plan = planOf(step('ship', 'operator'));
    const asked = await runTask({ task: 'the task', team, tools, plan, model, store, runId: 'r' });
    const fork = await forkRun(store, 'r');
    expect(fork.status).toBe('waiting');
    const told = await reportRun(store, fork.runId);
    expect(told.waiting.map(({ input }) => input)).toEqual(asked.waiting.map(({ input }) => input));
    await answerRun(store, 'r', { type: 'deny', by: 'ada', reason: 'no' });
    await answerRun(store, fork.runId, { type: 'approve', by: 'ada' });
    await resumeRun({ runId: 'r', store, model, tools });
    expect(acts).toEqual([]);
    const result = await resumeRun({ runId: fork.runId, store, model, tools });
    expect(result.status).toBe('succeeded');
    expect(acts).toEqual(['deploy place 1']);
  });

  /** Forks where the answer came in, on a clock that goes on by `tickMs` whenever it is read. */
  async function forkAtAnswer(tickMs: number): Promise<RunResult> {
    let nowMs = Date.UTC(2026, 0, 1);
    const clock = { ...systemClock, now: () => (nowMs += tickMs) };
    const store = new MemoryStore();
    const model = newModel();
    const plan = planOf(step('ship', 'operator'));
    await runTask({ task: 'the task', team, tools, plan, model, store, clock, runId: 'r' });
    await answerRun(store, 'r', { type: 'approve', by: 'ada' });
    await resumeRun({ runId: 'r', store, model, tools, clock });
    expect(acts).toEqual(['deploy place 1']);
    const types = (await store.readEvents('r')).map(({ event }) => event.type);
    const fork = await forkRun(store, 'r', { atSeq: types.indexOf('approval-given') + 1, runId: 'f' });
    return resumeRun({ runId: fork.runId, store, model: newModel(), tools });
  }

  test('an act that came after the event the fork begins with is done again, on what the person saw', async () => {
    expect(await forkAtAnswer(1)).toMatchObject({ status: 'succeeded' });
    expect(acts).toEqual(['deploy place 1', 'deploy place 1']);
  });

  test('an act of the very millisecond the fork begins in is not repeated', async () => {
    expect(await forkAtAnswer(0)).toMatchObject({ status: 'succeeded' });
    expect(acts).toEqual(['deploy place 1']);
  });
});

test('a sub-team’s run is forked with the run it belongs to', async () => {
  const store = new MemoryStore();
  const options = { team: storingTeam, tools: [lookTool], model: storingModel(), strategy: 'team' as const, store };
  await runTask({ ...options, task: 'Store it.', runId: 'r' });
  await expect(forkRun(store, 'r.together.1')).rejects.toMatchObject({
    code: 'usage',
    message: 'Run "r.together.1" is that of a sub-team. Fork the run it belongs to: r',
  });
  await forkRun(store, 'r', { before: 'report-2', runId: 'f' });
  expect(await store.getRun('f.together.1')).toMatchObject({ rootRunId: 'f', parentRunId: 'f', status: 'succeeded' });
  expect(await store.readEvents('f.together.1')).toEqual(await store.readEvents('r.together.1'));
  const report = await reportRun(store, 'f');
  expect(report.subtasks.find(({ id }) => id === 'together')?.subtasks?.map(({ id }) => id)).toEqual(['part-1', 'part-2']);
  expect(report.ledger.calls).toBe(0);
  const result = await resumeRun({ runId: 'f', store, model: playModel(() => 'the end'), tools: [lookTool] });
  expect(result).toMatchObject({ status: 'succeeded', deliverable: 'the end' });
  expect(planText()).toBe('{"subtasks":[],"deliverable":""}');
});
