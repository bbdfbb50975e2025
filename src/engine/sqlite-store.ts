/**
 * The store in one SQLite file, the default. Several processes of one machine may share it.
 *
 * Writes go through `GroupCommit`: durable when they resolve, in the order in which they were made. Reads see what is
 * committed. What a write was given is written down as it is at the time of the call.
 */
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { CalibrationRecord } from '../calibrate/calibration-record.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { JournalEntry, StoredValue } from '../events.ts';
import type { Json } from '../json.ts';
import { tokensOf } from '../measure/ledger.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import type { CallRecord } from '../model/call-record.ts';
import type { Amounts } from '../model/limits.ts';
import type { BlobStore } from '../workspace/blob-store.ts';
import { type FolderBlobStore, openBlobFolder } from '../workspace/folder-blob-store.ts';
import { MemoryBlobStore } from '../workspace/memory-blob-store.ts';
import { orderCalls } from './call-order.ts';
import { GroupCommit } from './group-commit.ts';
import { openStoreFile } from './open-store-file.ts';
import { storeCorrupt, toStoreError } from './sqlite-error.ts';
import { collectSqliteGarbage } from './sqlite-garbage.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { SqliteLeases } from './sqlite-leases.ts';
import { SqliteLimits } from './sqlite-limits.ts';
import { type Row, readJson, readNumber, readText } from './sqlite-row.ts';
import { prepareStatements, putPrecisionMs, type SqliteStatements } from './sqlite-statements.ts';
import {
  defaultGarbageAgeMs,
  type Garbage,
  type GarbageOptions,
  type Lease,
  type OutcomeFilter,
  type RunFilter,
  type RunPatch,
  type RunRecord,
  type RunSignal,
  type Store,
  type StoredSignal,
} from './store.ts';
import { notRoot, runUnknown, storeClosed, valueMissing } from './store-errors.ts';
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
  readonly limits: SqliteLimits;
  readonly #clock: Clock;
  readonly #database: DatabaseSync;
  readonly #commits: GroupCommit;
  readonly #journal: SqliteJournal;
  readonly #leases: SqliteLeases;
  readonly #sql: SqliteStatements;
  /** Beside the store's file; made when a run first needs it. */
  #blobs: Promise<FolderBlobStore> | undefined;
  #closing: Promise<void> | undefined;

  constructor(database: DatabaseSync, file: string, clock: Clock) {
    this.location = file;
    this.#database = database;
    this.#journal = new SqliteJournal(database, file);
    this.#commits = new GroupCommit(database, { location: file, onStale: () => this.#journal.forgetEnds() });
    this.#leases = new SqliteLeases(database, { commits: this.#commits, clock, location: file });
    this.limits = new SqliteLimits(database, { commits: this.#commits, clock, location: file });
    this.#sql = prepareStatements(database);
    this.#clock = clock;
  }

  createRun(run: RunRecord): Promise<boolean> {
    return this.#write(() => {
      const { setup, ...card } = run;
      const setupText = toJsonText(setup, `The setup of run "${run.runId}"`);
      const cardText = toJsonText(card, `The record of run "${run.runId}"`);
      const isRoot = run.parentRunId === null ? 1 : 0;
      return () => this.#sql.insertRun.run(run.runId, run.rootRunId, isRoot, run.createdMs, cardText, setupText).changes === 1;
    });
  }

  getRun(runId: string): Promise<RunRecord | undefined> {
    return this.#read(() => {
      const row = this.#sql.selectRun.get(runId);
      return row === undefined ? undefined : this.#toRun(row);
    });
  }

  listRuns({ rootsOnly = false, rootRunId, limit = -1 }: RunFilter = {}): Promise<RunRecord[]> {
    return this.#read(() => {
      const rows =
        rootRunId === undefined
          ? (rootsOnly ? this.#sql.selectRoots : this.#sql.selectRuns).all(limit)
          : this.#sql.selectTree.all(rootRunId, rootsOnly ? 1 : 0, limit);
      return rows.map((row) => this.#toRun(row));
    });
  }

  updateRun(runId: string, patch: RunPatch): Promise<void> {
    return this.#write(() => () => {
      const row = this.#sql.selectCard.get(runId);
      if (row === undefined) throw runUnknown(runId, this.location);
      const card = { ...(readJson(row, 'card', this.location) as RunCard), ...patch };
      this.#sql.updateCard.run(toJsonText(card, `The record of run "${runId}"`), runId);
    });
  }

  deleteRun(rootRunId: string): Promise<boolean> {
    return this.#write(() => () => {
      const row = this.#sql.selectCard.get(rootRunId);
      if (row === undefined) return false;
      const card = readJson(row, 'card', this.location) as RunCard;
      if (card.parentRunId !== null) throw notRoot(card);
      this.#leases.checkFree(rootRunId);
      for (const statement of this.#sql.deletions) statement.run(rootRunId);
      this.#journal.forgetEnds();
      return true;
    });
  }

  async collectGarbage({ minAgeMs = defaultGarbageAgeMs }: GarbageOptions = {}): Promise<Garbage> {
    if (this.#closing !== undefined) throw storeClosed(this.location);
    const folder = `${this.location}-blobs`;
    const blobs = existsSync(folder) ? await this.#openBlobs() : new MemoryBlobStore();
    const notAfterMs = this.#clock.now() - (minAgeMs > 0 ? minAgeMs + putPrecisionMs : 0);
    try {
      const options = { commits: this.#commits, location: this.location, blobs, notAfterMs };
      return await collectSqliteGarbage(this.#database, options);
    } catch (thrown) {
      throw toStoreError(thrown, this.location);
    }
  }

  appendEvents(runId: string, entries: JournalEntry[], { takes }: { takes?: readonly string[] } = {}): Promise<void> {
    return this.#write(() => this.#journal.prepareAppend(runId, entries, takes));
  }

  readEvents(runId: string, after = 0): Promise<JournalEntry[]> {
    return this.#read(() => this.#journal.read(runId, after));
  }

  async putValue(value: Json): Promise<StoredValue> {
    if (this.#closing !== undefined) throw storeClosed(this.location);
    const { stored, text } = placeValue(value);
    if (stored.kind === 'stored') await this.#write(() => () => this.#sql.putValue.run(stored.hash, text, this.#clock.now()));
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

  openBlobs(): Promise<BlobStore> {
    return this.#openBlobs();
  }

  async #openBlobs(): Promise<FolderBlobStore> {
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
      const isModel = call.kind === 'model';
      const { key, rootRunId, runId } = call;
      const [tokens, usd] = isModel ? [tokensOf(call), call.costUsd] : [null, null];
      return () => void this.#sql.replaceCall.run(key, rootRunId, text, response, runId, tokens, usd);
    });
  }

  listCalls(rootRunId: string): Promise<CallRecord[]> {
    return this.#read(() => orderCalls(this.#sql.selectCalls.all(rootRunId).map((row) => this.#toCall(row))));
  }

  sumCalls(rootRunId: string, below?: string): Promise<Amounts> {
    return this.#read(() => {
      const row = below === undefined ? this.#sql.sumTree.get(rootRunId) : this.#sql.sumBelow.get({ rootRunId, below });
      const read = (column: keyof Amounts) => readNumber(row ?? {}, column, this.location);
      return { calls: read('calls'), tokens: read('tokens'), usd: read('usd') };
    });
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

  readSignals(runId: string): Promise<StoredSignal[]> {
    return this.#read(() =>
      this.#sql.selectSignals.all(runId).map((row) => ({
        id: String(readNumber(row, 'signal_key', this.location)),
        signal: readJson(row, 'body', this.location) as RunSignal,
      })),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const released = Promise.all([this.#leases.releaseAll(), this.limits.close()]);
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

/** Shortens the write-ahead log to nothing if no other process uses it; closing does without. */
function checkpoint(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Another process is reading or writing: the log stays, and the last to close shortens it.
  }
}
