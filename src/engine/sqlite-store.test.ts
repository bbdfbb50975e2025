import { readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { systemClock } from '../clock.ts';
import type { JournalEntry } from '../events.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { openStoreFile } from './open-store-file.ts';
import { openSqliteStore, SqliteStore } from './sqlite-store.ts';
import type { RunRecord } from './store.ts';
import { listStoreCases } from './store-conformance.ts';
import { makeCall } from './store-records.ts';

test.each(listStoreCases(() => openSqliteStore(makeTemporaryFolder())))('$name', async ({ run }) => {
  await expect(run()).resolves.toBe(undefined);
});

describe('durability', () => {
  test('what was written is there after closing and opening again', async () => {
    const folder = makeTemporaryFolder();
    const first = await openSqliteStore(folder);
    await first.createRun(makeRun('a'));
    await first.appendEvents('a', [makeEntry(1)]);
    const stored = await first.putValue('v'.repeat(5000));
    await first.close();
    const second = await openSqliteStore(folder);
    expect(await second.getRun('a')).toEqual(makeRun('a'));
    expect(await second.readEvents('a')).toEqual([makeEntry(1)]);
    expect(await second.getValue(stored)).toBe('v'.repeat(5000));
    await second.close();
  });

  test('closing writes what was still waiting and leaves one file', async () => {
    const folder = makeTemporaryFolder();
    const store = await openSqliteStore(folder);
    const writes = [store.createRun(makeRun('a')), store.appendEvents('a', [makeEntry(1)])];
    await store.close();
    await Promise.all(writes);
    expect(readdirSync(folder)).toEqual(['planwright.db']);
    const again = await openSqliteStore(folder);
    expect(await again.readEvents('a')).toEqual([makeEntry(1)]);
    await again.close();
  });

  test('commits wait for the disk', async () => {
    const { database } = await openStoreFile(makeTemporaryFolder());
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(database.prepare('PRAGMA busy_timeout').get()).toEqual({ timeout: 5000 });
    database.close();
  });

  test('an event that is changed after it was handed over is kept as it was', async () => {
    const store = await openSqliteStore(makeTemporaryFolder());
    await store.createRun(makeRun('a'));
    const entry = makeEntry(1);
    const appended = store.appendEvents('a', [entry]);
    entry.seq = 99;
    await appended;
    expect(await store.readEvents('a')).toEqual([makeEntry(1)]);
    await store.close();
  });
});

describe('failing transactions', () => {
  test('a full disk rejects the whole turn, keeps nothing of it, and the store works once there is room', async () => {
    const { store, database } = await openWithDatabase();
    await store.createRun(makeRun('a'));
    database.exec('PRAGMA max_page_count = 40');
    const turn = await Promise.allSettled([
      store.appendEvents('a', [makeEntry(1)]),
      store.putValue('x'.repeat(1_000_000)),
      store.createRun(makeRun('b')),
    ]);
    expect(turn.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual(Array(3).fill('store-failed'));
    expect(turn.map((outcome) => outcome.status === 'rejected' && outcome.reason.message)).toEqual(
      Array(3).fill(
        `The store ${store.location} could not be used: database or disk is full. ` +
          'Nothing of this write was kept; make room on the disk and try again.',
      ),
    );
    expect(await store.readEvents('a')).toEqual([]);
    expect(await store.getRun('b')).toBe(undefined);
    await store.appendEvents('a', [makeEntry(1)]);
    database.exec('PRAGMA max_page_count = 4294967294');
    await store.putValue('x'.repeat(1_000_000));
    await store.appendEvents('a', [makeEntry(2)]);
    expect(await store.readEvents('a')).toEqual([makeEntry(1), makeEntry(2)]);
    await store.close();
  });

  test('a defect in one write rejects the whole turn and leaves no transaction open', async () => {
    const { store } = await openWithDatabase();
    await store.createRun(makeRun('a'));
    const turn = [store.createRun(makeRun('b')), store.appendEvents('a', [{ ...makeEntry(1), atMs: Number.NaN }])];
    const outcomes = await Promise.allSettled(turn);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    await store.appendEvents('a', [makeEntry(1)]);
    expect(await store.readEvents('a')).toEqual([makeEntry(1)]);
    expect(await store.getRun('b')).toBe(undefined);
    await store.close();
  });

  test('a write lock that is never given back is an error, not a hang', async () => {
    const { store, database } = await openWithDatabase();
    await store.createRun(makeRun('a'));
    database.exec('PRAGMA busy_timeout = 1');
    const other = new DatabaseSync(store.location);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.appendEvents('a', [makeEntry(1)])).rejects.toMatchObject({ code: 'store-failed', recovery: 'retry' });
    expect(await store.readEvents('a')).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    await store.appendEvents('a', [makeEntry(1)]);
    expect(await store.readEvents('a')).toEqual([makeEntry(1)]);
    await store.close();
  });

  test('a write lock that is given back in time is waited for', async () => {
    const { store, database } = await openWithDatabase();
    database.exec('PRAGMA busy_timeout = 1');
    const other = new DatabaseSync(store.location);
    other.exec('BEGIN IMMEDIATE');
    const created = store.createRun(makeRun('a'));
    setImmediate(() => other.exec('COMMIT'));
    expect(await created).toBe(true);
    other.close();
    await store.close();
  });
});

describe('two stores on one file', () => {
  test('a process that lost its run cannot append over the one that went on', async () => {
    const folder = makeTemporaryFolder();
    const first = await openSqliteStore(folder);
    const second = await openSqliteStore(folder);
    await first.createRun(makeRun('a'));
    await first.appendEvents('a', [makeEntry(1)]);
    await second.appendEvents('a', [makeEntry(2), makeEntry(3)]);
    await expect(first.appendEvents('a', [makeEntry(2)])).rejects.toMatchObject({
      code: 'run-busy',
      message: 'Event 2 of run "a" is in the journal already, which ends at 3: another process has gone on with this run.',
    });
    await first.appendEvents('a', [makeEntry(4)]);
    expect(await second.readEvents('a')).toEqual([1, 2, 3, 4].map(makeEntry));
    await first.close();
    await second.close();
  });

  test('a run that another process removed is unknown, not a failed transaction', async () => {
    const { store } = await openWithDatabase();
    await store.createRun(makeRun('a'));
    await store.createRun(makeRun('b'));
    await store.appendEvents('a', [makeEntry(1)]);
    const other = new DatabaseSync(store.location);
    other.exec("DELETE FROM events; DELETE FROM runs WHERE run_id = 'a'");
    other.close();
    const appends = [store.appendEvents('a', [makeEntry(2)]), store.appendEvents('b', [makeEntry(1)])];
    await expect(appends[0]).rejects.toMatchObject({ code: 'run-unknown' });
    await appends[1];
    expect(await store.readEvents('b')).toEqual([makeEntry(1)]);
    await store.close();
  });
});

describe('damage that is met later', () => {
  test('a value whose text no longer has its hash is not returned', async () => {
    const { store, database } = await openWithDatabase();
    const stored = await store.putValue('x'.repeat(5000));
    database.exec(`UPDATE stored_values SET body = '"changed"'`);
    await expect(store.getValue(stored)).rejects.toMatchObject({ code: 'store-corrupt' });
    await store.close();
  });

  test('an event that is no longer JSON is an error that names the file', async () => {
    const { store, database } = await openWithDatabase();
    await store.createRun(makeRun('a'));
    await store.appendEvents('a', [makeEntry(1)]);
    database.exec(`UPDATE events SET body = '{"type":'`);
    await expect(store.readEvents('a')).rejects.toMatchObject({ code: 'store-corrupt', location: { file: store.location } });
    await store.close();
  });
});

async function openWithDatabase(): Promise<{ store: SqliteStore; database: DatabaseSync }> {
  const { database, file } = await openStoreFile(makeTemporaryFolder());
  return { store: new SqliteStore(database, file, systemClock), database };
}

function makeRun(runId: string): RunRecord {
  return {
    version: 1,
    runId,
    rootRunId: runId,
    parentRunId: null,
    task: 'Say hello.',
    status: 'running',
    strategy: 'auto',
    endReason: null,
    createdMs: 1,
    endedMs: null,
    setup: {},
  };
}

function makeEntry(seq: number): JournalEntry {
  return { version: 1, seq, atMs: seq, event: { type: 'timer-fired', timerId: `timer-${seq}` } };
}

describe('garbage', () => {
  test('a value is as young as its last put, and an hour is kept whole', async () => {
    const time = fakeClock();
    const store = await openSqliteStore(makeTemporaryFolder(), { clock: time.clock });
    await store.putValue('a'.repeat(5000));
    await store.putValue('b'.repeat(5000));
    await time.advance(3_600_000 + 30_000);
    await store.putValue('a'.repeat(5000));
    await time.advance(30_000);
    expect(await store.collectGarbage()).toEqual({ values: 1, blobs: 0, bytes: 5002 });
    await time.advance(3_600_000);
    expect((await store.collectGarbage()).values).toBe(0);
    await time.advance(30_000);
    expect((await store.collectGarbage()).values).toBe(1);
    await store.close();
  });

  test('is looked for in every page of a long journal, and no folder of blobs is made for it', async () => {
    const folder = makeTemporaryFolder();
    const store = await openSqliteStore(folder);
    const hashes: string[] = [];
    await store.createRun(makeRun('a'));
    for (let seq = 1; seq <= 450; seq += 1) {
      const stored = await store.putValue(`${seq} `.repeat(300));
      if (stored.kind !== 'stored') throw new Error('It stands inline.');
      hashes.push(stored.hash);
    }
    const entries = hashes.map(
      (reason, at): JournalEntry => ({ version: 1, seq: at + 1, atMs: at, event: { type: 'cancel-requested', reason } }),
    );
    await store.appendEvents('a', entries);
    expect(await store.collectGarbage({ minAgeMs: 0 })).toEqual({ values: 0, blobs: 0, bytes: 0 });
    await store.deleteRun('a');
    expect((await store.collectGarbage({ minAgeMs: 0 })).values).toBe(450);
    await store.close();
    expect(readdirSync(folder)).toEqual(['planwright.db']);
  });
});

describe('sums of calls', () => {
  test('of 10,000 take no look at their responses', async () => {
    const store = await openSqliteStore(makeTemporaryFolder());
    const calls = Array.from({ length: 10_000 }, (_, at) => makeCall(`a/s/1/${at}`, { response: 'x'.repeat(1000) }));
    await Promise.all(calls.map((call) => store.putCall(call)));
    const plan = new DatabaseSync(store.location)
      .prepare('EXPLAIN QUERY PLAN SELECT count(tokens), total(tokens), total(usd) FROM calls WHERE root_run_id = ?')
      .all('a');
    expect(plan.map(({ detail }) => detail)).toEqual(['SEARCH calls USING COVERING INDEX calls_by_root (root_run_id=?)']);
    expect(await store.sumCalls('a')).toEqual({ calls: 10_000, tokens: 150_000, usd: 0 });
    await store.close();
  });
});
