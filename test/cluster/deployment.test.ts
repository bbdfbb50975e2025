/** What examples/deploy says is what runs: its commands are started as processes, as a compose or systemd would. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CommandProcess, runCommand, startCommand, writeDocuments } from '../cli/command-process.ts';
import { type PostgresServer, postgresAvailability, queryOnce, startPostgres } from '../support/postgres.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { deployFolder, readCompose, readDeployFile, readEnvironmentFile, readUnit } from './deploy-files.ts';
import { askFor, planwrightOn, readMetrics, withEngine } from './worker-command.ts';

const { skip, because } = postgresAvailability();
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
const systemdBecause = hasSystemd ? '' : ' (no systemd-analyze here)';

describe.skipIf(skip)(`examples/deploy${because}`, () => {
  let server: PostgresServer;
  let url = '';
  beforeAll(async () => {
    server = await startPostgres();
    await server.query('CREATE DATABASE planwright');
    url = `postgres://planwright@127.0.0.1:${server.port}/planwright`;
    const superuser = `postgres://postgres@127.0.0.1:${server.port}/planwright`;
    // psql's own part of the file; the rest is SQL.
    const sql = readDeployFile('schema.sql')
      .replace(/^\\getenv .*$/m, '')
      .replaceAll(":'password'", "'for-the-test'");
    await queryOnce(superuser, sql);
  }, 60_000);
  afterAll(() => server?.remove());

  const here = (text: string): string => text.replace('postgres:5432', `127.0.0.1:${server.port}`);

  test('the role owns its schema, and may make nothing else', async () => {
    await expect(queryOnce(url, 'CREATE SCHEMA other')).rejects.toMatchObject({ code: '42501' });
    await expect(queryOnce(url, 'CREATE TABLE public.other (a integer)')).rejects.toMatchObject({ code: '42501' });
  });

  test('compose.yaml: the store is made, two kinds of workers do a run, and all leave at SIGTERM', async () => {
    const services = readCompose({ PLANWRIGHT_DB_PASSWORD: 'for-the-test' });
    expect(Object.keys(services)).toEqual(['postgres', 'init', 'worker', 'coder']);
    const folder = makeTemporaryFolder();
    writeDocuments(folder);
    const startService = async (name: string, port: number): Promise<{ process: CommandProcess; healthcheck: string[] }> => {
      const { command = [], environment = {}, healthcheck } = services[name] ?? {};
      const local = (text: string): string =>
        here(text).replace('0.0.0.0:9464', `127.0.0.1:${port}`).replace(':9464', `:${port}`);
      const [program, ...args] = command.map(local);
      expect(program).toBe('planwright');
      const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, here(value)]));
      return { process: startCommand(folder, args, { env }), healthcheck: (healthcheck?.test ?? []).map(local) };
    };
    const init = await startService('init', 0);
    expect(await init.process.ended).toMatchObject({ code: 0 });

    const started = await Promise.all(['worker', 'coder'].map(async (name) => startService(name, await findPort())));
    for (const { process } of started) await process.untilSaid('/metrics\n');
    for (const { healthcheck } of started) {
      const [kind, program = '', ...args] = healthcheck;
      expect([kind, program]).toEqual(['CMD', 'node']);
      expect(spawnSync(process.execPath, args).status).toBe(0);
    }
    const planwright = planwrightOn(folder, url);
    const run = await planwright(
      'run',
      'What are the risks? What are the costs?',
      '--files',
      'docs',
      '--strategy',
      'team',
      '--json',
    );
    expect({ code: run.code, ...JSON.parse(run.stdout) }).toMatchObject({ code: 0, status: 'succeeded' });
    expect(run.stderr).not.toMatch(/No worker/);
    const connections = await server.query("SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename = 'planwright'");
    // compose.yaml says 21 for a worker.
    expect(connections[0]?.['count']).toBeLessThanOrEqual(42);

    for (const { process: worker } of started) worker.child.kill('SIGTERM');
    for (const { process: worker } of started) expect((await worker.ended).code).toBe(0);
    for (const { healthcheck } of started) expect(spawnSync(process.execPath, healthcheck.slice(2)).status).not.toBe(0);
  }, 90_000);

  test('systemd: the command lines of the units', async () => {
    const folder = makeTemporaryFolder();
    await runCommand(folder, ['store', 'init', url]);
    const environment = readEnvironmentFile('systemd/worker.env');
    expect(Object.keys(environment)).toEqual(['PLANWRIGHT_STORE', 'PGPASSWORD']);
    const given = new URL(environment['PLANWRIGHT_STORE'] ?? '');
    expect([given.username, given.pathname, given.search]).toEqual(['planwright', '/planwright', '?sslmode=verify-full']);
    const start = (unit: string, instance = '', options = '') => {
      const { execStart, settings } = readUnit(unit, instance, { WORKER_OPTIONS: options });
      expect(execStart[0]).toBe('/usr/local/bin/planwright');
      expect(settings.get('User')).toBe('planwright');
      return startCommand(
        folder,
        execStart.slice(1).map((word) => word.replace(/^9464$/, '0')),
        { env: { PLANWRIGHT_STORE: url } },
      );
    };
    const all = start('planwright-worker.service');
    const coder = start('planwright-worker@.service', 'coder', '--concurrency 2 --health 0');
    await all.untilSaid(' takes all roles and runs from ');
    await coder.untilSaid(' takes coder from ');
    const cards = await withEngine(url, (engine) => engine.workers());
    expect(cards.map(({ roles, runs }) => ({ roles, runs })).toSorted((a, b) => Number(a.runs) - Number(b.runs))).toEqual([
      { roles: ['coder'], runs: false },
      { roles: null, runs: true },
    ]);
    expect(await start('planwright-gc.service').ended).toMatchObject({ code: 0 });
    for (const worker of [all, coder]) {
      worker.child.kill('SIGTERM');
      expect((await worker.ended).code).toBe(0);
    }
  }, 60_000);

  test('alerts.yaml: every figure that an alert asks for is one that a worker gives', async () => {
    const folder = makeTemporaryFolder();
    await runCommand(folder, ['store', 'init', url]);
    const worker = startCommand(folder, ['worker', '--health', '0'], { env: { PLANWRIGHT_STORE: url } });
    await worker.untilSaid('/metrics\n');
    const [address = ''] = /http:\S+/.exec(worker.output.stderr) ?? [];
    const { body } = await askFor(address);
    readMetrics(body);
    const known = new Set([...body.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
    const { groups } = parse(readDeployFile('alerts.yaml')) as { groups: { rules: { alert: string; expr: string }[] }[] };
    const asked = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => expr.match(/planwright_\w+/g) ?? []));
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  }, 60_000);
});

test.skipIf(!hasSystemd)(`systemd-analyze verifies the units${systemdBecause}`, () => {
  const folder = makeTemporaryFolder();
  mkdirSync(join(folder, 'bin'));
  const planwright = join(folder, 'bin/planwright');
  writeFileSync(planwright, '#!/bin/sh\n');
  chmodSync(planwright, 0o755);
  const names = readdirSync(fileURLToPath(new URL('systemd/', deployFolder))).filter((name) => !name.endsWith('.env'));
  expect(names.length).toBe(4);
  const units = names.map((name) => {
    // Of a template an instance is verified.
    const path = join(folder, name.replace('@.', '@coder.'));
    writeFileSync(path, readDeployFile(`systemd/${name}`).replaceAll('/usr/local/bin/planwright', planwright));
    return path;
  });
  const said = execFileSync('systemd-analyze', ['verify', '--man=no', ...units], { encoding: 'utf8', stdio: 'pipe' });
  expect(said).toBe('');
});

function findPort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
