/** A team that is published: the official client asks it, and so does another team of ours. */
import { randomUUID } from 'node:crypto';
import type { SendMessageResult, Task } from '@a2a-js/sdk';
import { type Client, ClientFactory } from '@a2a-js/sdk/client';
import {
  answerRun,
  MemoryStore,
  type PublishAgentOptions,
  type PublishedAgent,
  publishAgent,
  reportRun,
  resumeRun,
} from 'planwright';
import { expect, test, vi } from 'vitest';
import type { HttpServer } from '../support/mcp-http.ts';
import { planText, playModel, smallTeam, step } from '../support/small-team.ts';
import { runRemote, serveWeb, states, teamWith, text } from './support.ts';

const chain = planText(step('a'), step('b', 'writer', ['a']));
const done = playModel(({ schema, role }) => (schema === 'plan' ? chain : `${role} done`));

interface Published extends AsyncDisposable {
  agent: PublishedAgent;
  server: HttpServer;
  store: MemoryStore;
  client(): Promise<Client>;
}

async function publish(options: Partial<PublishAgentOptions> = {}): Promise<Published> {
  const store = options.store instanceof MemoryStore ? options.store : new MemoryStore();
  let agent: PublishedAgent | null = null;
  const server = await serveWeb((request) => agent?.handle(request) ?? Promise.resolve(new Response(null, { status: 503 })));
  const url = server.url.replace(/\/mcp$/, '/a2a');
  agent = await publishAgent({ url, version: '1', team: smallTeam, strategy: 'team', model: done, ...options, store });
  const published = agent;
  return {
    agent,
    server,
    store,
    client: () => new ClientFactory().createFromUrl(url),
    [Symbol.asyncDispose]: async () => {
      await published.close();
      await server.close();
    },
  };
}

const messageOf = (said: string, messageId: string = randomUUID()) => ({
  messageId,
  contextId: '',
  taskId: '',
  role: 1,
  parts: [text(said)],
  metadata: undefined,
  extensions: [],
  referenceTaskIds: [],
});

const requestOf = (
  said: string,
  { messageId, returnImmediately = false }: { messageId?: string; returnImmediately?: boolean } = {},
) => ({
  tenant: '',
  message: messageOf(said, messageId),
  configuration: { acceptedOutputModes: [], taskPushNotificationConfig: undefined, returnImmediately },
  metadata: undefined,
});

function taskOf(result: SendMessageResult): Task {
  if ('messageId' in result) throw new Error('a message, not a task');
  return result;
}

const rpc = (method: string, params: unknown = {}) => JSON.stringify({ jsonrpc: '2.0', id: 7, method, params });
const wordsOf = ({ status }: Task): string => status?.message?.parts.map(({ content }) => content?.value).join('') ?? '';
const never = (signal: AbortSignal | undefined) =>
  new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));

test('the official client reads the card, sends a message and gets the deliverable as an artifact', async () => {
  await using published = await publish();
  const client = await published.client();
  expect(await client.getAgentCard()).toMatchObject({
    name: 'small',
    capabilities: { streaming: true },
    skills: [{ id: 'task' }],
  });
  const task = taskOf(await client.sendMessage(requestOf('find and write')));
  expect(task.status?.state).toBe(states.completed);
  expect(task.artifacts.map(({ parts }) => parts.map(({ content }) => content))).toEqual([
    [{ $case: 'text', value: 'writer done' }],
  ]);
  const [run] = await published.store.listRuns();
  expect(run).toMatchObject({ task: 'find and write', status: 'succeeded' });
  expect((await client.getTask({ tenant: '', id: task.id })).artifacts).toHaveLength(1);
  expect(
    (await client.listTasks({ tenant: '', contextId: '', status: 0, pageToken: '', statusTimestampAfter: undefined })).totalSize,
  ).toBe(1);
});

test('a stream tells of the run while it goes on', async () => {
  let at = 0;
  const slow = playModel(async ({ schema, role }) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return schema === 'plan' ? chain : `${role} done ${(at += 1)}`;
  });
  await using published = await publish({ model: slow });
  const kinds: string[] = [];
  const words: string[] = [];
  let metadata: unknown;
  for await (const { payload } of (await published.client()).sendMessageStream(requestOf('find and write'))) {
    kinds.push(payload?.$case ?? '');
    if (payload?.$case !== 'statusUpdate') continue;
    words.push(payload.value.status?.message?.parts.map(({ content }) => content?.value).join('') ?? '');
    metadata = payload.value.metadata;
  }
  expect(metadata).toMatchObject({ planwright: { status: 'succeeded' } });
  expect(kinds[0]).toBe('task');
  expect(kinds.slice(-2)).toEqual(['artifactUpdate', 'statusUpdate']);
  expect(words.join('\n')).toMatch(/working: \d of 2 subtasks done/);
});

