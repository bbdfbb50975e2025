import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepRuns } from '../../test/support/kept-runs.ts';
import { makeTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { openSqliteStore } from '../engine/sqlite-store.ts';
import type { Store } from '../engine/store.ts';
import { checkStore } from './check-store.ts';
import { retainRuns } from './retain-runs.ts';

let file: string;
let store: Store;

beforeEach(async () => {
  file = join(makeTemporaryFolder(), 'runs.db');
  store = await openSqliteStore(file);
  await keepRuns(store);
});
afterEach(async () => store.close());

function spoil(sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

test('runs of every kind are found well', async () => {
  expect(await checkStore(store)).toMatchObject({ ok: true, location: file, problems: [] });
});

const ofRun = (runId: string) => `run_key = (SELECT run_key FROM runs WHERE run_id = '${runId}')`;

describe('what is damaged is located', () => {
  test.each([
    [
      'a status that the events deny',
      `UPDATE runs SET card = json_set(card, '$.status', 'succeeded', '$.endedMs', 1) WHERE run_id = 'asked'`,
      [{ code: 'status', runId: 'asked', message: 'is said to be succeeded; by its events it is not over.' }],
    ],
    [
      'a status that was not set before a crash',
      `UPDATE runs SET card = json_set(card, '$.status', 'running') WHERE run_id = 'ported'`,
      [
        {
          code: 'status',
          runId: 'ported',
          message: 'is said to be running; by its events it is succeeded. Resume it to set that right: planwright resume ported',
        },
      ],
    ],
    [
      'an event that is no JSON',
      `UPDATE events SET body = '{' WHERE seq = 4 AND ${ofRun('ported')}`,
      [{ code: 'events', runId: 'ported', message: expect.stringMatching(/JSON/) }],
    ],
    [
      'an event of another shape',
      `UPDATE events SET body = '{"type":"attempt-finished","subtaskId":"first","attempt":1}' WHERE seq = 3 AND ${ofRun('ported')}`,
      [
        {
          code: 'events',
          runId: 'ported',
          seq: 3,
          message: expect.stringMatching(/^event 3 \("attempt-finished"\) can't be folded: /),
        },
      ],
    ],
    [
      'a call under another key',
      `UPDATE calls SET record = json_set(record, '$.key', 'x/1') WHERE call_key = 'ported/first/1/1'`,
      [{ code: 'call', runId: 'ported', callKey: 'x/1', message: 'is that of run "ported", which its key does not begin with' }],
    ],
  ])('%s', async (_, sql, problems) => {
    spoil(sql);
    const check = await checkStore(store);
    expect(check.ok).toBe(false);
    expect(check.problems).toEqual(problems);
  });

  test('values that are gone or damaged, each once', async () => {
    spoil('DELETE FROM stored_values');
    const { problems } = await checkStore(store);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.map(({ code }) => code)).toEqual(problems.map(() => 'value'));
    expect(new Set(problems.map(({ message }) => message)).size).toBe(problems.length);
  });

  test('files of workspaces that are gone', async () => {
    rmSync(`${file}-blobs`, { recursive: true });
    const { problems } = await checkStore(store);
    expect(problems.map(({ code, runId }) => `${code} ${runId}`)).toEqual(['blob ported', 'blob ported', 'blob ported']);
  });

  test('a run below one that is gone, and rows of no run', async () => {
    spoil(`PRAGMA foreign_keys = OFF; DELETE FROM runs WHERE run_id = 'stored'`);
    const { problems } = await checkStore(store);
    expect(problems).toContainEqual({
      code: 'orphan',
      runId: 'stored.together.1',
      message: 'is below run "stored", which is not there',
    });
    expect(problems).toContainEqual({ code: 'file', message: 'a row of events belongs to no row of runs' });
  });
});

test('retention removes what ended, whatever else is old', async () => {
  const later = { now: () => Date.now() + 1000 * 86_400_000, sleep: () => Promise.resolve() };
  expect(await retainRuns(store, { keepDays: 1001, clock: later })).toEqual({ removed: [], kept: 4 });
  const dry = await retainRuns(store, { keepDays: 999, clock: later, dryRun: true });
  expect(dry).toEqual({ removed: ['stored', 'ported'], kept: 2 });
  expect(await store.listRuns({ rootsOnly: true })).toHaveLength(4);
  expect(await retainRuns(store, { keepDays: 999, clock: later })).toEqual(dry);
  await store.collectGarbage({ minAgeMs: 0 });
  const { ok, counts } = await checkStore(store);
  // The fork still has what it shares with its parent.
  expect({ ok, blobs: counts.blobs, hasValues: counts.values > 0 }).toEqual({ ok: true, blobs: 0, hasValues: true });
  const ids = (await store.listRuns()).map(({ runId }) => runId).toSorted();
  expect(ids).toEqual(['asked', 'asked.outer.1', 'forked', 'forked.together.1']);
  await expect(retainRuns(store, { keepDays: -1 })).rejects.toMatchObject({ code: 'usage' });
});
