/**
 * The store in one SQLite file, the default. Several processes of one machine may share it.
 *
 * Writes go through `GroupCommit`: durable when they resolve, in the order in which they were made. Reads see what is
 * committed. What a write was given is written down as it is at the time of the call.
 */
import { hash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CalibrationRecord } from '../calibrate/calibration-record.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { JournalEntry, StoredValue } from '../events.ts';
import type { Json } from '../json.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import type { CallRecord } from '../model/call-record.ts';
import type { BlobStore } from '../workspace/blob-store.ts';
import { openBlobFolder } from '../workspace/folder-blob-store.ts';
import { orderCalls } from './call-order.ts';
import { GroupCommit } from './group-commit.ts';
import { openStoreFile } from './open-store-file.ts';
import { storeCorrupt, toStoreError } from './sqlite-error.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { SqliteLeases } from './sqlite-leases.ts';
import { type Row, readJson, readText } from './sqlite-row.ts';
import type { Lease, OutcomeFilter, RunPatch, RunRecord, RunSignal, Store } from './store.ts';
import { runUnknown, storeClosed, valueMissing } from './store-errors.ts';
import { placeValue, toJsonText } from './stored-value.ts';

/** What is kept of a run beside its setup. */
type RunCard = Omit<RunRecord, 'setup'>;

/**
 * @param path A folder (the store is `planwright.db` in it; a new folder gets mode 700), or a file: one that is there,
 *   or a name that ends in `.db`, `.sqlite` or `.sqlite3`.
 * @throws {PlanwrightError} `store-corrupt` and `store-newer`, which leave everything untouched; `store-failed`.
 */
export async function openSqliteStore(path: string, { clock = systemClock }: { clock?: Clock } = {}): Promise<Store> {
  const { database, file } = await openStoreFile(path);
  return new SqliteStore(database, file, clock);
}

