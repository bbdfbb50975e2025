/**
 * The tables of a store file and the steps that lead to them. `PRAGMA application_id` says that a file is a Planwright
 * store, `PRAGMA user_version` how many steps it has taken. Schema 1 holds version 1 of every record; schema 2 adds outcomes,
 * schema 3 calibrations, schema 4 what several processes share: limits, sums of calls, the age of values.
 *
 * Times are REAL: a virtual clock may give fractions of a millisecond.
 */
import type { DatabaseSync } from 'node:sqlite';
import { PlanwrightError } from '../errors.ts';
import { storeCorrupt } from './sqlite-error.ts';

/** `PLWR` in ASCII. */
export const applicationId = 0x50_4c_57_52;

type MigrationStep = (database: DatabaseSync) => void;

/** steps[v] leads from version v to v + 1. A published step never changes. */
const steps: readonly MigrationStep[] = [createVersion1, addOutcomes, addCalibrations, addSharing];

export const schemaVersion = steps.length;

/** Every table of this version. */
export const tableNames: readonly string[] = [
  'runs',
  'events',
  'stored_values',
  'calls',
  'leases',
  'signals',
  'outcomes',
  'calibrations',
  'reservations',
  'limit_holders',
  'pauses',
];

export function storeNewer(file: string, version: number): PlanwrightError {
  return new PlanwrightError(
    'store-newer',
    `${file} is a store of version ${version}; this Planwright knows versions up to ${schemaVersion}. ` +
      'It was left untouched: update Planwright, or give another path with --store.',
    { location: { file }, details: { version, knownVersion: schemaVersion } },
  );
}

export function readSchemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

/**
 * Takes the steps that are missing, all in one transaction.
 * @throws {PlanwrightError} `store-newer`; `store-corrupt` when a file of version 0 is not empty.
 */
export function migrate(database: DatabaseSync, file: string): void {
  if (readSchemaVersion(database) === schemaVersion) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Read again under the lock: another process may just have done it.
    const version = readSchemaVersion(database);
    if (version > schemaVersion) throw storeNewer(file, version);
    if (version === 0 && !isEmpty(database)) throw storeCorrupt(file, 'is not a Planwright store');
    for (const step of steps.slice(version)) step(database);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`);
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

function createVersion1(database: DatabaseSync): void {
  database.exec(`
    -- card: the record without its setup, as JSON; setup: JSON, written once.
    CREATE TABLE runs (
      run_key INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL UNIQUE,
      is_root INTEGER NOT NULL,
      created_ms REAL NOT NULL,
      card TEXT NOT NULL,
      setup TEXT NOT NULL
    ) STRICT;
    CREATE INDEX runs_by_creation ON runs (created_ms, run_key);

    -- body: the event as JSON.
    CREATE TABLE events (
      run_key INTEGER NOT NULL REFERENCES runs,
      seq INTEGER NOT NULL,
      at_ms REAL NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (run_key, seq)
    ) STRICT, WITHOUT ROWID;

    -- hash: SHA-256 of body, which is JSON, in hexadecimal.
    CREATE TABLE stored_values (hash TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;

    -- record: the call without its response, as JSON; response: JSON, or NULL unless it succeeded.
    CREATE TABLE calls (
      call_key TEXT PRIMARY KEY,
      root_run_id TEXT NOT NULL,
      record TEXT NOT NULL,
      response TEXT
    ) STRICT;
    CREATE INDEX calls_by_root ON calls (root_run_id);

    -- The run need not be there yet.
    CREATE TABLE leases (
      run_id TEXT PRIMARY KEY,
      token TEXT NOT NULL,
      host_id TEXT NOT NULL,
      host_name TEXT NOT NULL,
      pid INTEGER NOT NULL,
      start_ticks TEXT,
      since_ms REAL NOT NULL,
      heartbeat_ms REAL NOT NULL
    ) STRICT;

    -- body: the signal as JSON.
    CREATE TABLE signals (
      signal_key INTEGER PRIMARY KEY AUTOINCREMENT,
      run_key INTEGER NOT NULL REFERENCES runs,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX signals_by_run ON signals (run_key);
  `);
}

function addOutcomes(database: DatabaseSync): void {
  database.exec(`
    -- body: the outcome as JSON.
    CREATE TABLE outcomes (
      run_id TEXT PRIMARY KEY,
      task_class TEXT NOT NULL,
      team TEXT NOT NULL,
      ended_ms REAL NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX outcomes_by_class ON outcomes (task_class, team, ended_ms DESC, run_id);
    CREATE INDEX outcomes_by_end ON outcomes (ended_ms DESC, run_id);
  `);
}

function addCalibrations(database: DatabaseSync): void {
  database.exec('CREATE TABLE calibrations (critic_hash TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT');
}

function addSharing(database: DatabaseSync): void {
  database.exec(`
    ALTER TABLE runs ADD COLUMN root_run_id TEXT NOT NULL DEFAULT '';
    UPDATE runs SET root_run_id = coalesce(card ->> '$.rootRunId', run_id);
    CREATE INDEX runs_by_root ON runs (root_run_id, created_ms, run_key);

    -- tokens: input and output; usd: NULL when it is not known. Both are NULL for the call of a tool.
    ALTER TABLE calls ADD COLUMN run_id TEXT NOT NULL DEFAULT '';
    ALTER TABLE calls ADD COLUMN tokens REAL;
    ALTER TABLE calls ADD COLUMN usd REAL;
    UPDATE calls SET run_id = coalesce(record ->> '$.runId', root_run_id);
    UPDATE calls SET
      tokens = coalesce(record ->> '$.inputTokens', 0) + coalesce(record ->> '$.outputTokens', 0),
      usd = record ->> '$.costUsd'
    WHERE record ->> '$.kind' = 'model';
    DROP INDEX calls_by_root;
    -- Holds all that sums of calls are made of.
    CREATE INDEX calls_by_root ON calls (root_run_id, run_id, tokens, usd);

    -- When it was last put. 0: before this was kept.
    ALTER TABLE stored_values ADD COLUMN put_ms REAL NOT NULL DEFAULT 0;

    -- holder: NULL once it was given back; the row then counts for the rest of its minute.
    CREATE TABLE reservations (
      reservation_key INTEGER PRIMARY KEY AUTOINCREMENT,
      model TEXT NOT NULL,
      at_ms REAL NOT NULL,
      tokens REAL NOT NULL,
      holder TEXT
    ) STRICT;
    CREATE INDEX reservations_by_model ON reservations (model, at_ms, tokens);
    CREATE INDEX reservations_open ON reservations (model) WHERE holder IS NOT NULL;
    CREATE INDEX reservations_settled ON reservations (at_ms) WHERE holder IS NULL;

    -- An open store of a process that makes reservations.
    CREATE TABLE limit_holders (
      token TEXT PRIMARY KEY,
      host_id TEXT NOT NULL,
      host_name TEXT NOT NULL,
      pid INTEGER NOT NULL,
      start_ticks TEXT,
      heartbeat_ms REAL NOT NULL
    ) STRICT;

    -- A provider asked for quiet until then.
    CREATE TABLE pauses (model TEXT PRIMARY KEY, until_ms REAL NOT NULL) STRICT;
  `);
}
