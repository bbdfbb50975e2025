/** What a worker needs of a run comes from the store: it may stand in another folder, on another machine. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineTeam, renderRunPatch } from 'planwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startScriptedServer } from '../../src/testing/index.ts';
import { startCommand, writeDocuments } from '../cli/command-process.ts';
import { serverFile } from '../support/mcp-run.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { step } from '../support/small-team.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { planOf } from './small-cluster.ts';
import { makeStore, planwrightOn, startWorkerCommand, until, withEngine } from './worker-command.ts';

const { skip, because } = postgresAvailability();
const writingRole = (name: string) => ({ description: name, instructions: `You are the ${name}.`, tools: ['workspace'] });
const none = { retries: 0, reroutes: 0, replans: 0 };

describe.skipIf(skip)(`work away from home${because}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  test('files are read once by the command, and by workers from the store: the originals may be gone', async () => {
    const [home, away, url] = [makeTemporaryFolder(), makeTemporaryFolder(), await makeStore(server)];
    writeDocuments(home);
    // Somebody drives runs, and nobody works yet.
    await startWorkerCommand(away, url, { args: ['--roles', 'nobody', '--runs'] });
    const detached = await startCommand(
      home,
      ['run', 'What is the main risk of the harbor bridge?', '--files', 'docs', '--strategy', 'single', '--detach'],
      { env: { PLANWRIGHT_STORE: url } },
    ).ended;
    expect(detached.code).toBe(0);
    rmSync(join(home, 'docs'), { recursive: true });
    await startWorkerCommand(away, url, { args: ['--no-runs'] });
    const shown = await planwrightOn(away, url)('resume', detached.stdout.trim(), '--json');
    const { status, deliverable, citations } = JSON.parse(shown.stdout);
    expect(status).toBe('succeeded');
    expect(deliverable).toContain('corrosion of its steel cables');
    expect(citations).toMatchObject([{ file: 'risks.md', line: 3 }]);
  }, 60_000);

  test('workspaces: each of two workers writes its part, and the result is one patch', async () => {
    const [home, away, url] = [makeTemporaryFolder(), makeTemporaryFolder(), await makeStore(server)];
    writeDocuments(home);
    await using model = await startScriptedServer(({ text, body }) => {
      const name = /do (\w+)\n<\/instruction>/.exec(text)?.[1] ?? '';
      if (body.messages.some(({ role }) => role === 'tool')) return `wrote ${name}`;
      return { toolCalls: [{ name: 'write_file', input: { path: `${name}.txt`, content: `by ${name}\n` } }] };
    });
    const team = defineTeam({
      name: 't',
      workspace: {},
      roles: { finder: writingRole('finder'), writer: writingRole('writer') },
      limits: none,
    });
    await Promise.all(['finder', 'writer'].map((name) => startWorkerCommand(away, url, { args: ['--roles', name, '--runs'] })));
    await withEngine(url, async (engine) => {
      const plan = planOf(step('one'), step('two', 'writer'), step('three', 'writer', ['one', 'two']));
      const result = await engine.start({ task: 't', team, plan, model: model.spec, files: join(home, 'docs') });
      expect(result).toMatchObject({ status: 'succeeded', deliverable: 'wrote three' });
      const patch = await renderRunPatch(engine.store, result.runId);
      expect([...patch.matchAll(/^\+(by \w+)$/gm)].map(([, line]) => line)).toEqual(['by one', 'by three', 'by two']);
    });
  }, 60_000);

  test('an MCP server over stdio is started by the worker that takes the role, with its own environment', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    await using model = await startScriptedServer(({ body }) =>
      body.messages.some(({ role }) => role === 'tool') ? 'done' : { toolCalls: [{ name: 'box_store', input: { text: 'x' } }] },
    );
    const team = defineTeam({
      name: 't',
      roles: { finder: { instructions: 'You are the finder.', tools: ['mcp:box/store'] } },
      mcp: { box: { command: process.execPath, args: [serverFile('toolbox')], env: { LOG: '{env:TOOL_LOG}' } } },
      limits: none,
    });
    const log = join(folder, 'worker.log');
    await startWorkerCommand(folder, url, { args: ['--roles', 'finder'], env: { TOOL_LOG: log } });
    const driverLog = join(folder, 'driver.log');
    await startWorkerCommand(folder, url, { args: ['--roles', 'nobody', '--runs'], env: { TOOL_LOG: driverLog } });
    await withEngine(url, async (engine) => {
      const result = await engine.start({ task: 't', team, plan: planOf(step('a')), model: model.spec });
      expect(result.status).toBe('succeeded');
    });
    expect(readFileSync(log, 'utf8')).toMatch(/^start \d+\nstore x\n/);
    // Who drives the run starts no server.
    expect(existsSync(driverLog)).toBe(false);
  }, 60_000);

  test('what a pattern matches is in no table, DBOS’s own included', async () => {
    const [folder, url] = [makeTemporaryFolder(), await makeStore(server)];
    const secret = /[a-z]+@people\.example/;
    await using model = await startScriptedServer(({ text }) =>
      text.includes('do bad') ? { status: 400, message: 'Ask erik@people.example.' } : 'Write to anna@people.example',
    );
    const team = defineTeam({
      name: 't',
      redact: ['email'],
      roles: { finder: { instructions: 'You are the finder.' }, writer: { instructions: 'You are the writer.' } },
      limits: none,
    });
    const worker = await startWorkerCommand(folder, url);
    await withEngine(url, async (engine) => {
      const plan = planOf(
        step('a'),
        { ...step('bad'), instruction: 'do bad for paul@people.example' },
        step('b', 'writer', ['a']),
      );
      const run = engine.start({ task: 'Ask tanja@people.example', team, plan, model: model.spec });
      expect(await run).toMatchObject({ status: 'partial' });
    });
    await until(async () => (await fetch(`${worker.health}/metrics`)).ok, 'it answers');
    expect(model.requests.map(({ text }) => secret.test(text))).toEqual(model.requests.map(() => false));
    const schema = new URL(url).searchParams.get('schema') ?? '';
    const tables = await server.query('SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1', [
      schema,
    ]);
    const names = tables.map(({ name }) => String(name));
    expect(names).toEqual(
      expect.arrayContaining(['pw_events', 'pw_calls', 'pw_results', 'workflow_status', 'operation_outputs']),
    );
    let seen = '';
    for (const name of names) {
      for (const { row } of await server.query(`SELECT to_jsonb(t)::text AS row FROM "${schema}"."${name}" AS t`)) {
        // Bytes are shown in hexadecimal digits.
        seen += String(row).replace(/\\\\x((?:[0-9a-f]{2})+)/g, (_all, hex: string) => Buffer.from(hex, 'hex').toString());
      }
    }
    expect(seen).toContain('[email]');
    expect(secret.exec(seen)?.[0]).toBe(undefined);
  }, 60_000);
});
