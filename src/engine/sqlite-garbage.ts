/**
 * Removes values and blobs of a store file that nothing refers to. Records are read a page at a time, so that others write
 * meanwhile: what they put while the records are read is younger than anything that is removed, and putting what is there
 * already makes it young again.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BlobInventory } from '../workspace/blob-inventory.ts';
import type { BlobStore } from '../workspace/blob-store.ts';
import type { GroupCommit } from './group-commit.ts';
import { markLive } from './mark-live.ts';
import { type Row, readNumber, readText } from './sqlite-row.ts';
import type { Garbage } from './store.ts';

const pageRows = 200;

export interface SqliteGarbageOptions {
  commits: GroupCommit;
  /** The store's file, for messages. */
  location: string;
  blobs: BlobStore & BlobInventory;
  /** What was put later stays. */
  notAfterMs: number;
}

export async function collectSqliteGarbage(database: DatabaseSync, options: SqliteGarbageOptions): Promise<Garbage> {
  const { commits, location, blobs, notAfterMs } = options;
  const selectValue = database.prepare('SELECT body FROM stored_values WHERE hash = ?');
  const selectOld = database.prepare('SELECT hash FROM stored_values WHERE put_ms <= ?');
  const deleteValue = database.prepare(
    'DELETE FROM stored_values WHERE hash = ? AND put_ms <= ? RETURNING octet_length(body) AS bytes',
  );
  const oldValues = selectOld.all(notAfterMs).map((row) => readText(row, 'hash', location));
  const held = await blobs.list();
  const heldHashes = new Set(held.map(({ hash }) => hash));
  const live = await markLive(readRecords(database, location), {
    readValue: async (hash) => {
      const row = selectValue.get(hash);
      return row === undefined ? undefined : readText(row, 'body', location);
    },
    readBlob: async (hash) => (heldHashes.has(hash) ? Buffer.from(await blobs.get(hash)).toString('latin1') : undefined),
  });
  const garbage: Garbage = { values: 0, blobs: 0, bytes: 0 };
  const dead = oldValues.filter((hash) => !live.has(hash));
  for (let at = 0; at < dead.length; at += pageRows) {
    const page = dead.slice(at, at + pageRows);
    const deleted = await commits.write(() => page.flatMap((hash) => deleteValue.all(hash, notAfterMs)));
    garbage.values += deleted.length;
    for (const row of deleted) garbage.bytes += readNumber(row, 'bytes', location);
  }
  for (const { hash, bytes, putMs } of held) {
    if (putMs > notAfterMs || live.has(hash) || !(await blobs.delete(hash, notAfterMs))) continue;
    garbage.blobs += 1;
    garbage.bytes += bytes;
  }
  return garbage;
}

/** Every text in which a reference may stand. */
async function* readRecords(database: DatabaseSync, location: string): AsyncIterable<string> {
  const tables = [
    { table: 'runs', key: ['run_key'], columns: ['card', 'setup'] },
    { table: 'events', key: ['run_key', 'seq'], columns: ['body'] },
    { table: 'calls', key: ['rowid'], columns: ['record', 'response'] },
    { table: 'signals', key: ['signal_key'], columns: ['body'] },
    { table: 'outcomes', key: ['rowid'], columns: ['body'] },
    { table: 'calibrations', key: ['rowid'], columns: ['body'] },
  ];
  for (const { table, key, columns } of tables) {
    const keys = key.join();
    const places = key.map(() => '?').join();
    const statement = database.prepare(
      `SELECT ${keys}, ${columns.join()} FROM ${table} WHERE (${keys}) > (${places}) ORDER BY ${keys} LIMIT ${pageRows}`,
    );
    for await (const row of readPages(statement, key, location)) {
      for (const column of columns) if (row[column] !== null) yield readText(row, column, location);
    }
  }
}

async function* readPages(statement: StatementSync, key: readonly string[], location: string): AsyncIterable<Row> {
  let after: SQLInputValue[] = key.map(() => -1);
  for (;;) {
    const page = statement.all(...after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    after = key.map((column) => readNumber(last, column, location));
    await nextTurn();
  }
}
