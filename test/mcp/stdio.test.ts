/** Servers that are started: by whom, with what, how often, and that nothing of them is left. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerRun, defineTeam, loadTeam, MemoryStore, resumeRun, runTask, type TeamDefinition } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { expect, test } from 'vitest';
import {
  callingModel,
  callTools,
  hostile,
  isAlive,
  linesOf,
  outputsOf,
  serverFile,
  shownTools,
  teamWith,
} from '../support/mcp-run.ts';
import { readCall, step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

type Server = NonNullable<TeamDefinition['mcp']>[string];

const toolbox = (log: string, more: Server = {}): Server => ({
  command: process.execPath,
  args: [serverFile('toolbox')],
  ...more,
  env: { LOG: log, ...more.env },
});
const startsOf = (log: string): number[] =>
  linesOf(log).flatMap((line) => (/^start (\d+)$/.exec(line) ?? []).slice(1).map(Number));
const newLog = (): string => join(makeTemporaryFolder(), 'log');

test('each role is shown the tools that it names, and the server is started once, for whoever is first', async () => {
  const log = newLog();
  const team = defineTeam({
    name: 'three',
    roles: {
      reader: { instructions: 'You are the reader.', tools: ['mcp:box/echo'] },
      keeper: { instructions: 'You are the keeper.', tools: ['mcp:box/store', 'mcp:box/echo', 'calc'] },
      writer: { instructions: 'You are the writer.' },
    },
    mcp: { box: toolbox(log) },
  });
  const shown = new Map<string, string[]>();
  const model = scriptedModel((request) => {
    const { role } = readCall(request);
    shown.set(
      role,
      (request.tools ?? []).map(({ name }) => name),
    );
    return request.prompt.some((message) => message.role === 'tool') || role === 'writer'
      ? 'done'
      : { toolCalls: [{ name: 'box_echo', input: { text: role } }] };
  });
  const plan = {
    version: 1 as const,
    task: 't',
    subtasks: [step('a', 'reader'), step('b', 'keeper'), step('c', 'writer', ['a', 'b'])],
  };
  const result = await runTask({ task: 't', team, model, plan, store: new MemoryStore() });
  expect(result.status).toBe('succeeded');
  expect(Object.fromEntries(shown)).toEqual({ reader: ['box_echo'], keeper: ['calc', 'box_store', 'box_echo'], writer: [] });
  expect(startsOf(log)).toHaveLength(1);
  expect(linesOf(log).slice(1).toSorted()).toEqual(['echo keeper', 'echo reader']);
});

test('a run whose roles do not need a server starts none', async () => {
  const log = newLog();
  const roles = { w: { tools: ['mcp:box/echo'] }, other: {} };
  const team = defineTeam({ name: 't', roles, generalist: 'other', mcp: { box: toolbox(log) } });
  const result = await runTask({ task: 't', team, model: callingModel(), strategy: 'single', store: new MemoryStore() });
  expect(result.status).toBe('succeeded');
  expect(linesOf(log)).toEqual([]);
});

test('a server gets PATH and its own variables, starts in the folder of its team file, and its secrets are kept nowhere', async () => {
  const folder = makeTemporaryFolder();
  const store = join(folder, 'store');
  const args = [serverFile('toolbox'), '--key={env:BOX_KEY}'];
  const box = { command: process.execPath, args, env: { TOKEN: 'token {env:BOX_TOKEN}', PLAIN: 'x' } };
  const roles = { w: { tools: ['mcp:box/environment', 'mcp:box/refuse'] } };
  writeFileSync(join(folder, 'team.json'), JSON.stringify({ name: 't', roles, mcp: { box } }));
  const env = { BOX_KEY: 'key-4711-secret', BOX_TOKEN: 'token-0815-secret', PATH: '/usr/bin:/bin', HOME: '/root' };
  const model = callingModel({ name: 'box_environment', input: {} });
  const run = runTask({ task: 't', team: await loadTeam(join(folder, 'team.json')), model, strategy: 'single', store, env });
  const events: unknown[] = [];
  for await (const update of run.events) events.push(update);
  const result = await run;
  expect(JSON.parse(String(outputsOf(result)[0]?.value))).toEqual({
    env: { TOKEN: 'token {env:BOX_TOKEN}', PLAIN: 'x', PATH: '/usr/bin:/bin' },
    cwd: folder,
    args: ['--key={env:BOX_KEY}'],
  });
  const stored = readdirSync(store).map((name) => readFileSync(join(store, name), 'latin1'));
  for (const text of [JSON.stringify([events, result]), ...stored]) expect(text).not.toMatch(/4711|0815/);
  expect(stored.join('')).toContain('{env:BOX_KEY}');
});

test('a variable that is not set is an error before anything starts', async () => {
  const log = newLog();
  const team = teamWith({ box: toolbox(log, { env: { TOKEN: '{env:BOX_MISSING}' } }) }, ['mcp:box/echo']);
  const run = runTask({ task: 't', team, model: callingModel(), strategy: 'single', store: new MemoryStore(), env: {} });
  await expect(run).rejects.toMatchObject({ code: 'secret-missing', details: { names: ['BOX_MISSING'] } });
  expect(linesOf(log)).toEqual([]);
});

test('results: text, data, images left out, the tool’s own errors; input is checked before it is sent', async () => {
  const log = newLog();
  const team = teamWith({ box: toolbox(log) }, ['mcp:box/echo', 'mcp:box/store', 'mcp:box/picture', 'mcp:box/refuse']);
  const outputs = await callTools(
    team,
    { name: 'box_echo', input: { text: 'hi' } },
    { name: 'box_store', input: { text: 'it' } },
    { name: 'box_picture', input: {} },
    { name: 'box_refuse', input: {} },
    { name: 'box_echo', input: { text: 7 } },
    { name: 'box_echo', input: { text: 'x'.repeat(101) } },
  );
  expect(outputs).toEqual([
    { type: 'text', value: 'said hi' },
    { type: 'json', value: { kept: 'it', at: 1 } },
    { type: 'text', value: 'a dot\n[image image/png, 3 bytes: not shown]' },
    { type: 'error-text', value: 'Error: no such record' },
    {
      type: 'error-text',
      value:
        'Error: The input does not have the form that the tool asks for: $.text: Instance type "number" is invalid. Expected "string".',
    },
    { type: 'error-text', value: expect.stringMatching(/the form that the tool asks for: \$\.text: String is too long/) },
  ]);
  expect(linesOf(log).slice(1).toSorted()).toEqual(['echo hi', 'store it']);
});

/** Which of its tools act once: their calls are recorded before they act. */
async function listOnce(server: Server): Promise<string[]> {
  const store = new MemoryStore();
  const team = teamWith({ s: hostile('annotated', server) }, ['mcp:s/t', 'mcp:s/i', 'mcp:s/n']);
  const calls = ['t', 'i', 'n'].map((name) => ({ name: `s_${name}`, input: {} }));
  const started: string[] = [];
  const put = store.putCall.bind(store);
  store.putCall = async (call) => {
    if (call.outcome === 'started') started.push(call.name);
    await put(call);
  };
  await runTask({ task: 't', team, model: callingModel(...calls), strategy: 'single', store });
  return started.toSorted();
}

