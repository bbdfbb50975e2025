/** One core on every engine: memory, SQLite, and DBOS on PostgreSQL pass the same cases. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defineTeam, importRuns, MemoryStore, openSqliteStore, type Store } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initStore, openDbosEngine, openPostgresStore, startWorker } from '../src/engine/dbos/index.ts';
import { createLocalEngine } from '../src/engine/engine.ts';
import { listEngineCases } from '../src/engine/engine-conformance.ts';
import type { EngineMeans, EngineUnderTest, OpenEngine } from '../src/engine/engine-stage.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from './support/postgres.ts';
import { restoreRuns, storedRuns } from './support/stored-runs.ts';
import { lookTool, storingModel, storingTeam } from './support/storing-team.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

function onStore(store: Store, means: EngineMeans, reopen: () => Promise<Store>): EngineUnderTest {
  const engine = createLocalEngine(store, means);
  return {
    ...engine,
    restart: async () => {
      await engine.close();
      return onStore(await reopen(), means, reopen);
    },
  };
}

/** Runs that an older version stored go on, on whatever engine they are put. */
function testOlderRuns(open: OpenEngine): void {
  test.each(storedRuns.filter(({ title }) => title.startsWith('interrupted')))(
    'stored by 0.1.0, $title: it goes on',
    {
      timeout: 60_000,
    },
    async (dump) => {
      const engine = await open({ model: storingModel(), tools: [lookTool] });
      await restoreRuns(engine.store, dump);
      const result = await engine.resume('r');
      expect(result).toMatchObject({
        status: 'succeeded',
        deliverable: 'writer did report-2 with [check-a,instead,together]',
      });
      await engine.close();
    },
  );
}

async function openOnMemory(means: EngineMeans): Promise<EngineUnderTest> {
  const store = new MemoryStore();
  return onStore(store, means, async () => store);
}

async function* newerArchive(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(`${JSON.stringify({ kind: 'archive', version: 99 })}\n`);
}

describe('memory', () => {
  const open = openOnMemory;
  test.each(listEngineCases(open))('$name', async ({ run }) => {
    await expect(run()).resolves.toBe(undefined);
  });
  testOlderRuns(open);

  test('what a newer version kept is refused: a store in memory is filled from an archive', async () => {
    await expect(importRuns(new MemoryStore(), newerArchive())).rejects.toMatchObject({ code: 'archive-invalid' });
  });
});

describe('SQLite', () => {
  let opened = 0;
  const folder = makeTemporaryFolder();
  const open = async (means: EngineMeans) => {
    const file = join(folder, `${(opened += 1)}.db`);
    return onStore(await openSqliteStore(file), means, () => openSqliteStore(file));
  };
  test.each(listEngineCases(open))('$name', async ({ run }) => {
    await expect(run()).resolves.toBe(undefined);
  });
  testOlderRuns(open);

  test('a store of an older version is brought up to date, and one of a newer version refused', async () => {
    const file = join(folder, 'versions.db');
    const older = new DatabaseSync(file);
    older.exec(readFileSync(new URL('fixtures/store-v3.sql', import.meta.url), 'utf8'));
    older.close();
    const store = await openSqliteStore(file);
    const runs = await store.listRuns();
    expect(runs.length).toBeGreaterThan(0);
    const lengths = await Promise.all(runs.map(async ({ runId }) => (await store.readEvents(runId)).length));
    expect(Math.max(...lengths)).toBeGreaterThan(0);
    await store.close();
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    await expect(openSqliteStore(file)).rejects.toMatchObject({ code: 'store-newer' });
  });
});

const queuedWork = `SELECT count(*) FROM garbage.workflow_status WHERE status = 'ENQUEUED' AND name = 'planwright.work'`;

const { skip, because } = postgresAvailability();

