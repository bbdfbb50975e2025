/** From a path to an open store file that has the tables of this version. */
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { PlanwrightError } from '../errors.ts';
import { inspectStoreFile } from './inspect-store-file.ts';
import { isBusy, toStoreError } from './sqlite-error.ts';
import { migrate } from './sqlite-schema.ts';

const busyTimeoutMs = 5_000;
const maximumBusyTries = 40;
const busyPauseMs = 25;
const fileExtensions = new Set(['.db', '.sqlite', '.sqlite3']);

/**
 * @param path See `openSqliteStore`.
 * @throws {PlanwrightError} `store-corrupt`, `store-newer`, `store-failed`.
 */
export async function openStoreFile(path: string): Promise<{ database: DatabaseSync; file: string }> {
  const file = locateStoreFile(path);
  try {
    inspectStoreFile(file);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives the files beside it the mode of this one.
    closeSync(openSync(file, 'a', 0o600));
    return { database: await openDatabase(file), file };
  } catch (thrown) {
    throw toStoreError(thrown, file);
  }
}

function locateStoreFile(path: string): string {
  const location = resolve(path);
  const stat = statSync(location, { throwIfNoEntry: false });
  const isFolder = stat === undefined ? !fileExtensions.has(extname(location)) : stat.isDirectory();
  const file = isFolder ? join(location, 'planwright.db') : location;
  const fileStat = statSync(file, { throwIfNoEntry: false });
  if (fileStat !== undefined && !fileStat.isFile()) {
    throw new PlanwrightError('store-failed', `${file} is not a file. Give another path with --store.`, { location: { file } });
  }
  return file;
}

async function openDatabase(file: string): Promise<DatabaseSync> {
  // `timeout` is the busy timeout. It has to stand before the journal mode is set: of two processes that start together
  // one would fail otherwise.
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
  try {
    // The tables come before the write-ahead log: the main file of a store then always says that it is one.
    await retryWhileBusy(() => migrate(database, file));
    await retryWhileBusy(() => database.exec('PRAGMA journal_mode = WAL'));
    database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864');
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/** SQLite does not wait, whatever the timeout, where waiting might be a deadlock. */
async function retryWhileBusy(action: () => void): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      action();
      return;
    } catch (thrown) {
      if (!isBusy(thrown) || attempt === maximumBusyTries) throw thrown;
    }
    await wait(busyPauseMs);
  }
}
