/** Servers that are reached over HTTP: with keys, through sessions that end, and when they are gone. */
import { MemoryStore, runTask, type TeamDefinition } from 'planwright';
import { expect, test } from 'vitest';
import { answerText, sdkHandler, serveHttp, sessionHandler } from '../support/mcp-http.ts';
import { callingModel, callTools, outputsOf, teamWith } from '../support/mcp-run.ts';

type Server = NonNullable<TeamDefinition['mcp']>[string];

const call = { name: 's_t', input: {} };
const reading = { effects: { t: 'read' as const } };

async function callOnce(server: Server, toolTimeoutMs = 5000) {
  const team = teamWith({ s: server }, ['mcp:s/t']);
  const role = team.roles['w'];
  if (role !== undefined) role.limits.toolTimeoutMs = toolTimeoutMs;
  const result = await runTask({ task: 't', team, model: callingModel(call), strategy: 'single', store: new MemoryStore() });
  return result.status === 'succeeded' ? outputsOf(result)[0]?.value : result.subtasks[0]?.error;
}

test('a server by the official SDK; headers and address hold secrets that stay out of everything', async () => {
  const heard: string[] = [];
  const keys: unknown[] = [];
  const answer = sdkHandler((line) => heard.push(line));
  await using server = await serveHttp((request, response, body) => {
    keys.push([request.headers['authorization'], request.url]);
    return answer(request, response, body);
  });
  const { port } = new URL(server.url);
  const spec = {
    url: 'http://127.0.0.1:{env:PORT}/mcp?team={env:TEAM_KEY}',
    headers: { Authorization: 'Bearer {env:SHOP_KEY}' },
  };
  const team = teamWith({ shop: spec }, ['mcp:shop/price']);
  const env = { PORT: port, TEAM_KEY: 'team-4711-key', SHOP_KEY: 'shop-0815-key' };
  const store = new MemoryStore();
  const model = callingModel({ name: 'shop_price', input: { thing: 'tea' } });
  const run = runTask({ task: 't', team, model, strategy: 'single', store, env });
  const events: unknown[] = [];
  for await (const update of run.events) events.push(update);
  expect(outputsOf(await run)).toEqual([{ type: 'text', value: 'tea: 3 EUR' }]);
  expect(heard).toEqual(['price tea']);
  expect(new Set(keys.map((key) => JSON.stringify(key)))).toEqual(
    new Set(['["Bearer shop-0815-key","/mcp?team=team-4711-key"]']),
  );
  const told = JSON.stringify([events, await run, await store.listCalls(run.runId), await store.getRun(run.runId)]);
  expect(told).toContain('{env:SHOP_KEY}');
  expect(told).not.toMatch(/4711|0815/);
});

test('a cancelled run cancels the request', async () => {
  const heard: string[] = [];
  await using server = await serveHttp(sdkHandler((line) => heard.push(line)));
  const team = teamWith({ s: { url: server.url } }, ['mcp:s/wait']);
  const run = runTask({
    task: 't',
    team,
    model: callingModel({ name: 's_wait', input: {} }),
    strategy: 'single',
    store: new MemoryStore(),
  });
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['wait']);
  run.cancel('Enough.');
  expect((await run).status).toBe('cancelled');
  await expect.poll(() => heard).toEqual(['wait', 'cancelled']);
});

test('a session that has ended is begun anew, once, also for a tool that may act only once', async () => {
  const sessions: unknown[] = [];
  await using server = await serveHttp(
    sessionHandler(({ response, id, session }) => {
      sessions.push(session);
      if (session === 's1') response.writeHead(404).end();
      else answerText(response, id, `in ${session}`);
    }),
  );
  expect(await callOnce({ url: server.url })).toBe('in s2');
  expect(sessions).toEqual(['s1', 's2']);
  sessions.length = 0;
  await using never = await serveHttp(
    sessionHandler(({ response, session }) => {
      sessions.push(session);
      response.writeHead(404).end('gone for good');
    }),
  );
  expect(await callOnce({ url: never.url })).toMatch(/^Error: The MCP server "s" has not carried out "t": .*gone for good/);
  expect(sessions).toEqual(['s1', 's2']);
});

test('a connection that breaks: repeated once for a tool that only reads, unknown for one that acts', async () => {
  let calls = 0;
  const handler = sessionHandler(({ response, id }) => {
    calls += 1;
    if (calls % 2 === 1) response.destroy();
    else answerText(response, id, 'the second time');
  });
  await using server = await serveHttp(handler);
  expect(await callOnce({ url: server.url, ...reading })).toBe('the second time');
  expect(calls).toBe(2);
  expect(await callOnce({ url: server.url })).toMatchObject({ code: 'tool-outcome-unknown' });
  expect(calls).toBe(3);
});

test.each([
  ['refuses', (response) => void response.writeHead(403).end('not you'), /403|not you/],
  [
    'answers with a page',
    (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello'),
    /content type/,
  ],
  [
    'answers with garbage',
    (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":'),
    /JSON/,
  ],
  ['fails', (response) => void response.writeHead(500).end('oops'), /oops/],
] satisfies [string, (response: Parameters<typeof answerText>[0]) => void, RegExp][])(
  'a server that %s is an error with its reason',
  async (_how, answer, reason) => {
    await using server = await serveHttp(sessionHandler(({ response }) => answer(response)));
    expect(await callOnce({ url: server.url, ...reading })).toMatch(reason);
  },
);

test('an answer that never ends, and one that does not come', async () => {
  await using flooding = await serveHttp(
    sessionHandler(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const fill = (): void => {
        while (response.write(`: ${'x'.repeat(65_536)}\n`));
        response.once('drain', fill);
      };
      fill();
    }),
  );
  expect(await callOnce({ url: flooding.url })).toMatchObject({
    code: 'tool-outcome-unknown',
    message: expect.stringContaining('it sent more than 16777216 bytes for one request'),
  });
  await using hanging = await serveHttp(sessionHandler(() => {}));
  expect(await callOnce({ url: hanging.url, ...reading }, 200)).toBe(
    'Error: Tool "s_t" took longer than 200 ms and was stopped.',
  );
});

test('a key goes to the server it is meant for: a redirect to another one is not followed', async () => {
  const seen: unknown[] = [];
  await using other = await serveHttp(({ headers }, response) => {
    seen.push(headers['authorization']);
    response.end();
  });
  await using server = await serveHttp((_request, response) => void response.writeHead(307, { location: other.url }).end());
  expect(await callOnce({ url: server.url, headers: { Authorization: 'Bearer {env:PATH}' } })).toMatchObject({
    code: 'tool-unavailable',
    message: expect.stringMatching(/^The MCP server "s" could not be started: .*Redirect to http:\/\/127\.0\.0\.1/),
  });
  expect(seen).toEqual([]);
});

test('a server that is not there fails the attempt; one that comes back is found again', async () => {
  await using first = await serveHttp(sessionHandler(({ response, id }) => answerText(response, id, 'first')));
  const url = new URL(first.url);
  await first.close();
  expect(await callOnce({ url: url.href })).toMatchObject({
    code: 'tool-unavailable',
    message: expect.stringMatching(/^The MCP server "s" could not be started: .*ECONNREFUSED/),
  });
  const team = teamWith({ s: { url: url.href } }, ['mcp:s/t']);
  await using again = await serveHttp(
    sessionHandler(({ response, id }) => answerText(response, id, 'again')),
    Number(url.port),
  );
  expect(again.url).toBe(url.href);
  expect((await callTools(team, call))[0]?.value).toBe('again');
});
