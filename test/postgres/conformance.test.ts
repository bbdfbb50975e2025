import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initPostgresStore, openPostgresStore } from '../../src/engine/postgres/index.ts';
import { listStoreCases } from '../../src/engine/store-conformance.ts';
import { makeEntries, makeRun } from '../../src/engine/store-records.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';

const { skip, because } = postgresAvailability();

describe.skipIf(skip)(`a store on PostgreSQL${because}`, () => {
  let server: PostgresServer;
  let schemas = 0;

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  const openEmptyStore = async () => {
    schemas += 1;
    const url = server.urlOf(`store_${schemas}`);
    await initPostgresStore(url);
    return openPostgresStore(url);
  };

  test.each(listStoreCases(openEmptyStore))(
    '$name',
    async ({ run }) => {
      await expect(run()).resolves.toBe(undefined);
    },
    60_000,
  );

  test('what the server cannot keep is refused alone, not with all that was written in the same turn', async () => {
    const store = await openEmptyStore();
    // Longer than an entry of PostgreSQL's indexes.
    const long = randomBytes(20_000).toString('base64');
    const outcomes = await Promise.allSettled([
      store.createRun(makeRun('a')),
      store.createRun(makeRun(long)),
      store.appendEvents('a', makeEntries(1, 1)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(store.createRun(makeRun(long))).rejects.toMatchObject({ code: 'store-failed' });
    expect(await store.readEvents('a')).toEqual(makeEntries(1, 1));
    await store.close();
  });
});
