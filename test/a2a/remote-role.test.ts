/** A role that is an agent elsewhere, by the official SDK's server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTeam, MemoryStore, openStore, resumeRun, runTask } from 'planwright';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { runCommand, startCommand } from '../cli/command-process.ts';
import { playModel, step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { data, runRemote, serveSdkAgent, states, teamWith, text } from './support.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('its answer is the subtask’s result, its call is journaled without a price, and its task with an id', async () => {
  await using agent = await serveSdkAgent(({ publish }) => {
    publish.artifact([text('found ')]);
    publish.artifact([text('it')], true);
    publish.state(states.completed, 'all done');
  });
  const store = new MemoryStore();
  const team = teamWith({ url: agent.url, headers: { authorization: 'Bearer {env:AGENT_TOKEN}' } });
  const result = await runRemote(team, { store, env: { AGENT_TOKEN: 'a-token-of-the-agent' } });
  expect(result).toMatchObject({ status: 'succeeded', deliverable: 'found it' });
  expect(result.ledger).toMatchObject({ calls: 1, costUsd: null, unpricedCalls: 1, toolCalls: 1 });
  expect(agent.messages[0]).toContain('You are the remote.');
  expect(agent.messages[0]).toContain('<instruction>\ndo a\n</instruction>');
  expect(agent.headers.every(({ authorization }) => authorization === 'Bearer a-token-of-the-agent')).toBe(true);
  const calls = await store.listCalls('r');
  expect(
    calls.map(({ key, kind, name, outcome, costUsd, estimated }) => ({ key, kind, name, outcome, costUsd, estimated })),
  ).toEqual([
    { key: 'r/a/1/1/0', kind: 'tool', name: `a2a:${agent.url}`, outcome: 'succeeded', costUsd: 0, estimated: undefined },
    { key: 'r/a/1/1', kind: 'model', name: `a2a:${agent.url}`, outcome: 'succeeded', costUsd: null, estimated: true },
  ]);
  expect(JSON.stringify([calls, await store.readEvents('r'), await store.getRun('r')])).not.toContain('a-token-of-the-agent');
});

test('an agent that does not stream is asked after its task until it has ended', async () => {
  await using agent = await serveSdkAgent(
    async ({ publish }) => {
      publish.state(states.working, 'begun');
      await sleep(700);
      publish.artifact([text('slow but sure')]);
      publish.state(states.completed);
    },
    { streaming: false },
  );
  expect(await runRemote(teamWith(agent.url))).toMatchObject({ status: 'succeeded', deliverable: 'slow but sure' });
  expect(agent.messages).toHaveLength(1);
});

test.each([true, false])('an agent may answer at once, with a message and no task (streaming: %s)', async (streaming) => {
  await using agent = await serveSdkAgent(({ publish }) => publish.message('just this'), { streaming });
  expect(await runRemote(teamWith(agent.url))).toMatchObject({ status: 'succeeded', deliverable: 'just this' });
});

test('data is a deliverable of the form that was asked for', async () => {
  await using agent = await serveSdkAgent(({ publish }) => {
    publish.artifact([data({ total: 42 })]);
    publish.state(states.completed);
  });
  const result = await runRemote(teamWith(agent.url), { output: z.object({ total: z.number() }) });
  expect(result).toMatchObject({ status: 'succeeded', deliverable: { total: 42 } });
  expect(agent.messages[0]).toContain('<output_schema>');
});

test.each([
  ['failed', states.failed, 'no database', 'has failed: no database'],
  ['rejected', states.rejected, 'not my work', 'has rejected the work: not my work'],
  ['canceled', states.canceled, undefined, 'has canceled the work'],
  ['input-required', states.inputRequired, 'which year?', 'wants to be told more, and nobody here answers it: which year?'],
  ['auth-required', states.authRequired, undefined, 'wants to be authorized'],
])('a task that ends as %s is a failed subtask with the reason', async (name, state, said, reason) => {
  await using agent = await serveSdkAgent(({ publish }) => publish.state(state, said));
  const { status, subtasks } = await runRemote(teamWith(agent.url));
  expect({ status, error: subtasks[0]?.error }).toEqual({
    status: 'failed',
    error: { code: 'agent-failed', message: expect.stringContaining(reason) },
  });
  // One that has not ended is told that nobody waits.
  expect(agent.canceled).toHaveLength(name.endsWith('required') ? 1 : 0);
});

test('the ladder applies: again with the reason, then another role', async () => {
  await using agent = await serveSdkAgent(({ publish }) => publish.state(states.failed, 'the index is broken'));
  const team = teamWith(agent.url, { fallback: ['local'] }, { retries: 1, reroutes: 1, replans: 0 });
  const result = await runRemote(team);
  expect(result).toMatchObject({ status: 'succeeded', deliverable: 'done here' });
  expect(result.subtasks[0]).toMatchObject({ role: 'local', attempts: 3 });
  expect(agent.messages).toHaveLength(2);
  expect(agent.messages[1]).toContain('the index is broken');
  expect(new Set(agent.messageIds).size).toBe(2);
});

test('a result that its checks reject goes back with the verdict', async () => {
  await using agent = await serveSdkAgent(({ text: said, publish }) => {
    publish.artifact([text(said.includes('<feedback>') ? 'with a SOURCE' : 'without')]);
    publish.state(states.completed);
  });
  const team = teamWith(
    agent.url,
    { accept: [{ kind: 'predicate', contains: 'SOURCE' }] },
    { retries: 1, reroutes: 0, replans: 0 },
  );
  expect(await runRemote(team)).toMatchObject({ status: 'succeeded', deliverable: 'with a SOURCE' });
});

test('a cancelled run cancels the remote task', async () => {
  await using agent = await serveSdkAgent(async ({ publish, signal }) => {
    publish.state(states.working, 'begun');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  });
  const handle = runRemote(teamWith(agent.url));
  await vi.waitFor(() => expect(agent.messages).toHaveLength(1), 5000);
  await sleep(100);
  handle.cancel('no longer wanted');
  expect(await handle).toMatchObject({ status: 'cancelled' });
  expect(agent.canceled).toHaveLength(1);
});

test.each([
  ['callTimeoutMs', 'model-timeout'],
  ['attemptTimeoutMs', 'attempt-timeout'],
])('at %s the attempt fails and the remote task is cancelled', async (limit, code) => {
  await using agent = await serveSdkAgent(async ({ publish, signal }) => {
    publish.state(states.working, 'begun');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  });
  const { subtasks } = await runRemote(teamWith(agent.url, { limits: { [limit]: 400 } }));
  expect(subtasks[0]?.error?.code).toBe(code);
  expect(agent.canceled).toHaveLength(1);
});

test.each([true, false])(
  'an interrupted run finds its remote task again and sends nothing twice (streaming: %s)',
  async (streaming) => {
    const held = Promise.withResolvers<void>();
    await using agent = await serveSdkAgent(
      async ({ publish }) => {
        publish.state(states.working, 'begun');
        await held.promise;
        publish.artifact([text('worth the wait')]);
        publish.state(states.completed);
      },
      { streaming },
    );
    const store = new MemoryStore();
    const stop = new AbortController();
    const handle = runRemote(teamWith(agent.url), { store, signal: stop.signal });
    await vi.waitFor(async () => expect(await store.findCall('r/a/1/1/0')).toBeDefined(), 5000);
    stop.abort();
    expect(await handle).toMatchObject({ status: 'interrupted' });
    held.resolve();
    expect(await resumeRun({ runId: 'r', store, model: playModel(() => 'done here') })).toMatchObject({
      status: 'succeeded',
      deliverable: 'worth the wait',
    });
    expect(agent.messages).toHaveLength(1);
    expect(agent.canceled).toEqual([]);
  },
);

test('results go to a remote role, and from it to others', async () => {
  await using agent = await serveSdkAgent(({ text: said, publish }) => {
    publish.artifact([text(`audited: ${/done (\w+)/.exec(said)?.[0]}`)]);
    publish.state(states.completed);
  });
  const team = defineTeam({ roles: { maker: null, auditor: { a2a: agent.url }, writer: null } });
  const plan = {
    version: 1 as const,
    task: 't',
    subtasks: [step('a', 'maker', []), step('b', 'auditor', ['a']), step('c', 'writer', ['b'])],
  };
  const model = playModel(({ text: said }) => (said.includes('audited: done making') ? 'all of it' : 'done making'));
  expect(await runTask({ task: 't', team, plan, model, store: new MemoryStore() })).toMatchObject({ deliverable: 'all of it' });
});

test('what can’t work is refused before anything is sent', async () => {
  await using agent = await serveSdkAgent(({ publish }) => publish.message('never'));
  const secret = teamWith({ url: agent.url, headers: { authorization: '{env:ABSENT_TOKEN}' } });
  await expect(runRemote(secret, { env: {} })).rejects.toMatchObject({ code: 'secret-missing' });
  await expect(runRemote(teamWith(agent.url), { limits: { usd: 1 } })).rejects.toMatchObject({ code: 'model-unpriced' });
  expect(agent.headers).toEqual([]);
});

test('what an agent says is redacted, and the secrets it was sent are taken out of it', async () => {
  await using agent = await serveSdkAgent(({ publish }) => {
    publish.artifact([text('Ask ann@example.com, key agent-secret-0001.')]);
    publish.state(states.completed);
  });
  const { roles } = teamWith({ url: agent.url, headers: { 'x-key': '{env:AGENT_KEY}' } });
  const team = defineTeam({ roles: { remote: { a2a: roles['remote']?.a2a } }, redact: ['email'] });
  const result = await runRemote(team, { env: { AGENT_KEY: 'agent-secret-0001' } });
  expect(result.deliverable).toBe('Ask [email], key {env:AGENT_KEY}.');
});

test('kill -9 while the agent is at work: the resumed run finds the task, and the agent is asked once', async () => {
  const held = Promise.withResolvers<void>();
  await using agent = await serveSdkAgent(async ({ publish }) => {
    publish.state(states.working, 'begun');
    await held.promise;
    publish.artifact([text('after all')]);
    publish.state(states.completed);
  });
  const folder = makeTemporaryFolder();
  const plan = { version: 1, task: 'the task', subtasks: [step('a', 'remote')] };
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  writeFileSync(join(folder, 'team.json'), JSON.stringify({ roles: { remote: { a2a: agent.url } } }));
  const running = startCommand(folder, ['run', '--plan', 'plan.json', '--team', 'team.json', '--json']);
  await vi.waitFor(async () => {
    const store = await openStore(join(folder, '.planwright'));
    const [run] = await store.listRuns();
    const sent = await store.findCall(`${run?.runId}/a/1/1/0`);
    await store.close();
    expect(sent).toBeDefined();
  }, 15_000);
  running.child.kill('SIGKILL');
  await running.ended;
  held.resolve();
  const { code, stdout } = await runCommand(folder, ['resume', 'last', '--json']);
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, status: 'succeeded', deliverable: 'after all' });
  expect(agent.messages).toHaveLength(1);
  expect(agent.canceled).toEqual([]);
});
