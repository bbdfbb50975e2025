import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { startStoreProcess } from '../../test/support/store-process.ts';
import { makeTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { PlanwrightError } from '../errors.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { makeEntries, makeRun } from './store-records.ts';

describe('where a store is', () => {
  test('a folder that is not there is made for its owner alone', async () => {
    const folder = join(makeTemporaryFolder(), 'deep', '.planwright');
    const store = await openSqliteStore(folder);
    expect(store.location).toBe(join(folder, 'planwright.db'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    await store.close();
  });

  test.each(['own.db', 'own.sqlite', 'own.sqlite3'])('a name like %s is a file', async (name) => {
    const file = join(makeTemporaryFolder(), name);
    const store = await openSqliteStore(file);
    expect(store.location).toBe(file);
    await store.close();
    expect(statSync(file).isFile()).toBe(true);
  });

  test('a file is a file whatever its name, a folder a folder', async () => {
    const folder = makeTemporaryFolder();
    writeFileSync(join(folder, 'no-extension'), '');
    mkdirSync(join(folder, 'folder.db'));
    const inFile = await openSqliteStore(join(folder, 'no-extension'));
    expect(inFile.location).toBe(join(folder, 'no-extension'));
    await inFile.close();
    const inFolder = await openSqliteStore(join(folder, 'folder.db'));
    expect(inFolder.location).toBe(join(folder, 'folder.db', 'planwright.db'));
    await inFolder.close();
  });

  test('names that mean something in a URI are just names', async () => {
    const file = join(makeTemporaryFolder(), 'a?mode=memory#b%20c.db');
    await (await openSqliteStore(file)).close();
    await (await openSqliteStore(file)).close();
    expect(statSync(file).size).toBeGreaterThan(0);
  });

  test('a place where no folder can be made is an error that names it', async () => {
    const folder = makeTemporaryFolder();
    writeFileSync(join(folder, 'text'), 'words');
    mkdirSync(join(folder, 'store', 'planwright.db'), { recursive: true });
    await expect(openSqliteStore(join(folder, 'text', 'store'))).rejects.toMatchObject({ code: 'store-failed' });
    await expect(openSqliteStore(join(folder, 'store'))).rejects.toMatchObject({
      code: 'store-failed',
      message: `${join(folder, 'store', 'planwright.db')} is not a file. Give another path with --store.`,
    });
  });

  test('a file of length zero becomes a store', async () => {
    const folder = makeTemporaryFolder();
    writeFileSync(join(folder, 'planwright.db'), '');
    const store = await openSqliteStore(folder);
    expect(await store.listRuns()).toEqual([]);
    await store.close();
  });
});

describe('files that are refused and left untouched', () => {
  const spoil: Record<string, { code: string; make: (file: string) => Promise<void> | void }> = {
    'random bytes': { code: 'store-corrupt', make: (file) => writeFileSync(file, randomBytes(20_000)) },
    'one byte': { code: 'store-corrupt', make: (file) => writeFileSync(file, 'x') },
    text: { code: 'store-corrupt', make: (file) => writeFileSync(file, 'A diary.\n'.repeat(1000)) },
    "another application's database": { code: 'store-corrupt', make: (file) => runSql(file, 'CREATE TABLE songs (title)') },
    'an empty database of nobody': { code: 'store-corrupt', make: (file) => runSql(file, 'PRAGMA user_version = 1; VACUUM') },
    'a store cut in half': {
      code: 'store-corrupt',
      make: async (file) => {
        await makeStore(file);
        truncateSync(file, statSync(file).size / 2);
      },
    },
    'a store cut within its header': {
      code: 'store-corrupt',
      make: async (file) => {
        await makeStore(file);
        truncateSync(file, 70);
      },
    },
    'a store with a page of noise': {
      code: 'store-corrupt',
      make: async (file) => {
        await makeStore(file);
        const bytes = readFileSync(file);
        writeFileSync(file, Buffer.concat([bytes.subarray(0, 8192), randomBytes(4096), bytes.subarray(12_288)]));
      },
    },
    'a store without a table': {
      code: 'store-corrupt',
      make: async (file) => {
        await makeStore(file);
        runSql(file, 'DROP TABLE leases');
      },
    },
    'a store of a newer version': {
      code: 'store-newer',
      make: async (file) => {
        await makeStore(file);
        runSql(file, 'PRAGMA user_version = 99');
      },
    },
    'an empty file with a log beside it': {
      code: 'store-corrupt',
      make: (file) => {
        writeFileSync(file, '');
        writeFileSync(`${file}-wal`, randomBytes(5000));
      },
    },
  };

  test.each(Object.entries(spoil))('%s', async (_name, { code, make }) => {
    const folder = makeTemporaryFolder();
    const file = join(folder, 'planwright.db');
    await make(file);
    const before = describeFolder(folder);
    const error = await openSqliteStore(folder).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(PlanwrightError);
    expect(error).toMatchObject({ code, location: { file } });
    expect(describeFolder(folder)).toEqual(before);
  });

  test('the error for a newer store names both versions', async () => {
    const file = join(makeTemporaryFolder(), 'own.db');
    await makeStore(file);
    runSql(file, 'PRAGMA user_version = 99');
    await expect(openSqliteStore(file)).rejects.toThrow(
      `${file} is a store of version 99; this Planwright knows versions up to 4. It was left untouched: update Planwright, or give another path with --store.`,
    );
  });

  test.each([
    { version: 1, undo: 'DROP TABLE outcomes; DROP TABLE calibrations' },
    { version: 2, undo: 'DROP TABLE calibrations' },
    { version: 3, undo: '' },
  ])('a store of version $version gains what came later, and keeps its runs', async ({ version, undo }) => {
    const file = join(makeTemporaryFolder(), 'own.db');
    runSql(file, `${readFileSync(storeOfVersion3, 'utf8')}${undo}; PRAGMA user_version = ${version}`);
    const store = await openSqliteStore(file);
    expect(await store.getRun('r')).toEqual(makeRun('r', { status: 'waiting', setup: { kept: true } }));
    expect((await store.listRuns({ rootRunId: 'r' })).map(({ runId }) => runId)).toEqual(['r.s.1', 'r']);
    expect(await store.readEvents('r')).toEqual(makeEntries(1, 2));
    expect((await store.readSignals('r')).map(({ signal }) => signal)).toEqual([{ type: 'approve', by: 'ana' }]);
    expect(await store.sumCalls('r')).toEqual({ calls: 2, tokens: 15 + 12, usd: 0.5 });
    expect(await store.sumCalls('r', 'r.s.1')).toEqual({ calls: 1, tokens: 12, usd: 0 });
    expect((await store.listOutcomes()).map(({ runId }) => runId)).toEqual(version === 1 ? [] : ['other']);
    expect((await store.getCalibration('c'))?.madeMs).toBe(version === 3 ? 1 : undefined);
    expect(await store.collectGarbage()).toEqual({ values: 1, blobs: 0, bytes: 4102 });
    expect(await store.deleteRun('r')).toBe(true);
    expect((await store.listRuns()).map(({ runId }) => runId)).toEqual(['other']);
    await store.close();
  });

  test('a migration that fails leaves the store as it was', async () => {
    const folder = makeTemporaryFolder();
    const file = join(folder, 'own.db');
    // The last step finds a table in its way.
    runSql(file, `${readFileSync(storeOfVersion3, 'utf8')}CREATE TABLE pauses (model TEXT)`);
    const before = hashFile(file);
    await expect(openSqliteStore(file)).rejects.toMatchObject({ code: 'store-failed' });
    expect(hashFile(file)).toBe(before);
  });

  test('a header with any byte changed either opens or is refused untouched', async () => {
    const folder = makeTemporaryFolder();
    const file = join(folder, 'own.db');
    await makeStore(file);
    const whole = readFileSync(file);
    const outcomes = new Set<string>();
    for (let offset = 0; offset < 100; offset += 1) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(offset) ^ 0xff, offset);
      writeFileSync(file, bytes);
      const before = describeFolder(folder);
      const outcome = await openSqliteStore(file).then(
        (store) => store.close().then(() => 'opened'),
        (error) => error.code,
      );
      const after = outcome === 'opened' ? before : describeFolder(folder);
      expect([offset, after]).toEqual([offset, before]);
      outcomes.add(outcome);
    }
    expect([...outcomes].toSorted()).toEqual(['opened', 'store-corrupt', 'store-newer']);
  });

  test('a newer version that only the log of a killed process tells of is seen, and the log kept', async () => {
    const folder = makeTemporaryFolder();
    const file = join(folder, 'planwright.db');
    await makeStore(file);
    const script = `
      const { DatabaseSync } = await import('node:sqlite');
      new DatabaseSync(store.location).exec('PRAGMA user_version = 7');
      process.kill(process.pid, 'SIGKILL');`;
    await startStoreProcess(folder, script).ended;
    const before = [hashFile(file), hashFile(`${file}-wal`), readdirSync(folder)];
    await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'store-newer' });
    expect([hashFile(file), hashFile(`${file}-wal`), readdirSync(folder)]).toEqual(before);
  });
});

const storeOfVersion3 = new URL('../../test/fixtures/store-v3.sql', import.meta.url);

async function makeStore(file: string): Promise<void> {
  const store = await openSqliteStore(file);
  for (const letter of ['a', 'b', 'c']) await store.putValue(letter.repeat(30_000));
  await store.close();
}

function runSql(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

/** Names, modes, times and content of everything in it. */
function describeFolder(folder: string): unknown[] {
  return readdirSync(folder).map((name) => {
    const { mode, mtimeMs, ino } = statSync(join(folder, name));
    return [name, mode, mtimeMs, ino, hashFile(join(folder, name))];
  });
}

function hashFile(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