test('a task is cancelled in mid-run, and its run with it', async () => {
  await using published = await publish({
    model: playModel(({ schema, request }) => (schema === 'plan' ? chain : never(request.abortSignal))),
  });
  const client = await published.client();
  const task = taskOf(await client.sendMessage(requestOf('find and write', { returnImmediately: true })));
  await vi.waitFor(async () => expect(await published.store.listRuns()).toHaveLength(1), 5000);
  const canceled = await client.cancelTask({ tenant: '', id: task.id, metadata: undefined });
  expect(canceled.status?.state).toBe(states.canceled);
  expect(await published.store.listRuns()).toMatchObject([{ status: 'cancelled' }]);
});

test('a message that comes again is the same run: while it goes on, afterwards, and after a restart', async () => {
  const store = new MemoryStore();
  const model = playModel(async ({ schema, role }) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return schema === 'plan' ? chain : `${role} done`;
  });
  {
    await using published = await publish({ store, model });
    const client = await published.client();
    const same = requestOf('find and write', { messageId: 'the-same' });
    const [first, second] = await Promise.all([client.sendMessage(same), client.sendMessage(same)]);
    expect([taskOf(first).status?.state, taskOf(second).status?.state]).toEqual([states.completed, states.completed]);
    await client.sendMessage(same);
  }
  await using again = await publish({ store, model });
  const task = taskOf(await (await again.client()).sendMessage(requestOf('find and write', { messageId: 'the-same' })));
  expect(task.artifacts).toHaveLength(1);
  expect(await store.listRuns()).toHaveLength(1);
});

test('what closes interrupts: the run goes on when the message comes again', async () => {
  const store = new MemoryStore();
  const requests = { held: true };
  const model = playModel(({ schema, role, request }) => {
    if (schema === 'plan') return chain;
    return role === 'writer' && requests.held ? never(request.abortSignal) : `${role} done`;
  });
  const published = await publish({ store, model });
  const client = await published.client();
  const request = requestOf('find and write', { messageId: 'held' });
  const sent = client.sendMessage(request);
  await vi.waitFor(async () => expect(await store.findCall(`${(await store.listRuns())[0]?.runId}/a/1/1`)).toBeDefined(), 5000);
  await published.agent.close();
  const cut = taskOf(await sent);
  expect(cut.status?.state).toBe(states.failed);
  expect(wordsOf(cut)).toMatch(/closing; run a2a-\w+ can be resumed/);
  await published.server.close();
  const [run] = await store.listRuns();
  expect(await reportRun(store, run?.runId ?? '')).toMatchObject({ status: 'interrupted' });
  requests.held = false;
  await using again = await publish({ store, model });
  expect(taskOf(await (await again.client()).sendMessage(request)).status?.state).toBe(states.completed);
  expect(await store.listRuns()).toHaveLength(1);
});

test('failure, a person’s approval and too much work are states with a reason', async () => {
  await using failing = await publish({
    model: playModel(() => Promise.reject(new Error('no such key'))),
    limits: { retries: 0, reroutes: 0, replans: 0 },
  });
  const failed = taskOf(await (await failing.client()).sendMessage(requestOf('find')));
  expect(failed.status?.state).toBe(states.failed);
  expect(wordsOf(failed)).toContain('The run failed.');

  const careful = teamWith(undefined, { approval: 'required' });
  await using asking = await publish({
    team: careful,
    model: playModel(({ schema }) => (schema === 'plan' ? planText(step('a', 'remote')) : 'done')),
  });
  const waiting = taskOf(await (await asking.client()).sendMessage(requestOf('find')));
  expect(waiting.status?.state).toBe(states.inputRequired);
  expect(wordsOf(waiting)).toContain("waits for a person's approval");
  const [run] = await asking.store.listRuns();
  const again = requestOf('and now?');
  const follow = { ...again, message: { ...again.message, taskId: waiting.id, contextId: waiting.contextId } };
  expect(taskOf(await (await asking.client()).sendMessage(follow)).status?.state).toBe(states.inputRequired);
  await answerRun(asking.store, run?.runId ?? '', { type: 'approve', by: 'a person' });
  const gone = { ...follow, message: { ...follow.message, messageId: randomUUID() } };
  expect(taskOf(await (await asking.client()).sendMessage(gone)).status?.state).toBe(states.completed);
  const unwanted = taskOf(await (await asking.client()).sendMessage(requestOf('find more')));
  const canceled = await (await asking.client()).cancelTask({ tenant: '', id: unwanted.id, metadata: undefined });
  expect(canceled.status?.state).toBe(states.canceled);
  expect(await asking.store.listRuns({ limit: 1 })).toMatchObject([{ task: 'find more', status: 'cancelled' }]);

  await using busy = await publish({ maxTasks: 1, model: playModel(({ request }) => never(request.abortSignal)) });
  const client = await busy.client();
  await client.sendMessage(requestOf('one', { returnImmediately: true }));
  const refused = taskOf(await client.sendMessage(requestOf('two')));
  expect(refused.status?.state).toBe(states.rejected);
  expect(wordsOf(refused)).toContain('as many as this agent takes at once');
  const long = taskOf(await client.sendMessage(requestOf('x'.repeat(600_000))));
  expect(long.status?.state).toBe(states.rejected);
  expect(taskOf(await client.sendMessage(requestOf(' '))).status?.state).toBe(states.rejected);
});

