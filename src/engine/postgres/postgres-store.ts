/**
 * The store in one schema of a PostgreSQL database, for several processes on several machines.
 *
 * 1. Writes are durable when they resolve, and carried out exactly once, in the order in which they were made (PostgresGroup).
 * 2. Reads see what is committed.
 * 3. Every operation outlives a lost connection for up to `patienceMs`.
 * 4. What a write was given is written down as it is at the time of the call.
 */
import { randomUUID } from 'node:crypto';
import type { CalibrationRecord } from '../../calibrate/calibration-record.ts';
import { type Clock, systemClock } from '../../clock.ts';
import type { JournalEntry, StoredValue } from '../../events.ts';
import type { Json } from '../../json.ts';
import type { RunOutcome } from '../../measure/outcome.ts';
import type { CallRecord } from '../../model/call-record.ts';
import type { Amounts } from '../../model/limits.ts';
import type { SharedLimits } from '../../model/shared-limits.ts';
import type { BlobStore } from '../../workspace/blob-store.ts';
import type {
  Garbage,
  GarbageOptions,
  Lease,
  OutcomeFilter,
  RunFilter,
  RunPatch,
  RunRecord,
  RunSignal,
  Store,
  StoredSignal,
} from '../store.ts';
import { storeClosed } from '../store-errors.ts';
import { PostgresCalls } from './postgres-calls.ts';
import { defaultPatienceMs, PostgresConnection } from './postgres-connection.ts';
import { PostgresBlobStore, PostgresValues } from './postgres-contents.ts';
import { collectGarbage } from './postgres-garbage.ts';
import { PostgresGroup } from './postgres-group.ts';
import { PostgresJournal } from './postgres-journal.ts';
import { PostgresLeases } from './postgres-leases.ts';
import { PostgresLimits } from './postgres-limits.ts';
import { defaultLifetimeMs, PostgresMembers } from './postgres-members.ts';
import { PostgresNotices } from './postgres-notices.ts';
import { PostgresReports } from './postgres-reports.ts';
import { PostgresResults } from './postgres-results.ts';
import { PostgresRuns } from './postgres-runs.ts';
import { checkStore, openPatienceMs } from './postgres-schema.ts';
import { readPostgresUrl } from './postgres-url.ts';

export interface PostgresStoreOptions {
  /** Translates the moment until which a model is paused. Default: the system's. */
  clock?: Clock;
  /** Without a sign of life for this long, a process is dead to the others. Default 15,000. */
  lifetimeMs?: number;
  /** How long an operation is tried while PostgreSQL cannot be reached. Default 60,000; opening: at most 10,000. */
  patienceMs?: number;
  /** Connections at most, besides the one that listens. Default 8. */
  connections?: number;
  /** A query that takes longer counts as a lost connection. Default 30,000. */
  queryTimeoutMs?: number;
}

/**
 * @param url `postgres://user:password@host:port/database?schema=NAME`; schema `planwright` unless it is given.
 * @throws {PlanwrightError} `store-missing`, `store-older` and `store-newer`, which leave everything untouched; `usage` for a
 *   URL that cannot be read; `store-failed`.
 */
export async function openPostgresStore(url: string, options: PostgresStoreOptions = {}): Promise<PostgresStore> {
  const target = readPostgresUrl(url);
  const { patienceMs = defaultPatienceMs, connections, queryTimeoutMs } = options;
  const connection = new PostgresConnection(target, {
    patienceMs,
    ...(connections === undefined ? {} : { connections }),
    ...(queryTimeoutMs === undefined ? {} : { queryTimeoutMs }),
  });
  try {
    await connection.run((session) => checkStore(session, target), Math.min(patienceMs, openPatienceMs));
    return new PostgresStore(connection, options);
  } catch (thrown) {
    await connection.close();
    throw thrown;
  }
}

export class PostgresStore implements Store {
  readonly kind = 'postgres';
  readonly location: string;
  readonly limits: SharedLimits;
  /** Who works on this store, and this process's own membership. */
  readonly members: PostgresMembers;
  /** Who waits for a change hears of it here. */
  readonly notices: PostgresNotices;
  /** For what stands beside our tables in the same schema. */
  readonly connection: PostgresConnection;
  readonly #writes: PostgresGroup;
  readonly #limitWrites: PostgresGroup;
  readonly #runs: PostgresRuns;
  readonly #journal: PostgresJournal;
  readonly #values: PostgresValues;
  readonly #calls: PostgresCalls;
  readonly #reports: PostgresReports;
  readonly #leases: PostgresLeases;
  readonly #results: PostgresResults;
  #closing: Promise<void> | undefined;

