/**
 * A crash after every single durable write of a run with a streamed plan, parallel work, tools, a rejected result, a
 * re-route, a replan and a sub-team: resumed, it gives the same deliverable and repeats no journaled call.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineTeam, defineTool, openSqliteStore, resumeRun, runTask, type Store } from 'planwright';
import { type ScriptedModel, scriptedModel } from 'planwright/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { dyingStore } from './support/dying-store.ts';

const team = defineTeam({
  name: 'crash',
  roles: {
    finder: { description: 'Finds.', instructions: 'You are the finder.', tools: ['look'], limits: { maxSteps: 4 } },
    checker: {
      description: 'Checks.',
      instructions: 'You are the checker.',
      accept: [{ kind: 'predicate', notContains: 'FAILED' }],
      fallback: ['writer'],
    },
    pair: {
      description: 'A team of two.',
      team: {
        name: 'pair',
        roles: {
          finder: { description: 'Finds.', instructions: 'You are the finder.' },
          writer: { description: 'Writes.', instructions: 'You are the writer.' },
        },
      },
    },
    writer: { description: 'Writes.', instructions: 'You are the writer.' },
  },
  limits: { retries: 0, reroutes: 1, replans: 1, concurrency: 3 },
});

const subtask = (id: string, role: string, dependsOn: string[] = []) => ({ id, role, instruction: `do ${id}`, dependsOn });
const plan = [
  subtask('find-a', 'finder'),
  subtask('find-b', 'finder'),
  subtask('check-a', 'checker', ['find-a']),
  { ...subtask('hopeless', 'checker', ['find-b']), accept: [{ kind: 'predicate', notContains: 'FAILED' }] },
  subtask('together', 'pair', ['find-a']),
  subtask('report', 'writer', ['check-a', 'hopeless', 'together']),
];
const revised = [subtask('instead', 'writer', ['find-b']), subtask('report-2', 'writer', ['check-a', 'together', 'instead'])];
const pairPlan = [subtask('part-1', 'finder'), subtask('part-2', 'writer', ['part-1'])];

/** Answers by the prompt alone, so that a repeated call gets the same answer. */
function modelOf(): ScriptedModel {
  return scriptedModel((request) => {
    const text = JSON.stringify(request.prompt);
    if (request.responseFormat?.type === 'json') {
      const subtasks = request.responseFormat.name === 'revision' ? revised : text.includes('do together') ? pairPlan : plan;
      const soFar = /<so_far>/.test(text) ? subtasks.filter(({ id }) => !text.includes(`\\"id\\":\\"${id}\\"`)) : subtasks;
      return {
        text: [
          '{"subtasks":[',
          ...soFar.map((item, at) => `${at === 0 ? '' : ','}${JSON.stringify(item)}`),
          '],"deliverable":""}',
        ],
      };
    }
    const role = /You are the (\w+)/.exec(text)?.[1] ?? 'none';
    const id = /do ([a-z0-9-]+)\\n<\/instruction>/.exec(text)?.[1] ?? 'none';
    const isFirstStep = !request.prompt.some((message) => message.role === 'tool');
    if (role === 'finder' && id.startsWith('find') && isFirstStep)
      return { toolCalls: [{ id: `look-${id}`, name: 'look', input: { at: id } }] };
    if (role === 'checker') return id === 'check-a' && !text.includes('find-a\\" role=\\"checker') ? 'FAILED to check' : 'FAILED';
    if (id === 'hopeless') return 'FAILED';
    const handed = [...text.matchAll(/<dependency id=\\"([^\\]+)\\"/g)].map(([, from]) => from);
    return `${role} did ${id} with [${handed.join()}]`;
  });
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planwright-crash-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const looks: string[] = [];
const look = defineTool({
  name: 'look',
  description: 'Looks.',
  effect: 'read',
  input: z.object({ at: z.string() }),
  execute: ({ at }) => {
    looks.push(at);
    return `seen ${at}`;
  },
});

const options = { task: 'the task', team, tools: [look], strategy: 'team' as const, runId: 'r' };

async function succeededCalls(store: Store): Promise<number> {
  return (await store.listCalls('r')).filter(({ kind, outcome }) => kind === 'model' && outcome === 'succeeded').length;
}

test('without a crash: the baseline', async () => {
  const { store, writes } = dyingStore(await openSqliteStore(join(folder, 'base.db')), Number.MAX_SAFE_INTEGER);
  const model = modelOf();
  const result = await runTask({ ...options, model, store });
  expect(result.status).toBe('succeeded');
  expect(result.deliverable).toBe('writer did report-2 with [check-a,instead,together]');
  expect(result.subtasks.map(({ id, status, attempts }) => `${id} ${status} ${attempts}`)).toEqual([
    'find-a succeeded 1',
    'find-b succeeded 1',
    'check-a succeeded 2',
    'hopeless superseded 2',
    'together succeeded 1',
    'report superseded 0',
    'instead succeeded 1',
    'report-2 succeeded 1',
  ]);
  expect(model.requests).toHaveLength(await succeededCalls(store));
  expect(writes()).toBeGreaterThan(40);
  await store.close();
});

test('a crash after every durable write', { timeout: 120_000 }, async () => {
  let deathAt = 0;
  for (let died = true; died; ) {
    deathAt += 1;
    const file = join(folder, `${deathAt}.db`);
    const first = dyingStore(await openSqliteStore(file), deathAt);
    const outcome = await runTask({ ...options, model: modelOf(), store: first.store }).then(
      () => 'ended',
      () => 'died',
    );
    died = outcome === 'died';
    await first.store.close();

    const store = await openSqliteStore(file);
    const before = await succeededCalls(store);
    const looksBefore = (await store.listCalls('r')).filter(({ kind }) => kind === 'tool').length;
    looks.length = 0;
    // Nothing that the way on needs is garbage.
    await store.collectGarbage({ minAgeMs: 0 });
    const model = modelOf();
    // Before its first event a run does not exist as far as anybody was told: starting it again is the way on.
    const hasEvents = (await store.readEvents('r')).length > 0;
    const result = await (hasEvents
      ? resumeRun({ runId: 'r', model, tools: [look], store })
      : runTask({ ...options, model, store }));
    expect(result.status, `crash after write ${deathAt}`).toBe('succeeded');
    expect(result.deliverable, `crash after write ${deathAt}`).toBe('writer did report-2 with [check-a,instead,together]');
    expect(model.requests.length, `model calls after a crash at write ${deathAt}`).toBe((await succeededCalls(store)) - before);
    const looksNow = (await store.listCalls('r')).filter(({ kind }) => kind === 'tool').length;
    expect(await store.getOutcome('r'), `outcome after a crash at write ${deathAt}`).toMatchObject({
      arm: 'team',
      delivered: true,
    });
    expect(looks.length, `tool calls after a crash at write ${deathAt}`).toBe(looksNow - looksBefore);
    await store.close();
  }
  expect(deathAt).toBeGreaterThan(40);
});

const pausing = { task: 'the task', strategy: 'single' as const, runId: 'r' };

async function countEvents(store: Store, type: string): Promise<number> {
  return (await store.readEvents('r')).filter(({ event }) => event.type === type).length;
}

/** What was to be read in the store after each crash. */
interface AfterCrash {
  entered: number;
  left: number;
  status: string;
}

async function lookAtSignal(store: Store, type: string): Promise<AfterCrash> {
  const { status = 'none' } = (await store.getRun('r')) ?? {};
  return { entered: await countEvents(store, type), left: (await store.readSignals('r')).length, status };
}

test('a cancellation that was read, but not journaled at the crash, is not lost and not entered twice', {
  timeout: 60_000,
}, async () => {
  let unjournaled = 0;
  const seen: AfterCrash[] = [];
  for (let deathAt = 1, died = true; died; deathAt += 1) {
    const store = await openSqliteStore(join(folder, `cancel-${deathAt}.db`));
    let isAsked = false;
    const model = scriptedModel(async () => {
      if (!isAsked) await store.sendSignal('r', { type: 'cancel', reason: 'enough' });
      isAsked = true;
      return { text: 'too late', latencyMs: 60_000 };
    });
    died = await runTask({ ...pausing, model, store: dyingStore(store, deathAt).store }).then(
      () => false,
      () => true,
    );
    if (isAsked && (await countEvents(store, 'cancel-requested')) === 0) unjournaled += 1;
    const isOver = (await countEvents(store, 'run-ended')) > 0;
    if (!isOver) await resumeRun({ runId: 'r', model, store });
    seen.push({ ...(await lookAtSignal(store, 'cancel-requested')), ...(isOver ? { status: 'cancelled' } : {}) });
    await store.close();
  }
  expect(seen).toEqual(seen.map(() => ({ entered: 1, left: 0, status: 'cancelled' })));
  // At least one crash came between the reading and the journaling.
  expect(unjournaled).toBeGreaterThan(0);
});

test('an approval that was read, but not journaled at the crash, is not lost: nobody is asked again', async () => {
  let unjournaled = 0;
  const seen: AfterCrash[] = [];
  for (let deathAt = 0; deathAt < 6; deathAt += 1) {
    const store = await openSqliteStore(join(folder, `approve-${deathAt}.db`));
    await runTask({ ...options, model: modelOf(), store, approve: true });
    await store.sendSignal('r', { type: 'approve', by: 'ada' });
    const resume = (on: Store) => resumeRun({ runId: 'r', model: modelOf(), tools: [look], store: on });
    await expect(resume(dyingStore(store, deathAt).store)).rejects.toThrow('the process has died');
    if ((await countEvents(store, 'plan-approved')) === 0) unjournaled += 1;
    await resume(store);
    seen.push(await lookAtSignal(store, 'plan-approved'));
    await store.close();
  }
  expect(seen).toEqual(seen.map(() => ({ entered: 1, left: 0, status: 'succeeded' })));
  expect(unjournaled).toBeGreaterThan(0);
});
