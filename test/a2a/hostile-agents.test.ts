/** Agents that hang, lie and flood: each is a failed subtask with a reason, soon, and nothing of it reaches another address. */
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { type HttpServer, serveHttp } from '../support/mcp-http.ts';
import { makeCard, runRemote, teamWith } from './support.ts';

interface Rpc {
  id: number;
  method: string;
  params: { id?: string; message?: { messageId: string } };
}

type Behavior = (asked: { rpc: Rpc; response: ServerResponse; url: string }) => void;

interface HostileAgent extends HttpServer {
  /** Methods that were called. */
  calls: string[];
}

/** Shows a proper card; messages meet with the behavior. */
async function serveHostile(
  behave: Behavior,
  { streaming = false, card = (url: string): unknown => makeCard(url, streaming) } = {},
): Promise<HostileAgent> {
  const calls: string[] = [];
  let url = '';
  const server = await serveHttp(({ method }, response, body) => {
    if (method === 'GET') return answer(response, card(url));
    const rpc = JSON.parse(body) as Rpc;
    calls.push(rpc.method);
    behave({ rpc, response, url });
  });
  ({ url } = server);
  return { ...server, calls };
}

function answer(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

const result = (id: unknown, value: unknown) => ({ jsonrpc: '2.0', id, result: value });
const task = (id: string, state: string) => ({ id, contextId: 'c', status: { state } });
const stream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

async function failureOf(agent: HttpServer, limits = {}) {
  const startedMs = performance.now();
  const { status, subtasks } = await runRemote(teamWith(agent.url, { limits }));
  expect(status).toBe('failed');
  expect(performance.now() - startedMs).toBeLessThan(15_000);
  return subtasks[0]?.error;
}

test('one that never answers', async () => {
  await using agent = await serveHostile(() => undefined);
  expect(await failureOf(agent, { callTimeoutMs: 400 })).toMatchObject({ code: 'model-timeout' });
});

test('one whose task never ends', async () => {
  await using agent = await serveHostile(({ rpc, response }) =>
    answer(
      response,
      result(rpc.id, rpc.method === 'SendMessage' ? { task: task('t', 'TASK_STATE_WORKING') } : task('t', 'TASK_STATE_WORKING')),
    ),
  );
  expect(await failureOf(agent, { callTimeoutMs: 900 })).toMatchObject({ code: 'model-timeout' });
  expect(agent.calls).toEqual(['SendMessage', 'GetTask', 'GetTask', 'CancelTask']);
});

test.each<[string, Behavior, RegExp]>([
  [
    'garbage',
    ({ response }) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc": oops'),
    /has not answered as the protocol wants/,
  ],
  [
    'a page',
    ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>'),
    /has not answered as the protocol wants/,
  ],
  [
    'the id of another request',
    ({ rpc, response }) => answer(response, result(rpc.id + 1, { task: task('t', 'TASK_STATE_COMPLETED') })),
    /ID mismatch/,
  ],
  [
    'an answer that is none',
    ({ rpc, response }) => answer(response, result(rpc.id, { neither: 1 })),
    /has not answered as the protocol wants/,
  ],
  [
    'a task without a state',
    ({ rpc, response }) => answer(response, result(rpc.id, { task: { id: 't', contextId: 'c' } })),
    /names no state/,
  ],
  [
    'a task without an id',
    ({ rpc, response }) => answer(response, result(rpc.id, { task: task('', 'TASK_STATE_WORKING') })),
    /names no id/,
  ],
  [
    'a state that does not exist',
    ({ rpc, response }) => answer(response, result(rpc.id, { task: task('t', 'TASK_STATE_DREAMING') })),
    /names a state of its task that the protocol does not have/,
  ],
  [
    'an error of the protocol',
    ({ rpc, response }) => answer(response, { jsonrpc: '2.0', id: rpc.id, error: { code: -32603, message: 'the disk is full' } }),
    /the disk is full/,
  ],
  [
    'another task when it is asked after its own',
    ({ rpc, response }) =>
      answer(
        response,
        result(
          rpc.id,
          rpc.method === 'SendMessage' ? { task: task('t', 'TASK_STATE_WORKING') } : task('u', 'TASK_STATE_COMPLETED'),
        ),
      ),
    /spoke of another/,
  ],
  ['a body without end', ({ response }) => flood(response, 'application/json'), /sent more than 16777216 bytes/],
])('one that answers with %s', async (_name, behave, says) => {
  await using agent = await serveHostile(behave);
  expect(await failureOf(agent)).toEqual({ code: 'agent-failed', message: expect.stringMatching(says) });
});

test.each<[string, Behavior, RegExp]>([
  ['without a word', ({ response }) => void stream(response).end(), /ended its stream without a word/],
  ['of garbage', ({ response }) => void stream(response).end('data: oops\n\n'), /has not answered as the protocol wants/],
  [
    'of another request',
    ({ rpc, response }) => void stream(response).end(event(result(rpc.id + 7, { task: task('t', 'TASK_STATE_WORKING') }))),
    /ID mismatch/,
  ],
  [
    'of two tasks',
    ({ rpc, response }) =>
      void stream(response).end(
        event(result(rpc.id, { task: task('t', 'TASK_STATE_WORKING') })) +
          event(result(rpc.id, { task: task('u', 'TASK_STATE_WORKING') })),
      ),
    /speaks of another task/,
  ],
  ['of one event without end', ({ response }) => flood(response, 'text/event-stream'), /remote agent/],
])('one that streams %s', async (_name, behave, says) => {
  await using agent = await serveHostile(behave, { streaming: true });
  expect(await failureOf(agent)).toEqual({ code: 'agent-failed', message: expect.stringMatching(says) });
});

test('one that streams small events without end', async () => {
  await using agent = await serveHostile(
    ({ rpc, response }) => {
      if (rpc.method !== 'SendStreamingMessage') return answer(response, result(rpc.id, task('t', 'TASK_STATE_CANCELED')));
      stream(response).write(event(result(rpc.id, { task: task('t', 'TASK_STATE_WORKING') })));
      const timer = setInterval(
        () =>
          response.write(
            event(result(rpc.id, { statusUpdate: { taskId: 't', contextId: 'c', status: { state: 'TASK_STATE_WORKING' } } })),
          ),
        1,
      );
      response.on('close', () => clearInterval(timer));
    },
    { streaming: true },
  );
  expect(await failureOf(agent, { callTimeoutMs: 700 })).toMatchObject({ code: 'model-timeout' });
  expect(agent.calls).toEqual(['SendStreamingMessage', 'CancelTask']);
});

test('one whose stream breaks off is asked after its task', async () => {
  await using agent = await serveHostile(
    ({ rpc, response }) => {
      if (rpc.method === 'GetTask') {
        const parts = [{ text: 'made it' }];
        return answer(
          response,
          result(rpc.id, { ...task('t', 'TASK_STATE_COMPLETED'), artifacts: [{ artifactId: 'a', parts }] }),
        );
      }
      if (rpc.method === 'SubscribeToTask') {
        return answer(response, { jsonrpc: '2.0', id: rpc.id, error: { code: -32004, message: 'not here' } });
      }
      stream(response).write(event(result(rpc.id, { task: task('t', 'TASK_STATE_WORKING') })));
      setTimeout(() => response.destroy(), 50);
    },
    { streaming: true },
  );
  expect(await runRemote(teamWith(agent.url))).toMatchObject({ status: 'succeeded', deliverable: 'made it' });
  expect(agent.calls).toEqual(['SendStreamingMessage', 'SubscribeToTask', 'GetTask']);
});

test('one that is out of order is asked three times with the same message, and no more', async () => {
  const messageIds: unknown[] = [];
  await using agent = await serveHostile(({ rpc, response }) => {
    messageIds.push(rpc.params.message?.messageId);
    answer(response, { error: 'maintenance' }, 500);
  });
  expect(await failureOf(agent)).toEqual({ code: 'model-failed', message: expect.stringContaining('HTTP 500') });
  expect(agent.calls).toEqual(['SendMessage', 'SendMessage', 'SendMessage']);
  expect(new Set(messageIds)).toEqual(new Set([expect.stringMatching(/^planwright-[0-9a-f]{64}$/)]));
});

test('one that is gone', async () => {
  const agent = await serveHostile(() => undefined);
  await agent.close();
  expect(await failureOf(agent)).toMatchObject({ code: 'model-failed' });
});

test('one that sends elsewhere: by a redirect, and by its card; the other address hears nothing', async () => {
  const heard: string[] = [];
  await using inner = await serveHttp(({ url = '' }, response) => {
    heard.push(url);
    answer(response, {});
  });
  await using redirecting = await serveHostile(({ response }) => void response.writeHead(307, { location: inner.url }).end());
  expect(await failureOf(redirecting)).toEqual({ code: 'model-failed', message: expect.stringContaining('redirects to') });
  await using lying = await serveHostile(() => undefined, { card: () => makeCard(inner.url, false) });
  expect(await failureOf(lying)).toEqual({ code: 'agent-failed', message: expect.stringContaining('has a card that leads to') });
  expect(heard).toEqual([]);
});

test.each<[string, (url: string) => unknown, RegExp]>([
  ['is no card', () => ({ hello: 'world' }), /shows no agent card/],
  [
    'offers another protocol',
    (url) => ({ ...makeCard(url, false), supportedInterfaces: [{ url, protocolBinding: 'GRPC', protocolVersion: '1.0' }] }),
    /does not speak JSON-RPC.*GRPC 1\.0/,
  ],
  [
    'offers an older revision',
    (url) => ({ ...makeCard(url, false), supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', protocolVersion: '0.3' }] }),
    /does not speak JSON-RPC/,
  ],
  ['leads nowhere', () => makeCard('no address', false), /address that is none/],
  ['is a flood', () => 'x'.repeat(2_000_000), /shows no agent card/],
])('one whose card %s', async (_name, card, says) => {
  await using agent = await serveHostile(() => undefined, { card });
  expect(await failureOf(agent)).toEqual({ code: 'agent-failed', message: expect.stringMatching(says) });
  expect(agent.calls).toEqual([]);
});

test('one without a card', async () => {
  await using agent = await serveHttp((_request, response) => void response.writeHead(404).end('nothing here'));
  expect(await failureOf(agent)).toEqual({ code: 'model-failed', message: expect.stringContaining('HTTP 404') });
});

test('what an agent says of its failure is shown short, and without marks that nobody sees', async () => {
  await using agent = await serveHostile(({ rpc, response }) => {
    const parts = [{ text: `\u202Eno\u0007 ${'very '.repeat(5000)}` }];
    answer(
      response,
      result(rpc.id, {
        task: {
          id: 't',
          contextId: 'c',
          status: { state: 'TASK_STATE_FAILED', message: { messageId: 'm', role: 'ROLE_AGENT', parts } },
        },
      }),
    );
  });
  const error = await failureOf(agent);
  expect(error?.message.length).toBeLessThan(1300);
  expect(error?.message).toContain('has failed: no very');
});

/** As fast as it is read, until the client goes. */
function flood(response: ServerResponse, contentType: string): void {
  response.writeHead(200, { 'content-type': contentType });
  const piece = contentType === 'application/json' ? `"${'x'.repeat(65_536)}"` : `data: ${'x'.repeat(65_536)}`;
  const pour = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', pour).on('error', () => undefined);
  pour();
}
