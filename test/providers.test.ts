/** Whole runs whose providers fail: stand-ins, replay, budgets, time limits. Each kind of failure by itself: src/model/misbehaving-provider.test.ts. */
import { defineTeam, defineTool, MemoryStore, resumeRun, runTask } from 'planwright';
import { startScriptedServer } from 'planwright/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { planText, step } from './support/small-team.ts';

const isPlan = (body: { response_format?: unknown }) => body.response_format !== undefined;
const roles = { finder: { instructions: 'You are the finder.' }, writer: { instructions: 'You are the writer.' } };
const chain = planText(step('a'), step('b', 'writer', ['a']));

test('a run goes on with the team’s other model when the first provider is down: planner, executors and judges', async () => {
  await using down = await startScriptedServer(() => ({
    status: 503,
    message: 'maintenance',
    headers: { 'retry-after-ms': '1' },
  }));
  await using up = await startScriptedServer(({ body }) => (isPlan(body) ? chain : 'done'));
  const team = defineTeam({ roles, model: down.spec, fallbackModels: [up.spec] });
  const store = new MemoryStore();
  const result = await runTask({ task: 't', team, strategy: 'team', runId: 'r', store });
  expect(result).toMatchObject({ status: 'succeeded', deliverable: 'done' });
  const calls = await store.listCalls('r');
  const answered = calls.filter(({ outcome }) => outcome === 'succeeded').map(({ key, name }) => `${key} ${name === up.spec}`);
  expect(answered.toSorted()).toEqual(['r/@plan/1/1 true', 'r/a/1/1 true', 'r/b/1/1 true']);
  // Five failures open the circuit: from then on the first model is not asked.
  expect(down.counts().requests).toBe(5);
  expect(result.ledger.calls).toBe(5 + 3);
});

test('a run that is resumed replays what a stand-in answered, and asks nobody again', async () => {
  await using first = await startScriptedServer(() => ({ status: 401 }));
  const stop = new AbortController();
  await using second = await startScriptedServer(({ body, text }, index) => {
    if (isPlan(body)) return chain;
    if (text.includes('do b') && index < 3) {
      stop.abort();
      return { hang: true };
    }
    return 'done';
  });
  const team = defineTeam({
    roles: { ...roles },
    model: first.spec,
    defaults: { fallbackModels: [second.spec] },
    planner: { model: second.spec },
  });
  const store = new MemoryStore();
  const cut = await runTask({ task: 't', team, strategy: 'team', runId: 'r', store, signal: stop.signal });
  expect(cut.status).toBe('interrupted');
  const asked = second.counts().requests;
  const result = await resumeRun({ runId: 'r', store });
  expect(result.status).toBe('succeeded');
  expect(second.counts().requests).toBe(asked + 1);
});

test('a stand-in without a price is refused beside a budget in USD, one without a key in any case', async () => {
  const priced = defineTeam({ roles, fallbackModels: ['https://models.example.com/v1#m'] });
  const options = { task: 't', team: priced, strategy: 'team' as const, store: new MemoryStore() };
  await expect(runTask({ ...options, limits: { usd: 1 } })).rejects.toMatchObject({
    code: 'model-unpriced',
    message: expect.stringContaining('"https://models.example.com/v1#m" has no known price'),
  });
  const keyless = defineTeam({ roles, planner: { fallbackModels: ['openai:gpt-5'] } });
  await expect(runTask({ ...options, team: keyless, env: {} })).rejects.toMatchObject({ code: 'secret-missing' });
});

test('an attempt that takes longer than its limit ends with a reason, and holds no slot', async () => {
  const wait = defineTool({
    name: 'wait',
    description: 'Waits.',
    input: z.object({}),
    effect: 'read',
    execute: () => new Promise((resolve) => setTimeout(resolve, 60, 'waited')),
  });
  await using server = await startScriptedServer(({ body, text }) => {
    if (isPlan(body)) return planText(step('slow'), step('quick', 'writer'));
    return text.includes('do slow') ? { toolCalls: [{ name: 'wait', input: {} }] } : 'done';
  });
  const finder = { ...roles.finder, tools: ['wait'], limits: { attemptTimeoutMs: 150 } };
  const team = defineTeam({ roles: { ...roles, finder } }, { tools: ['wait'] });
  const limits = { retries: 0, reroutes: 0, replans: 0, concurrency: 1 };
  const result = await runTask({
    task: 't',
    team,
    strategy: 'team',
    tools: [wait],
    limits,
    model: server.spec,
    store: new MemoryStore(),
  });
  expect(result.subtasks.map(({ id, status }) => `${id} ${status}`)).toEqual(['slow failed', 'quick succeeded']);
  expect(result.subtasks[0]?.error).toMatchObject({
    code: 'attempt-timeout',
    message: expect.stringContaining('within 150 ms'),
  });
});

test('30 % of calls failing by error, hang, cut or garbage: every run ends with its result', async () => {
  let seed = 7;
  const chance = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  await using server = await startScriptedServer(({ body }) => {
    const faults = [
      { status: 500, retryAfterMs: 1 },
      { hang: true as const },
      { text: 'partial', cutAfterChunks: 0 },
      { raw: ['\u0000garbage'] },
    ];
    if (chance() < 0.3) return faults[Math.floor(chance() * faults.length)] ?? 'done';
    return isPlan(body) ? chain : 'done';
  });
  await using spare = await startScriptedServer(({ body }) => (isPlan(body) ? chain : 'done'));
  const defaults = { limits: { callTimeoutMs: 300 } };
  const team = defineTeam({ roles, defaults, model: server.spec, fallbackModels: [spare.spec] });
  for (let run = 0; run < 8; run += 1) {
    const result = await runTask({ task: 't', team, strategy: 'team', store: new MemoryStore() });
    expect(result).toMatchObject({ status: 'succeeded', deliverable: 'done' });
  }
});
