/** One core on every engine: memory, SQLite, and DBOS on PostgreSQL pass the same cases. */
import { join } from 'node:path';
import { MemoryStore, openSqliteStore, type Store } from 'planwright';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { initDbosStore, openDbosEngine, openPostgresStore, startWorker } from '../src/engine/dbos/index.ts';
import { createLocalEngine } from '../src/engine/engine.ts';
import { type EngineMeans, type EngineUnderTest, listEngineCases } from '../src/engine/engine-conformance.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from './support/postgres.ts';
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

describe('memory', () => {
  const open = async (means: EngineMeans) => {
    const store = new MemoryStore();
    return onStore(store, means, async () => store);
  };
  for (const { name, run } of listEngineCases(open)) test(name, run);
});

describe('SQLite', () => {
  let opened = 0;
  const folder = makeTemporaryFolder();
  const open = async (means: EngineMeans) => {
    const file = join(folder, `${(opened += 1)}.db`);
    return onStore(await openSqliteStore(file), means, () => openSqliteStore(file));
  };
  for (const { name, run } of listEngineCases(open)) test(name, run);
});

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
    await initDbosStore(url);
    return openOn(url, means);
  };
  for (const { name, run } of listEngineCases(open)) test(name, { timeout: 60_000 }, run);
});
