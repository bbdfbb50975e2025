/** Limits and misbehaving providers, through the real AI SDK and a real HTTP server on loopback. */
import { MemoryStore, runTask } from 'planwright';
import { startScriptedServer } from 'planwright/testing';
import { expect, test } from 'vitest';
import { planText, smallTeam, step } from './support/small-team.ts';

const team = smallTeam;
const wide = (count: number) =>
  planText(
    ...Array.from({ length: count }, (_, at) => step(`s${at}`)),
    step(
      'end',
      'writer',
      Array.from({ length: count }, (_, at) => `s${at}`),
    ),
  );
const isPlan = (body: { response_format?: unknown }) => body.response_format !== undefined;
const common = { task: 't', team, strategy: 'team' as const };

test('a subtask starts while the plan is still being streamed', async () => {
  const elements = [step('a'), step('b'), step('end', 'writer', ['a', 'b'])].map((item) => JSON.stringify(item));
  await using server = await startScriptedServer(({ body }) =>
    isPlan(body)
      ? {
          text: [
            '{"subtasks":[',
            `${elements[0]},`,
            { text: `${elements[1]},`, delayMs: 150 },
            { text: `${elements[2]}],"deliverable":"end"}`, delayMs: 150 },
          ],
        }
      : 'done',
  );
  const run = runTask({ ...common, model: server.spec, store: new MemoryStore() });
  const order: string[] = [];
  for await (const { event } of run.events) order.push('subtaskId' in event ? `${event.type} ${event.subtaskId}` : event.type);
  expect((await run).status).toBe('succeeded');
  expect(order.indexOf('attempt-finished a')).toBeLessThan(order.indexOf('plan-accepted'));
  expect(order.indexOf('attempt-finished b')).toBeLessThan(order.indexOf('plan-accepted'));
});

test('a plan whose stream is cut goes on from its whole elements', async () => {
  const elements = [step('a'), step('b'), step('end', 'writer', ['a', 'b'])].map((item) => JSON.stringify(item));
  await using server = await startScriptedServer(({ body, text }, index) => {
    if (!isPlan(body)) return 'done';
    if (index === 0)
      return { text: ['{"subtasks":[', `${elements[0]},`, `${elements[1]},`, elements[2] ?? ''], cutAfterChunks: 3 };
    expect(text).toContain('<so_far>');
    return `{"subtasks":[${elements[2]}],"deliverable":"end"}`;
  });
  const result = await runTask({ ...common, model: server.spec, store: new MemoryStore() });
  expect(result).toMatchObject({ status: 'succeeded', ledger: { callsByPurpose: { plan: 2, execute: 3 } } });
});

test('429 with retry-after and 500 are tried again; each try is a call', async () => {
  await using server = await startScriptedServer((_request, index) =>
    index === 0 ? { status: 429, retryAfterMs: 5 } : index === 1 ? { status: 500, retryAfterMs: 5 } : 'answer',
  );
  const result = await runTask({ ...common, strategy: 'single', model: server.spec, store: new MemoryStore() });
  expect(result).toMatchObject({ status: 'succeeded', deliverable: 'answer', ledger: { calls: 3 } });
});

test('a provider that hangs is stopped by the call’s time limit, and the run ends', async () => {
  await using server = await startScriptedServer(() => ({ hang: true }));
  const hasty = { ...team, generalist: { ...team.generalist, limits: { ...team.generalist.limits, callTimeoutMs: 100 } } };
  const limits = { retries: 0, reroutes: 0 };
  const result = await runTask({
    ...common,
    team: hasty,
    strategy: 'single',
    limits,
    model: server.spec,
    store: new MemoryStore(),
  });
  expect(result.status).toBe('failed');
  expect(result.subtasks[0]?.error?.code).toBe('model-timeout');
});

