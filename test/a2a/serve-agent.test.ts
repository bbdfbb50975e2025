/** `planwright serve --a2a`: the published team behind the server's door. */
import { randomUUID } from 'node:crypto';
import { ClientFactory, JsonRpcTransportFactory } from '@a2a-js/sdk/client';
import { type StartServerOptions, startServer } from 'planwright/server';
import { expect, test } from 'vitest';
import { serve, token } from '../server/serving.ts';
import { planText, playModel, step } from '../support/small-team.ts';
import { runRemote, states, teamWith, text } from './support.ts';

const model = playModel(({ schema, role }) =>
  schema === 'plan' ? planText(step('a'), step('b', 'critic', ['a'])) : `${role || 'agent'} done`,
);

/** As an agent of elsewhere sends them. */
const fetchImpl: typeof fetch = (input, init) =>
  fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), authorization: `Bearer ${token}` } });

const start = (options: StartServerOptions) => startServer({ port: 0, appFolder: '/nowhere', ...options });

test('the card is public, messages need the token, and a task is a run of the server’s store', async () => {
  await using serving = await serve({ a2a: { team: 'report' }, means: { model } });
  const card = await serving.ask('GET', '/.well-known/agent-card.json', { anonymous: true });
  expect(card.json).toMatchObject({
    name: 'report',
    supportedInterfaces: [{ url: `${serving.url}/a2a` }],
    securitySchemes: { token: {} },
  });
  expect(await serving.ask('POST', '/a2a', { anonymous: true, body: {} })).toMatchObject({ status: 401 });
  expect(await serving.ask('POST', '/a2a', { headers: { origin: 'https://elsewhere.example' }, body: {} })).toMatchObject({
    status: 403,
  });

  const client = await new ClientFactory({ transports: [new JsonRpcTransportFactory({ fetchImpl })] }).createFromUrl(serving.url);
  const parts = [text('find it')];
  const message = {
    messageId: randomUUID(),
    contextId: '',
    taskId: '',
    role: 1,
    parts,
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
  let state: number | undefined;
  for await (const { payload } of client.sendMessageStream({
    tenant: '',
    message,
    configuration: undefined,
    metadata: undefined,
  })) {
    if (payload?.$case === 'statusUpdate') state = payload.value.status?.state;
  }
  expect(state).toBe(states.completed);
  expect((await serving.ask('GET', '/api/runs')).text).toContain('find it');

  const remote = teamWith({ url: `${serving.url}/a2a`, headers: { authorization: 'Bearer {env:SERVE_TOKEN}' } });
  expect(await runRemote(remote, { env: { SERVE_TOKEN: token } })).toMatchObject({ status: 'succeeded' });
  expect(await runRemote(remote, { env: { SERVE_TOKEN: 'another-token-of-no-use' }, runId: 'r2' })).toMatchObject({
    status: 'failed',
  });
});

test('without --a2a there is no card and nothing to send to', async () => {
  await using serving = await serve();
  expect((await serving.ask('POST', '/a2a', { body: {} })).status).not.toBe(200);
  const card = await serving.ask('GET', '/.well-known/agent-card.json', { anonymous: true });
  expect(card.json).not.toMatchObject({ supportedInterfaces: expect.anything() });
});

test('what a published team lacks is said before the server listens', async () => {
  await expect(start({ a2a: {} })).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('needs a token') });
  await expect(start({ token, a2a: { team: 'absent' } })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('Teams: report, research'),
  });
  await expect(start({ token, a2a: { publicUrl: 'nowhere' } })).rejects.toMatchObject({ code: 'usage' });
});

test('the card says where a proxy reaches the server', async () => {
  await using serving = await serve({ a2a: { publicUrl: 'https://agents.example.com/planwright/' } });
  const { json } = await serving.ask('GET', '/a2a/.well-known/agent-card.json', { anonymous: true });
  expect(json).toMatchObject({ name: 'research', supportedInterfaces: [{ url: 'https://agents.example.com/planwright/a2a' }] });
});