  constructor(connection: PostgresConnection, { clock = systemClock, lifetimeMs = defaultLifetimeMs }: PostgresStoreOptions) {
    const writer = randomUUID();
    this.connection = connection;
    this.location = connection.location;
    this.#writes = new PostgresGroup(connection, { lock: 'pw_lock_runs', writer });
    this.#limitWrites = new PostgresGroup(connection, { lock: 'pw_lock_names' });
    this.notices = new PostgresNotices(connection);
    this.members = new PostgresMembers(connection, lifetimeMs);
    this.#leases = new PostgresLeases(connection, this.#writes, this.members);
    this.#runs = new PostgresRuns(connection, this.#writes, this.#leases);
    this.#journal = new PostgresJournal(connection, this.#writes, this.#leases);
    this.#values = new PostgresValues(connection, this.#writes);
    this.#calls = new PostgresCalls(connection, this.#writes, writer);
    this.#reports = new PostgresReports(connection, this.#writes);
    this.#results = new PostgresResults(connection, this.#writes);
    const { members, notices } = this;
    this.limits = new PostgresLimits({ connection, group: this.#limitWrites, members, notices, clock });
  }

  async createRun(run: RunRecord): Promise<boolean> {
    this.#checkOpen();
    return this.#runs.create(run);
  }

  async getRun(runId: string): Promise<RunRecord | undefined> {
    this.#checkOpen();
    return this.#runs.get(runId);
  }

  async listRuns(filter: RunFilter = {}): Promise<RunRecord[]> {
    this.#checkOpen();
    return this.#runs.list(filter);
  }

  async updateRun(runId: string, patch: RunPatch): Promise<void> {
    this.#checkOpen();
    await this.#runs.update(runId, patch);
    this.notices.post('events', runId);
  }

  async deleteRun(rootRunId: string): Promise<boolean> {
    this.#checkOpen();
    return this.#runs.delete(rootRunId);
  }

  async collectGarbage(options: GarbageOptions = {}): Promise<Garbage> {
    this.#checkOpen();
    return collectGarbage(this.connection, options);
  }

  async appendEvents(runId: string, entries: JournalEntry[], { takes = [] }: { takes?: readonly string[] } = {}): Promise<void> {
    this.#checkOpen();
    await this.#journal.append(runId, entries, takes);
    this.notices.post('events', runId);
  }

  async readEvents(runId: string, after = 0): Promise<JournalEntry[]> {
    this.#checkOpen();
    return this.#journal.read(runId, after);
  }

  async putValue(value: Json): Promise<StoredValue> {
    this.#checkOpen();
    return this.#values.put(value);
  }

  async getValue(stored: StoredValue): Promise<Json> {
    this.#checkOpen();
    return this.#values.get(stored);
  }

  async openBlobs(): Promise<BlobStore> {
    this.#checkOpen();
    return new PostgresBlobStore(this.connection, this.#writes);
  }

  async findCall(key: string): Promise<CallRecord | undefined> {
    this.#checkOpen();
    return this.#calls.find(key);
  }

  /**
   * A call that succeeded is not replaced by another process's record of the same key: that one then stands under a free
   * `key#n`, so that what it used is counted.
   */
  async putCall(call: CallRecord): Promise<void> {
    this.#checkOpen();
    await this.#calls.put(call);
  }

  async listCalls(rootRunId: string): Promise<CallRecord[]> {
    this.#checkOpen();
    return this.#calls.list(rootRunId);
  }

  async sumCalls(rootRunId: string, below?: string): Promise<Amounts> {
    this.#checkOpen();
    return this.#calls.sum(rootRunId, below);
  }

  async putOutcome(outcome: RunOutcome): Promise<void> {
    this.#checkOpen();
    await this.#reports.putOutcome(outcome);
  }

  async getOutcome(runId: string): Promise<RunOutcome | undefined> {
    this.#checkOpen();
    return this.#reports.getOutcome(runId);
  }

  async listOutcomes(filter: OutcomeFilter = {}): Promise<RunOutcome[]> {
    this.#checkOpen();
    return this.#reports.listOutcomes(filter);
  }

  async putCalibration(record: CalibrationRecord): Promise<void> {
    this.#checkOpen();
    await this.#reports.putCalibration(record);
  }

  async getCalibration(criticHash: string): Promise<CalibrationRecord | undefined> {
    this.#checkOpen();
    return this.#reports.getCalibration(criticHash);
  }

  async acquireLease(runId: string): Promise<Lease> {
    this.#checkOpen();
    return this.#leases.acquire(runId);
  }

  async isDriven(runId: string): Promise<boolean> {
    this.#checkOpen();
    return this.#leases.isDriven(runId);
  }

  /** Runs whose driver is dead or was closed while it held them, root runs only. */
  async listOrphans(): Promise<string[]> {
    this.#checkOpen();
    return this.#leases.listOrphans();
  }

  async sendSignal(runId: string, signal: RunSignal): Promise<void> {
    this.#checkOpen();
    await this.#journal.sendSignal(runId, signal);
    this.notices.post('signal', runId);
  }

  async readSignals(runId: string): Promise<StoredSignal[]> {
    this.#checkOpen();
    return this.#journal.readSignals(runId);
  }

  watchSignals(runId: string, look: () => void): () => void {
    return this.notices.onChange('signal', runId, look);
  }

  /** Keeps the result of work that was handed out; the first for a key wins. @returns whether this is it. */
  async putResult(runId: string, key: string, body: Json): Promise<boolean> {
    this.#checkOpen();
    const isFirst = await this.#results.put(runId, key, body);
    this.notices.post('results', runId);
    return isFirst;
  }

  /** Of the results that are waited for, those that have come. */
  async findResults(wanted: readonly { runId: string; key: string }[]) {
    this.#checkOpen();
    return this.#results.find(wanted);
  }

  /** Those of a whole tree of runs. */
  async clearResults(rootRunId: string): Promise<void> {
    this.#checkOpen();
    await this.#results.clear(rootRunId);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#writes.drain(), this.#limitWrites.drain()]);
    try {
      await this.members.leave();
      await Promise.all([this.#writes.forget(), this.#limitWrites.forget()]);
    } catch {
      // PostgreSQL cannot be reached. The others will find this member dead, which frees the same.
    } finally {
      await this.notices.close();
      await this.connection.close();
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw storeClosed(this.location);
  }
}