test('cancelling closes the connection of the call in flight', async () => {
  await using server = await startScriptedServer(() => ({ hang: true }));
  const run = runTask({ ...common, strategy: 'single', model: server.spec, store: new MemoryStore() });
  await server.received(1);
  run.cancel();
  expect((await run).status).toBe('cancelled');
  await expect.poll(() => server.requests[0]?.abandoned).toBe(true);
});

test('one failed subtask does not stop unrelated ones', async () => {
  await using server = await startScriptedServer(({ body, text }) => {
    if (isPlan(body)) return planText(step('bad'), step('good'), step('after-good', 'writer', ['good']));
    return text.includes('do bad') ? { status: 400, message: 'no' } : 'fine';
  });
  const limits = { retries: 0, reroutes: 0, replans: 0 };
  const result = await runTask({ ...common, limits, model: server.spec, store: new MemoryStore() });
  expect(result.subtasks.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'bad failed',
    'good succeeded',
    'after-good succeeded',
  ]);
  expect(result).toMatchObject({ status: 'partial', endReason: 'failed-subtasks' });
});

test('concurrency: never more requests at once than the limit', async () => {
  await using server = await startScriptedServer(({ body }) => (isPlan(body) ? wide(12) : 'x'), { latencyMs: 20 });
  const result = await runTask({ ...common, model: server.spec, limits: { concurrency: 3 }, store: new MemoryStore() });
  expect(result.status).toBe('succeeded');
  expect(server.peakConcurrency()).toBe(3);
});

test('a budget of calls: what is in flight ends, nothing more is asked, the run says so', async () => {
  await using server = await startScriptedServer(({ body }) => (isPlan(body) ? wide(6) : 'x'), { latencyMs: 10 });
  const result = await runTask({ ...common, model: server.spec, limits: { calls: 4, concurrency: 2 }, store: new MemoryStore() });
  expect(result).toMatchObject({ status: 'partial', endReason: 'budget', ledger: { calls: 4 } });
  expect(result.detail).toMatch(/4/);
  expect(server.counts().requests).toBe(4);
});

test('a budget of tokens is reserved before a call: it is never exceeded', async () => {
  await using server = await startScriptedServer(({ body }) => (isPlan(body) ? wide(10) : 'word '.repeat(100)), { latencyMs: 5 });
  const roles = Object.fromEntries(
    Object.entries(team.roles).map(([name, role]) => [name, { ...role, limits: { ...role.limits, maxOutputTokens: 130 } }]),
  );
  const limits = { tokens: 2500, retries: 0, reroutes: 0, replans: 0 };
  const result = await runTask({ ...common, team: { ...team, roles }, model: server.spec, limits, store: new MemoryStore() });
  expect(result.endReason).toBe('budget');
  expect(result.ledger.inputTokens + result.ledger.outputTokens).toBeLessThanOrEqual(2500);
  expect(result.subtasks.filter(({ status }) => status === 'succeeded').length).toBeGreaterThan(2);
});

test('wall time: the run ends with what it has, and stops what is in flight', async () => {
  await using server = await startScriptedServer(({ body, text }) =>
    isPlan(body)
      ? planText(step('quick'), step('slow'), step('end', 'writer', ['slow']))
      : text.includes('do slow')
        ? { hang: true }
        : 'x',
  );
  const result = await runTask({ ...common, model: server.spec, limits: { timeoutMs: 600 }, store: new MemoryStore() });
  expect(result).toMatchObject({ status: 'partial', endReason: 'time' });
  expect(result.subtasks.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'quick succeeded',
    'slow cancelled',
    'end skipped',
  ]);
});

test('requests per minute are held per model', async () => {
  await using server = await startScriptedServer(({ body }) => (isPlan(body) ? wide(4) : 'x'));
  const perModel = { [server.spec]: { requestsPerMinute: 3 } };
  const run = runTask({ ...common, model: server.spec, limits: { perModel, timeoutMs: 800 }, store: new MemoryStore() });
  expect((await run).endReason).toBe('time');
  expect(server.counts().requests).toBe(3);
});
