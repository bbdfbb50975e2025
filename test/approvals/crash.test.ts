/**
 * A crash after every single durable write of a run that asks people: about its plan, about attempts, about tool calls one
 * by one and two at once, in a sub-team too. Resumed and answered, it ends as if nothing had happened.
 */
import { answerRun, defineTeam, defineTool, MemoryStore, resumeRun, runTask, type Store } from 'planwright';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { dyingStore } from '../support/dying-store.ts';
import { type Call, planText, playModel, step } from '../support/small-team.ts';
import { idOf, isFirstStep } from './setting.ts';

const acted: string[] = [];
const deploy = defineTool({
  name: 'deploy',
  description: 'Deploys.',
  effect: 'idempotent',
  input: z.object({ to: z.string() }),
  execute: ({ to }) => {
    acted.push(to);
    return `deployed ${to}`;
  },
});
const operator = { description: 'Operates.', instructions: 'You are the operator.', tools: ['deploy'] };
const builder = { description: 'Builds.', instructions: 'You are the builder.' };
const team = defineTeam({
  name: 'crash',
  roles: {
    builder,
    operator,
    deployer: { description: 'Deploys.', instructions: 'You are the deployer.', approval: 'required' },
    crew: { description: 'A crew.', team: { name: 'crew', roles: { operator, builder } } },
  },
  approvals: { tools: ['deploy'] },
  limits: { retries: 1, reroutes: 0, replans: 0, concurrency: 2, timeoutMs: 3_600_000 },
});

const plan = planText(
  step('build', 'builder'),
  step('ship', 'deployer', ['build']),
  step('two', 'operator'),
  step('crew', 'crew', ['build']),
  step('tell', 'builder', ['ship', 'two', 'crew']),
);
const crewPlan = planText(step('live', 'operator'), step('report', 'builder', ['live']));

/** Answers by the prompt alone, so that a repeated call gets the same answer. */
function answer(call: Call) {
  if (call.schema === 'plan') return call.text.includes('do crew') ? crewPlan : plan;
  const id = idOf(call);
  if (call.role === 'operator' && isFirstStep(call)) {
    const targets = id === 'two' ? ['two-a', 'two-b'] : [id];
    return { toolCalls: targets.map((to) => ({ id: to, name: 'deploy', input: { to } })) };
  }
  const handed = [...call.text.matchAll(/<dependency id="([^"]+)"/g)].map(([, from]) => from);
  return `${call.role} did ${id} with [${handed.join()}]`;
}

const options = { task: 'the task', team, tools: [deploy], strategy: 'team' as const, approve: true, runId: 'r' };

/** A person who refuses the first attempt at `ship` and one of two calls, and approves everything else, one thing at a time. */
async function play(store: Store, model: ReturnType<typeof playModel>) {
  for (let processes = 1; processes < 30; processes++) {
    const hasEvents = (await store.readEvents('r')).length > 0;
    const result = await (hasEvents
      ? resumeRun({ runId: 'r', store, model, tools: [deploy] })
      : runTask({ ...options, model, store }));
    if (result.status !== 'waiting') return { result, processes };
    const id = result.waiting.at(-1)?.id ?? 'none';
    const isRefused = id === 'ship#1' || id === 'two#1/1/1';
    await answerRun(
      store,
      'r',
      isRefused ? { type: 'deny', by: 'ada', reason: 'no', only: id } : { type: 'approve', by: 'ada', only: id },
    );
  }
  throw new Error('The run asks and asks.');
}

async function countCalls(store: Store): Promise<{ model: number; tool: number }> {
  const calls = (await store.listCalls('r')).filter(({ outcome }) => outcome === 'succeeded');
  const model = calls.filter(({ kind }) => kind === 'model').length;
  return { model, tool: calls.length - model };
}

const told = 'builder did tell with [crew,ship,two]';

test('without a crash: the baseline', async () => {
  acted.length = 0;
  const { store, writes } = dyingStore(new MemoryStore(), Number.MAX_SAFE_INTEGER);
  const { result, processes } = await play(store, playModel(answer));
  expect(result).toMatchObject({ status: 'succeeded', deliverable: told });
  expect(result.subtasks.map(({ id, status, attempts }) => `${id} ${status} ${attempts}`)).toEqual([
    'build succeeded 1',
    'ship succeeded 1',
    'two succeeded 1',
    'crew succeeded 1',
    'tell succeeded 1',
  ]);
  expect(processes).toBe(7);
  expect(acted.toSorted()).toEqual(['live', 'two-a']);
  expect(writes()).toBeGreaterThan(50);
});

test('a crash after every durable write', { timeout: 60_000 }, async () => {
  let deathAt = 0;
  for (let died = true; died; ) {
    deathAt += 1;
    acted.length = 0;
    const disk = new MemoryStore();
    died = await play(dyingStore(disk, deathAt).store, playModel(answer)).then(
      () => false,
      () => true,
    );
    const before = await countCalls(disk);
    const actedBefore = acted.length;
    const model = playModel(answer);
    const { result } = await play(disk, model);
    expect(result, `crash after write ${deathAt}`).toMatchObject({ status: 'succeeded', deliverable: told, waiting: [] });
    const after = await countCalls(disk);
    expect(model.requests.length, `model calls after a crash at write ${deathAt}`).toBe(after.model - before.model);
    expect(acted.length - actedBefore, `tool calls after a crash at write ${deathAt}`).toBe(after.tool - before.tool);
    expect(after.tool, `calls after a crash at write ${deathAt}`).toBe(2);
    const asked = (await disk.readEvents('r')).filter(({ event }) => event.type === 'approval-asked');
    expect(asked, `requests after a crash at write ${deathAt}`).toHaveLength(4);
  }
  expect(deathAt).toBeGreaterThan(50);
});
