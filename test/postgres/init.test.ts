import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initPostgresStore, openPostgresStore, readPostgresUrl } from '../../src/engine/postgres/index.ts';
import { schemaVersion } from '../../src/engine/postgres/postgres-schema.ts';
import { makeEntries, makeRun } from '../../src/engine/store-records.ts';
import { PlanwrightError } from '../../src/errors.ts';
import { type PostgresServer, postgresAvailability, queryOnce, startPostgres } from '../support/postgres.ts';

const { skip, because } = postgresAvailability();

describe.skipIf(skip)(`making a store on PostgreSQL${because}`, () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server?.remove());

  test('a store that is not there is not made silently', async () => {
    const url = server.urlOf('absent');
    await expect(openPostgresStore(url)).rejects.toMatchObject({
      code: 'store-missing',
      message: expect.stringContaining('planwright store init'),
    });
    expect(await server.query("SELECT 1 FROM pg_namespace WHERE nspname = 'absent'")).toEqual([]);
  });

  test('making it twice, or ten times at once, makes it once', async () => {
    const url = server.urlOf('many');
    const reports = await Promise.all(Array.from({ length: 10 }, () => initPostgresStore(url)));
    expect(reports.map(({ fromVersion }) => fromVersion).toSorted((a, b) => a - b)).toEqual([
      0,
      ...Array.from({ length: 9 }, () => schemaVersion),
    ]);
    const store = await openPostgresStore(url);
    await store.createRun(makeRun('a'));
    await initPostgresStore(url);
    expect(await store.getRun('a')).toEqual(makeRun('a'));
    await store.close();
  });

  test('a failure of what takes part leaves a store that can be completed', async () => {
    const url = server.urlOf('partly');
    await expect(initPostgresStore(url, { also: () => Promise.reject(new Error('no more')) })).rejects.toMatchObject({
      code: 'store-failed',
    });
    let asked = 0;
    await initPostgresStore(url, {
      also: async (client) => {
        asked += 1;
        await client.query('CREATE TABLE IF NOT EXISTS partly.other (a integer)');
      },
    });
    expect(asked).toBe(1);
    await (await openPostgresStore(url)).close();
  });

  test('an older store is refused until it is brought up to date; a newer one is left untouched', async () => {
    const url = server.urlOf('versions');
    await initPostgresStore(url);
    await server.query('UPDATE versions.pw_meta SET version = 0');
    await expect(openPostgresStore(url)).rejects.toMatchObject({ code: 'store-older' });
    await server.query('UPDATE versions.pw_meta SET version = 99');
    for (const refused of [openPostgresStore, initPostgresStore]) {
      await expect(refused(url)).rejects.toMatchObject({ code: 'store-newer', details: { version: 99 } });
    }
    expect(await server.query('SELECT version FROM versions.pw_meta')).toEqual([{ version: 99 }]);
  });

  test('a role that owns one schema and may create nothing in the database is enough', async () => {
    await server.query('CREATE DATABASE shared');
    const superuser = `postgres://postgres@127.0.0.1:${server.port}/shared`;
    await queryOnce(superuser, "CREATE ROLE tenant LOGIN PASSWORD 'hidden-word'");
    await queryOnce(superuser, 'CREATE SCHEMA mine AUTHORIZATION tenant');
    await queryOnce(superuser, 'REVOKE ALL ON DATABASE shared FROM PUBLIC');
    await queryOnce(superuser, 'GRANT CONNECT ON DATABASE shared TO tenant');
    await queryOnce(superuser, 'REVOKE ALL ON SCHEMA public FROM PUBLIC');
    const asTenant = `postgres://tenant:hidden-word@127.0.0.1:${server.port}/shared`;
    await initPostgresStore(`${asTenant}?schema=mine`);
    const store = await openPostgresStore(`${asTenant}?schema=mine`);
    await store.createRun(makeRun('a'));
    await store.acquireLease('a');
    await store.appendEvents('a', makeEntries(1, 2));
    expect(await store.collectGarbage({ minAgeMs: 0 })).toEqual({ values: 0, blobs: 0, bytes: 0 });
    await store.close();
    await expect(initPostgresStore(`${asTenant}?schema=other`)).rejects.toMatchObject({ code: 'store-failed' });
  });

  test('no message shows a password or a parameter', async () => {
    await server.query("CREATE ROLE guest LOGIN PASSWORD 'hidden-word'");
    const parameters = 'sslmode=disable&application_name=hidden-name';
    const urls = [
      `postgres://guest:hidden-word@127.0.0.1:${server.port}/postgres?schema=absent&${parameters}`,
      `postgres://guest:hidden-word@127.0.0.1:${server.port}/postgres?schema=BAD&${parameters}`,
      `postgres://guest:hidden-word@127.0.0.1:${server.port}/nowhere?${parameters}`,
      `postgres://guest:hidden-word@127.0.0.1:1/postgres?${parameters}`,
      `postgres://guest:hidden-word@127.0.0.1:${server.port}`,
      'postgres://guest:hidden-word@127.0.0.1:port/postgres',
    ];
    const codes: string[] = [];
    for (const url of urls) {
      for (const open of [openPostgresStore, initPostgresStore]) {
        const thrown: unknown = await open(url, { patienceMs: 100 }).catch((error: unknown) => error);
        expect(thrown).toBeInstanceOf(PlanwrightError);
        for (let error = thrown; error instanceof Error; error = error.cause) {
          expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/hidden/);
        }
        codes.push((thrown as PlanwrightError).code);
      }
    }
    expect(codes.filter((_, index) => index % 2 === 0)).toEqual([
      'store-missing',
      'usage',
      'store-failed',
      'store-failed',
      'usage',
      'usage',
    ]);
  });
});

describe('the URL of a store on PostgreSQL', () => {
  test.each([
    ['postgres://ana:pw@host/db', 'planwright', 'postgres://ana@host/db?schema=planwright'],
    ['postgresql://host:5433/db?schema=team_1&sslmode=require', 'team_1', 'postgres://host:5433/db?schema=team_1'],
    [
      'postgres:///db?host=/run/postgresql&password=pw',
      'planwright',
      'postgres:///db?host=%2Frun%2Fpostgresql&schema=planwright',
    ],
  ])('%s', (url, schema, location) => {
    expect(readPostgresUrl(url)).toMatchObject({ schema, location });
    expect(readPostgresUrl(url).connectionString).not.toContain('schema=');
  });

  test.each(['postgres://host', 'mysql://host/db', '/a/path', 'postgres://host/db?schema=a-b', 'postgres://host/db?schema=pg_x'])(
    '%s is refused',
    (url) => {
      expect(() => readPostgresUrl(url)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );
});