test('effects: once unless the team says otherwise, or trusts the server’s own word', async () => {
  expect(await listOnce({})).toEqual(['s_i', 's_n', 's_t']);
  expect(await listOnce({ trust: 'annotations' })).toEqual(['s_n']);
  expect(await listOnce({ effects: { n: 'read', t: 'once' }, trust: 'annotations' })).toEqual(['s_t']);
});

test('a resumed run takes recorded calls and the list of tools from its journal: the server is not even started', async () => {
  const log = newLog();
  const team = teamWith({ box: toolbox(log) }, ['mcp:box/store']);
  const store = new MemoryStore();
  const stop = new AbortController();
  let steps = 0;
  const model = scriptedModel(async (request) => {
    steps += 1;
    if (!request.prompt.some(({ role }) => role === 'tool'))
      return { toolCalls: [{ id: 'c', name: 'box_store', input: { text: 'it' } }] };
    if (steps === 2) {
      stop.abort(new Error('Interrupted.'));
      await new Promise((_resolve, reject) => request.abortSignal?.addEventListener('abort', reject, { once: true }));
    }
    return 'kept';
  });
  const options = { model, store, runId: 'r' };
  await runTask({ ...options, task: 't', team, strategy: 'single', signal: stop.signal }).catch(() => {});
  expect(linesOf(log)).toEqual([expect.stringMatching(/^start/), 'store it']);
  expect(startsOf(log).map(isAlive)).toEqual([false]);
  const result = await resumeRun(options);
  expect(result).toMatchObject({ status: 'succeeded', deliverable: 'kept' });
  expect(linesOf(log)).toHaveLength(2);
});

test('a tool that the team wants approved waits for a person, who sees its input', async () => {
  const log = newLog();
  const team = teamWith({ box: toolbox(log) }, ['mcp:box/echo', 'mcp:box/store'], { approvals: { tools: ['mcp:box/store'] } });
  const store = new MemoryStore();
  const model = callingModel({ name: 'box_echo', input: { text: 'hi' } }, { name: 'box_store', input: { text: 'it' } });
  const waiting = await runTask({ task: 't', team, model, strategy: 'single', store, runId: 'r' });
  expect(waiting).toMatchObject({ status: 'waiting', waiting: [{ kind: 'tool', tool: 'box_store', input: { text: 'it' } }] });
  expect(linesOf(log).slice(1)).toEqual(['echo hi']);
  await answerRun(store, 'r', { type: 'approve', by: 'ada' });
  expect(outputsOf(await resumeRun({ model, store, runId: 'r' })).map(({ value }) => value)).toEqual([
    'said hi',
    { kept: 'it', at: 1 },
  ]);
  expect(linesOf(log).filter((line) => !line.startsWith('start'))).toEqual(['echo hi', 'store it']);
});