export class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly location: string;
  readonly #database: DatabaseSync;
  readonly #commits: GroupCommit;
  readonly #journal: SqliteJournal;
  readonly #leases: SqliteLeases;
  readonly #sql: Statements;
  /** Beside the store's file; made when a run first needs it. */
  #blobs: Promise<BlobStore> | undefined;
  #closing: Promise<void> | undefined;

  constructor(database: DatabaseSync, file: string, clock: Clock) {
    this.location = file;
    this.#database = database;
    this.#journal = new SqliteJournal(database, file);
    this.#commits = new GroupCommit(database, { location: file, onStale: () => this.#journal.forgetEnds() });
    this.#leases = new SqliteLeases(database, { commits: this.#commits, clock, location: file });
    this.#sql = prepareStatements(database);
  }

  createRun(run: RunRecord): Promise<boolean> {
    return this.#write(() => {
      const { setup, ...card } = run;
      const setupText = toJsonText(setup, `The setup of run "${run.runId}"`);
      const cardText = toJsonText(card, `The record of run "${run.runId}"`);
      const isRoot = run.parentRunId === null ? 1 : 0;
      return () => this.#sql.insertRun.run(run.runId, isRoot, run.createdMs, cardText, setupText).changes === 1;
    });
  }

  getRun(runId: string): Promise<RunRecord | undefined> {
    return this.#read(() => {
      const row = this.#sql.selectRun.get(runId);
      return row === undefined ? undefined : this.#toRun(row);
    });
  }

  listRuns({ rootsOnly = false, limit = -1 }: { rootsOnly?: boolean; limit?: number } = {}): Promise<RunRecord[]> {
    const statement = rootsOnly ? this.#sql.selectRoots : this.#sql.selectRuns;
    return this.#read(() => statement.all(limit).map((row) => this.#toRun(row)));
  }

  updateRun(runId: string, patch: RunPatch): Promise<void> {
    return this.#write(() => () => {
      const row = this.#sql.selectCard.get(runId);
      if (row === undefined) throw runUnknown(runId, this.location);
      const card = { ...(readJson(row, 'card', this.location) as RunCard), ...patch };
      this.#sql.updateCard.run(toJsonText(card, `The record of run "${runId}"`), runId);
    });
  }

  appendEvents(runId: string, entries: JournalEntry[]): Promise<void> {
    return this.#write(() => this.#journal.prepareAppend(runId, entries));
  }

  readEvents(runId: string): Promise<JournalEntry[]> {
    return this.#read(() => this.#journal.read(runId));
  }

  async putValue(value: Json): Promise<StoredValue> {
    if (this.#closing !== undefined) throw storeClosed(this.location);
    const { stored, text } = placeValue(value);
    if (stored.kind === 'stored') await this.#write(() => () => this.#sql.insertValue.run(stored.hash, text));
    return stored;
  }

  getValue(stored: StoredValue): Promise<Json> {
    return this.#read(() => {
      if (stored.kind === 'inline') return stored.value;
      const row = this.#sql.selectValue.get(stored.hash);
      if (row === undefined) throw valueMissing(stored.hash, this.location);
      if (hash('sha256', readText(row, 'body', this.location)) !== stored.hash) {
        throw storeCorrupt(this.location, `is damaged: the value ${stored.hash} has another hash`);
      }
      return readJson(row, 'body', this.location) as Json;
    });
  }

  async openBlobs(): Promise<BlobStore> {
    if (this.#closing !== undefined) throw storeClosed(this.location);
    this.#blobs ??= openBlobFolder(`${this.location}-blobs`);
    return this.#blobs;
  }

  findCall(key: string): Promise<CallRecord | undefined> {
    return this.#read(() => {
      const row = this.#sql.selectCall.get(key);
      return row === undefined ? undefined : this.#toCall(row);
    });
  }

  putCall(call: CallRecord): Promise<void> {
    return this.#write(() => {
      const { response, ...record } = call;
      const text = toJsonText(record, `The call ${call.key}`);
      return () => void this.#sql.replaceCall.run(call.key, call.rootRunId, text, response);
    });
  }

  listCalls(rootRunId: string): Promise<CallRecord[]> {
    return this.#read(() => orderCalls(this.#sql.selectCalls.all(rootRunId).map((row) => this.#toCall(row))));
  }

  putOutcome(outcome: RunOutcome): Promise<void> {
    return this.#write(() => {
      const { runId, taskClass, team, endedMs } = outcome;
      const text = toJsonText(outcome, `The outcome of run "${runId}"`);
      return () => void this.#sql.replaceOutcome.run(runId, taskClass, team, endedMs, text);
    });
  }

  getOutcome(runId: string): Promise<RunOutcome | undefined> {
    return this.#read(() => {
      const row = this.#sql.selectOutcome.get(runId);
      return row === undefined ? undefined : (readJson(row, 'body', this.location) as RunOutcome);
    });
  }

  listOutcomes({ taskClass, team, limit = -1 }: OutcomeFilter = {}): Promise<RunOutcome[]> {
    return this.#read(() => {
      const rows = this.#sql.selectOutcomes.all({ taskClass: taskClass ?? null, team: team ?? null, limit });
      return rows.map((row) => readJson(row, 'body', this.location) as RunOutcome);
    });
  }

  putCalibration(record: CalibrationRecord): Promise<void> {
    return this.#write(() => {
      const text = toJsonText(record, 'A calibration');
      return () => void this.#sql.replaceCalibration.run(record.criticHash, text);
    });
  }

  getCalibration(criticHash: string): Promise<CalibrationRecord | undefined> {
    return this.#read(() => {
      const row = this.#sql.selectCalibration.get(criticHash);
      return row === undefined ? undefined : (readJson(row, 'body', this.location) as CalibrationRecord);
    });
  }

  async acquireLease(runId: string): Promise<Lease> {
    if (this.#closing !== undefined) throw storeClosed(this.location);
    return this.#leases.acquire(runId);
  }

  isDriven(runId: string): Promise<boolean> {
    return this.#read(() => this.#leases.isDriven(runId));
  }

  sendSignal(runId: string, signal: RunSignal): Promise<void> {
    return this.#write(() => {
      const text = toJsonText(signal, `A signal to run "${runId}"`);
      return () => {
        if (this.#sql.insertSignal.run(text, runId).changes === 0) throw runUnknown(runId, this.location);
      };
    });
  }

  /** Asking in vain takes no write lock: a driver asks often. */
  async takeSignals(runId: string): Promise<RunSignal[]> {
    const waiting = await this.#read(() => this.#sql.selectSignals.all(runId));
    if (waiting.length === 0) return [];
    return this.#write(() => () => {
      const rows = this.#sql.selectSignals.all(runId);
      for (const { signal_key: key } of rows) this.#sql.deleteSignal.run(key ?? null);
      return rows.map((row) => readJson(row, 'body', this.location) as RunSignal);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const released = this.#leases.releaseAll();
    this.#commits.flush();
    try {
      await released;
    } finally {
      checkpoint(this.#database);
      this.#database.close();
    }
  }

  /** @param prepare Runs at once; what it returns runs inside the transaction. */
  async #write<Result>(prepare: () => () => Result): Promise<Result> {
    if (this.#closing !== undefined) throw storeClosed(this.location);
    return this.#commits.write(prepare());
  }

  async #read<Result>(read: () => Result): Promise<Result> {
    if (this.#closing !== undefined) throw storeClosed(this.location);
    try {
      return read();
    } catch (thrown) {
      throw toStoreError(thrown, this.location);
    }
  }

  #toRun(row: Row): RunRecord {
    return { ...(readJson(row, 'card', this.location) as RunCard), setup: readJson(row, 'setup', this.location) as Json };
  }

  #toCall(row: Row): CallRecord {
    const response = row['response'] === null ? null : readText(row, 'response', this.location);
    return { ...(readJson(row, 'record', this.location) as Omit<CallRecord, 'response'>), response };
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  const newestFirst = 'ORDER BY created_ms DESC, run_key DESC LIMIT ?';
  const ofRun = 'run_key = (SELECT run_key FROM runs WHERE run_id = ?)';
  return {
    insertRun: database.prepare(
      'INSERT INTO runs (run_id, is_root, created_ms, card, setup) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run_id) DO NOTHING',
    ),
    selectRun: database.prepare('SELECT card, setup FROM runs WHERE run_id = ?'),
    selectCard: database.prepare('SELECT card FROM runs WHERE run_id = ?'),
    selectRuns: database.prepare(`SELECT card, setup FROM runs ${newestFirst}`),
    selectRoots: database.prepare(`SELECT card, setup FROM runs WHERE is_root = 1 ${newestFirst}`),
    updateCard: database.prepare('UPDATE runs SET card = ? WHERE run_id = ?'),
    insertValue: database.prepare('INSERT INTO stored_values (hash, body) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING'),
    selectValue: database.prepare('SELECT body FROM stored_values WHERE hash = ?'),
    replaceCall: database.prepare(`
      INSERT INTO calls (call_key, root_run_id, record, response) VALUES (?, ?, ?, ?)
      ON CONFLICT (call_key) DO UPDATE SET
        root_run_id = excluded.root_run_id, record = excluded.record, response = excluded.response`),
    selectCall: database.prepare('SELECT record, response FROM calls WHERE call_key = ?'),
    selectCalls: database.prepare('SELECT record, response FROM calls WHERE root_run_id = ?'),
    replaceOutcome: database.prepare(`
      INSERT INTO outcomes (run_id, task_class, team, ended_ms, body) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (run_id) DO UPDATE SET
        task_class = excluded.task_class, team = excluded.team, ended_ms = excluded.ended_ms, body = excluded.body`),
    selectOutcome: database.prepare('SELECT body FROM outcomes WHERE run_id = ?'),
    selectOutcomes: database.prepare(`
      SELECT body FROM outcomes
      WHERE ($taskClass IS NULL OR task_class = $taskClass) AND ($team IS NULL OR team = $team)
      ORDER BY ended_ms DESC, run_id LIMIT $limit`),
    replaceCalibration: database.prepare(`
      INSERT INTO calibrations (critic_hash, body) VALUES (?, ?)
      ON CONFLICT (critic_hash) DO UPDATE SET body = excluded.body`),
    selectCalibration: database.prepare('SELECT body FROM calibrations WHERE critic_hash = ?'),
    insertSignal: database.prepare('INSERT INTO signals (run_key, body) SELECT run_key, ? FROM runs WHERE run_id = ?'),
    selectSignals: database.prepare(`SELECT signal_key, body FROM signals WHERE ${ofRun} ORDER BY signal_key`),
    deleteSignal: database.prepare('DELETE FROM signals WHERE signal_key = ?'),
  } satisfies Record<string, StatementSync>;
}

/** Shortens the write-ahead log to nothing if no other process uses it; closing does without. */
function checkpoint(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Another process is reading or writing: the log stays, and the last to close shortens it.
  }
}