describe.skipIf(skip)(`DBOS on PostgreSQL${because}`, () => {
  let server: PostgresServer;
  let opened = 0;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  const openOn = async (url: string, { model, tools = [] }: EngineMeans): Promise<EngineUnderTest> => {
    const store = await openPostgresStore(url);
    const worker = await startWorker({ store, model, tools, concurrency: 16 });
    const engine = await openDbosEngine(store);
    const close = async (): Promise<void> => {
      await worker.drain(0);
      await engine.close();
      await store.close();
    };
    return {
      ...engine,
      close,
      restart: async () => {
        await close();
        return openOn(url, { model, tools });
      },
    };
  };
  const open = async (means: EngineMeans) => {
    const url = server.urlOf(`e${(opened += 1)}`);
    await initStore(url);
    return openOn(url, means);
  };
  test.each(listEngineCases(open))('$name', { timeout: 60_000 }, async ({ run }) => {
    await expect(run()).resolves.toBe(undefined);
  });
  testOlderRuns(open);

  test('a store of an older version is brought up to date on request, and its run goes on; a newer one is refused', {
    timeout: 60_000,
  }, async () => {
    const url = server.urlOf('versions');
    await initStore(url);
    const before = await openPostgresStore(url);
    const interrupted = storedRuns.find(({ title }) => title.startsWith('interrupted'));
    if (interrupted !== undefined) await restoreRuns(before, interrupted);
    await before.close();
    // As version 1 left it.
    await server.query('ALTER TABLE versions.pw_runs DROP COLUMN by_workers');
    await server.query('UPDATE versions.pw_meta SET version = 1');
    await expect(openPostgresStore(url)).rejects.toMatchObject({ code: 'store-older' });
    expect(await initStore(url)).toMatchObject({ fromVersion: 1, version: 2 });
    const engine = await openOn(url, { model: storingModel(), tools: [lookTool] });
    expect((await engine.resume('r')).status).toBe('succeeded');
    await engine.close();
    await server.query('UPDATE versions.pw_meta SET version = 99');
    await expect(openDbosEngine(url)).rejects.toMatchObject({ code: 'store-newer' });
  });

  test('who drives a run need not have what its roles need: a subtask fails at a worker that lacks it, and says so', {
    timeout: 60_000,
  }, async () => {
    const url = server.urlOf('lacking');
    await initStore(url);
    const engine = await openOn(url, { model: storingModel() });
    const team = defineTeam({
      name: 'lacking',
      roles: { finder: { model: 'http://127.0.0.1:9/v1#{env:NO_SUCH_VARIABLE}' } },
      limits: { retries: 0, reroutes: 0, replans: 0 },
    });
    const subtasks = [{ id: 'find', role: 'finder', instruction: 'Find it.', dependsOn: [] }];
    const plan = { version: 1 as const, task: 'the task', subtasks };
    const result = await engine.start({ task: 'the task', team, plan, model: 'custom:model' });
    expect(result).toMatchObject({ status: 'failed', subtasks: [{ status: 'failed', error: { code: 'secret-missing' } }] });
    await engine.close();
  });

  test('a role that owns one schema, and may make nothing else, is enough', { timeout: 60_000 }, async () => {
    await server.query('CREATE ROLE modest LOGIN');
    await server.query('REVOKE CREATE ON DATABASE postgres FROM PUBLIC');
    await server.query('CREATE SCHEMA own AUTHORIZATION modest');
    const url = server.urlOf('own').replace('postgres@', 'modest@');
    await initStore(url);
    const stage = { model: storingModel(), tools: [lookTool] };
    const engine = await openOn(url, stage);
    const run = engine.start({ task: 'the task', team: storingTeam, strategy: 'team', model: 'custom:model' });
    expect((await run).status).toBe('succeeded');
    await engine.close();
  });

  test('garbage is collected while work waits in a queue: what it needs is kept, and afterwards nothing is left', {
    timeout: 60_000,
  }, async () => {
    const url = server.urlOf('garbage');
    await initStore(url);
    const store = await openPostgresStore(url);
    const engine = await openDbosEngine(store);
    const model = storingModel();
    const driver = await startWorker({ store, model, tools: [lookTool], roles: ['nobody'], runs: true });
    const run = engine.start({ runId: 'r', task: 'the task', team: storingTeam, strategy: 'team', model: 'custom:model' });
    const waiting = async () => Number((await server.query(queuedWork))[0]?.['count']);
    while ((await waiting()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await store.collectGarbage({ minAgeMs: 0 });
    await driver.drain(0);
    const worker = await startWorker({ store, model, tools: [lookTool] });
    expect(await run).toMatchObject({ status: 'succeeded' });
    await worker.drain();
    expect(await server.query('SELECT count(*)::integer FROM garbage.pw_results')).toEqual([{ count: 0 }]);
    await store.deleteRun('r');
    await server.query('DELETE FROM garbage.workflow_input');
    await store.collectGarbage({ minAgeMs: 0 });
    expect(await server.query('SELECT count(*)::integer FROM garbage.pw_values')).toEqual([{ count: 0 }]);
    await engine.close();
    await store.close();
  });

  test('of runs that wait for a worker, the one of the lowest priority number goes first', { timeout: 60_000 }, async () => {
    const url = server.urlOf('priorities');
    await initStore(url);
    const store = await openPostgresStore(url);
    const engine = await openDbosEngine(store);
    const asked: string[] = [];
    const model = scriptedModel((request) => {
      asked.push(/task (\d+)/.exec(JSON.stringify(request.prompt))?.[1] ?? '');
      return 'done';
    });
    const runs = [5, 1, 3].map((priority) =>
      engine.start({ task: `task ${priority}`, strategy: 'single', model: 'custom:model', priority }),
    );
    while ((await store.listRuns()).length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const worker = await startWorker({ store, model, runConcurrency: 1 });
    await Promise.all(runs);
    expect(asked).toEqual(['1', '3', '5']);
    await worker.drain(0);
    await engine.close();
    await store.close();
  });
});