test('a tool that a server has not fails the attempt, with those it has', async () => {
  const failing = teamWith({ box: toolbox(newLog()) }, ['mcp:box/ecoh']);
  const { subtasks } = await runTask({
    task: 't',
    team: failing,
    model: callingModel(),
    strategy: 'single',
    store: new MemoryStore(),
  });
  expect(subtasks[0]?.error).toMatchObject({
    code: 'tool-unknown',
    message: 'The MCP server "box" has no tool "ecoh". Its tools: echo, store, environment, refuse, picture, wait.',
  });
});

test('tools whose names would be the same are told apart, a built-in one first', async () => {
  const names = ['mcp:files/*', 'files_read', 'mcp:files/a.b'];
  const team = teamWith({ files: hostile('names', { allowAll: true }) }, names);
  const model = callingModel();
  await runTask({ task: 't', team, model, strategy: 'single', store: new MemoryStore() });
  const shown = Object.entries(shownTools(model)).map(([name, { description }]) => [name, description.slice(0, 10)]);
  expect(shown).toEqual([
    ['files_read', 'Read lines'],
    ['files_a_b', 'Tool "a b"'],
    ['files_a_b_2', 'Tool "a.b"'],
    ['files_read_2', 'Tool "read'],
    [expect.stringMatching(/^files_x{49}_[0-9a-f]{8}$/), 'Tool "xxxx'],
  ]);
});

test('cancelling a run tells the server, and after its end nothing is left of it', async () => {
  const log = newLog();
  const team = teamWith({ box: toolbox(log) }, ['mcp:box/wait']);
  const run = runTask({
    task: 't',
    team,
    model: callingModel({ name: 'box_wait', input: {} }),
    strategy: 'single',
    store: new MemoryStore(),
  });
  await expect.poll(() => linesOf(log), { timeout: 10_000 }).toContain('wait');
  run.cancel('Enough.');
  expect((await run).status).toBe('cancelled');
  expect(linesOf(log).slice(1)).toEqual(['wait', 'cancelled']);
  const [pid = 0] = startsOf(log);
  expect(isAlive(pid)).toBe(false);
});

test('cancelling a run does not wait for a server that is starting', async () => {
  const log = newLog();
  const team = teamWith({ s: hostile('hang-silently', { log }) }, ['mcp:s/t']);
  const run = runTask({ task: 't', team, model: callingModel(), strategy: 'single', store: new MemoryStore() });
  await expect.poll(() => linesOf(log), { timeout: 10_000 }).toContain('start');
  run.cancel('Enough.');
  const cancelledAt = performance.now();
  expect((await run).status).toBe('cancelled');
  expect(performance.now() - cancelledAt).toBeLessThan(10_000);
});

test('a folder that is not there is named', async () => {
  const team = teamWith({ s: hostile('t', { cwd: '/no/such/folder' }) }, ['mcp:s/t']);
  const { subtasks } = await runTask({ task: 't', team, model: callingModel(), strategy: 'single', store: new MemoryStore() });
  expect(subtasks[0]?.error?.message).toMatch(/could not be started: .*there is no folder "\/no\/such\/folder"/);
});

test('a server that ends neither with its input nor when it is asked is killed, and so is what it has started', async () => {
  const folder = makeTemporaryFolder();
  const pids = join(folder, 'pids');
  const script = `trap '' TERM; (trap '' TERM; sleep 60 & echo $! >> ${pids}; wait) & echo $$ >> ${pids}; exec "$0" "$@"`;
  const command = { command: 'sh', args: ['-c', script, process.execPath, serverFile('hostile'), 'stubborn'] };
  const outputs = await callTools(teamWith({ s: command }, ['mcp:s/t']), { name: 's_t', input: {} });
  expect(outputs).toHaveLength(1);
  const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  expect(started).toHaveLength(2);
  for (const pid of started) await expect.poll(() => isAlive(pid)).toBe(false);
});

test('a server does not outlive a planwright that is killed', async () => {
  const folder = makeTemporaryFolder();
  const log = join(folder, 'log');
  const support = new URL('../support/mcp-run.ts', import.meta.url).href;
  const script = `
    import { MemoryStore, runTask } from 'planwright';
    import { callingModel, hostile, teamWith } from ${JSON.stringify(support)};
    const team = teamWith({ s: hostile('stubborn-hang', { log: ${JSON.stringify(log)} }) }, ['mcp:s/t']);
    await runTask({ task: 't', team, model: callingModel({ name: 's_t', input: {} }), strategy: 'single', store: new MemoryStore() });`;
  const child = spawn(process.execPath, ['--conditions=planwright:source', '--input-type=module', '--eval', script], {
    stdio: 'inherit',
  });
  await expect.poll(() => linesOf(log), { timeout: 15_000 }).toContain('call t');
  const [pid = 0] = linesOf(log).flatMap((line) => (/^pid (\d+)$/.exec(line) ?? []).slice(1).map(Number));
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
});
