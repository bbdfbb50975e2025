/**
 * Looks at a store file before it is opened for writing, so that a file that is refused is left as it is, byte for
 * byte, and gains no companions.
 *
 * 1. The header is read as plain bytes: no SQLite, no lock.
 * 2. Without a `-wal` beside it the file is whole in itself. It is then opened as immutable, which takes no lock and
 *    makes no file, and checked: sizes, tables, and every page (`quick_check`) up to 50 MB, about 60 ms.
 * 3. With a `-wal` a process has the store open, or died with it open. The check then reads through it, read-only;
 *    SQLite may rebuild the `-shm`, which is an index of the `-wal` and holds nothing of its own.
 * 4. With a `-journal` a store is being created or its creation was cut off: SQLite rolls it back on opening.
 * 5. A file that changes while it is looked at is looked at again.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { PlanwrightError } from '../errors.ts';
import { isDamage, storeCorrupt } from './sqlite-error.ts';
import { applicationId, readSchemaVersion, schemaVersion, storeNewer, tableNames } from './sqlite-schema.ts';

const headerBytes = 100;
const fullCheckLimitBytes = 50_000_000;
const maximumLooks = 10;

interface Snapshot {
  sizeBytes: number;
  changed: bigint;
  hasWal: boolean;
  walBytes: number;
  hasJournal: boolean;
}

/**
 * Passes a file that is missing, of length zero, or a store this version can open.
 * @throws {PlanwrightError} `store-corrupt` or `store-newer`.
 */
export function inspectStoreFile(file: string): void {
  for (let look = 1; ; look += 1) {
    const before = takeSnapshot(file);
    try {
      inspectOnce(file, before);
      return;
    } catch (thrown) {
      if (look === maximumLooks || isSame(before, takeSnapshot(file))) throw thrown;
    }
  }
}

function inspectOnce(file: string, snapshot: Snapshot): void {
  if (snapshot.sizeBytes === 0) {
    if (snapshot.walBytes > 0) throw storeCorrupt(file, 'is empty, but has a write-ahead log beside it');
    return;
  }
  const header = readHeader(file);
  checkHeader(file, header, snapshot);
  if (snapshot.hasJournal) return;
  const location = pathToFileURL(file);
  if (!snapshot.hasWal) location.searchParams.set('immutable', '1');
  try {
    checkContent(file, location, snapshot.sizeBytes);
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) throw thrown;
    // With other processes about, an error may also mean a lock or a file that has just gone: opening will tell.
    if (isDamage(thrown) || !snapshot.hasWal) throw storeCorrupt(file, `is damaged (${String(thrown)})`, thrown);
  }
}

/** The fields are those of sqlite.org/fileformat.html, 1.3. */
function checkHeader(file: string, header: Buffer, snapshot: Snapshot): void {
  if (header.length < headerBytes || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw storeCorrupt(file, 'is not a SQLite file');
  }
  if (header.readUInt32BE(68) !== applicationId) throw storeCorrupt(file, 'is not a Planwright store');
  const version = header.readUInt32BE(60);
  if (version > schemaVersion) throw storeNewer(file, version);
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const expectedBytes = pageBytes * header.readUInt32BE(28);
  if (!snapshot.hasWal && !snapshot.hasJournal && snapshot.sizeBytes < expectedBytes) {
    throw storeCorrupt(file, `is cut off: it has ${snapshot.sizeBytes} of ${expectedBytes} bytes`);
  }
}

function checkContent(file: string, location: URL, sizeBytes: number): void {
  const database = new DatabaseSync(location, { readOnly: true, timeout: 5_000 });
  try {
    const version = readSchemaVersion(database);
    if (version > schemaVersion) throw storeNewer(file, version);
    const rows = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
    const names = new Set(rows.map((row) => row['name']));
    const missing = tableNames.filter((name) => !names.has(name));
    if (version === schemaVersion && missing.length > 0)
      throw storeCorrupt(file, `is damaged: it has no table ${missing.join(', ')}`);
    if (sizeBytes > fullCheckLimitBytes) return;
    const result = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
    if (result !== 'ok') throw storeCorrupt(file, `is damaged (${String(result)})`);
  } finally {
    database.close();
  }
}

function readHeader(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    return header.subarray(0, readSync(descriptor, header, 0, headerBytes, 0));
  } finally {
    closeSync(descriptor);
  }
}

function takeSnapshot(file: string): Snapshot {
  const wal = statSync(`${file}-wal`, { throwIfNoEntry: false });
  const journal = statSync(`${file}-journal`, { throwIfNoEntry: false });
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return {
    sizeBytes: Number(stat?.size ?? 0),
    changed: stat?.mtimeNs ?? 0n,
    hasWal: wal !== undefined,
    walBytes: wal?.size ?? 0,
    hasJournal: (journal?.size ?? 0) > 0,
  };
}

function isSame(a: Snapshot, b: Snapshot): boolean {
  return a.sizeBytes === b.sizeBytes && a.changed === b.changed && a.hasWal === b.hasWal && a.hasJournal === b.hasJournal;
}