test('bad requests are refused in the protocol’s words, and the agent goes on', async () => {
  await using published = await publish();
  const url = published.server.url;
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'a2a-version': '1.0', ...headers },
      body,
    });
    return {
      status: response.status,
      body: (await response.json()) as { id: unknown; error?: { code: number; message: string } },
    };
  };
  expect(await post('{oops')).toMatchObject({ status: 200, body: { id: null, error: { code: -32700 } } });
  expect(await post('[]')).toMatchObject({ body: { error: { code: expect.any(Number) } } });
  expect(await post(rpc('NoSuchMethod'))).toMatchObject({ body: { id: 7, error: { code: -32601 } } });
  expect(await post(rpc('SendMessage'))).toMatchObject({ body: { id: 7, error: { code: expect.any(Number) } } });
  expect(await post(rpc('GetTask', { id: 'nothing' }))).toMatchObject({ body: { id: 7, error: { code: -32001 } } });
  expect(await post(rpc('SubscribeToTask', { id: 'nothing' }))).toMatchObject({
    body: { id: 7, error: { code: expect.any(Number) } },
  });
  expect(await post(rpc('GetTask', { id: 't' }), { 'a2a-version': '0.3' })).toMatchObject({ body: { error: { code: -32009 } } });
  expect(await post(rpc('GetTask'), { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
  expect(await post(`"${'x'.repeat(2_100_000)}"`)).toMatchObject({ status: 413 });
  expect((await fetch(url)).status).toBe(405);
  expect((await fetch(`${url}/.well-known/agent-card.json`, { method: 'DELETE' })).status).toBe(405);
  expect(taskOf(await (await published.client()).sendMessage(requestOf('find'))).status?.state).toBe(states.completed);
});

test('a client that leaves a stream leaves the task running', async () => {
  const held = Promise.withResolvers<void>();
  await using published = await publish({
    model: playModel(async ({ schema, role }) => {
      if (schema === 'plan') return chain;
      await held.promise;
      return `${role} done`;
    }),
  });
  const client = await published.client();
  const leave = new AbortController();
  let taskId = '';
  const reading = async (): Promise<void> => {
    for await (const { payload } of client.sendMessageStream(requestOf('find'), { signal: leave.signal })) {
      if (payload?.$case === 'task') taskId = payload.value.id;
      leave.abort();
    }
  };
  await reading().catch(() => undefined);
  held.resolve();
  await vi.waitFor(
    async () => expect((await client.getTask({ tenant: '', id: taskId })).status?.state).toBe(states.completed),
    5000,
  );
});

test('a team asks a team: both ends are ours', async () => {
  await using published = await publish({ needsToken: true });
  const store = new MemoryStore();
  const result = await runRemote(teamWith(published.server.url.replace(/\/mcp$/, '/a2a')), { store });
  expect(result).toMatchObject({ status: 'succeeded', deliverable: 'writer done' });
  const [theirs] = await published.store.listRuns();
  expect(theirs?.task).toContain('do a');
});

test('a team that was interrupted while it waited for a team listens again, and neither does the work twice', async () => {
  const held = Promise.withResolvers<void>();
  await using published = await publish({
    model: playModel(async ({ schema, role }) => {
      if (schema === 'plan') return chain;
      await held.promise;
      return `${role} done`;
    }),
  });
  const team = teamWith(published.server.url.replace(/\/mcp$/, '/a2a'));
  const store = new MemoryStore();
  const stop = new AbortController();
  const handle = runRemote(team, { store, signal: stop.signal });
  await vi.waitFor(async () => expect(await store.findCall('r/a/1/1/0')).toBeDefined(), 5000);
  stop.abort();
  expect(await handle).toMatchObject({ status: 'interrupted' });
  const resumed = resumeRun({ runId: 'r', store, model: playModel(() => 'done here') });
  await new Promise((resolve) => setTimeout(resolve, 200));
  held.resolve();
  expect(await resumed).toMatchObject({ status: 'succeeded', deliverable: 'writer done' });
  expect(await published.store.listRuns()).toMatchObject([{ status: 'succeeded' }]);
});
