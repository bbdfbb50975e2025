/**
 * A store in Maps, for tests and for embedding: it ends with its process.
 *
 * 1. Nothing is copied on the way in: whoever hands over an entry, a value or a record no longer changes it.
 * 2. A write is done when the call returns; the promise is already resolved.
 * 3. A refused write leaves nothing behind.
 */
import type { CalibrationRecord } from '../calibrate/calibration-record.ts';
import { type Clock, systemClock } from '../clock.ts';
import { compareText } from '../documents/compare-text.ts';
import type { JournalEntry, StoredValue } from '../events.ts';
import type { Json } from '../json.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import type { CallRecord } from '../model/call-record.ts';
import type { BlobStore } from '../workspace/blob-store.ts';
import { MemoryBlobStore } from '../workspace/memory-blob-store.ts';
import { orderCalls } from './call-order.ts';
import type { Lease, OutcomeFilter, RunPatch, RunRecord, RunSignal, Store } from './store.ts';
import { checkSequence, runBusy, runUnknown, storeClosed, valueMissing } from './store-errors.ts';
import { placeValue } from './stored-value.ts';

interface StoredRun {
  record: RunRecord;
  entries: JournalEntry[];
  signals: RunSignal[];
}

const done: Promise<void> = Promise.resolve();

export class MemoryStore implements Store {
  readonly kind = 'memory';
  readonly location = 'memory';
  /** In order of creation. */
  readonly #runs = new Map<string, StoredRun>();
  readonly #values = new Map<string, Json>();
  readonly #calls = new Map<string, CallRecord>();
  /** The same calls by root run, then by key. */
  readonly #callsByRoot = new Map<string, Map<string, CallRecord>>();
  readonly #blobs = new MemoryBlobStore();
  readonly #calibrations = new Map<string, CalibrationRecord>();
  readonly #outcomes = new Map<string, RunOutcome>();
  readonly #leases = new Map<string, { sinceMs: number }>();
  readonly #clock: Clock;
  #closed = false;

  constructor({ clock = systemClock }: { clock?: Clock } = {}) {
    this.#clock = clock;
  }

  async createRun(run: RunRecord): Promise<boolean> {
    this.#checkOpen();
    if (this.#runs.has(run.runId)) return false;
    this.#runs.set(run.runId, { record: run, entries: [], signals: [] });
    return true;
  }

  async getRun(runId: string): Promise<RunRecord | undefined> {
    this.#checkOpen();
    return this.#runs.get(runId)?.record;
  }

  async listRuns({ rootsOnly = false, limit }: { rootsOnly?: boolean; limit?: number } = {}): Promise<RunRecord[]> {
    this.#checkOpen();
    const records = [...this.#runs.values()].map((run) => run.record).reverse();
    const listed = rootsOnly ? records.filter((record) => record.parentRunId === null) : records;
    return listed.toSorted((a, b) => b.createdMs - a.createdMs).slice(0, limit);
  }

  async updateRun(runId: string, patch: RunPatch): Promise<void> {
    const run = this.#run(runId);
    run.record = { ...run.record, ...patch };
  }

  appendEvents(runId: string, entries: JournalEntry[]): Promise<void> {
    try {
      const journal = this.#run(runId).entries;
      checkSequence(runId, journal.length, entries);
      for (const entry of entries) journal.push(entry);
      return done;
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  async readEvents(runId: string): Promise<JournalEntry[]> {
    this.#checkOpen();
    return this.#runs.get(runId)?.entries.slice() ?? [];
  }

  async putValue(value: Json): Promise<StoredValue> {
    this.#checkOpen();
    const { stored } = placeValue(value);
    if (stored.kind === 'stored') this.#values.set(stored.hash, value);
    return stored;
  }

  async getValue(stored: StoredValue): Promise<Json> {
    this.#checkOpen();
    if (stored.kind === 'inline') return stored.value;
    const value = this.#values.get(stored.hash);
    if (value === undefined) throw valueMissing(stored.hash, this.location);
    return value;
  }

  async openBlobs(): Promise<BlobStore> {
    this.#checkOpen();
    return this.#blobs;
  }

  async findCall(key: string): Promise<CallRecord | undefined> {
    this.#checkOpen();
    return this.#calls.get(key);
  }

  async putCall(call: CallRecord): Promise<void> {
    this.#checkOpen();
    const known = this.#calls.get(call.key);
    if (known !== undefined) this.#callsByRoot.get(known.rootRunId)?.delete(call.key);
    this.#calls.set(call.key, call);
    const ofRoot = this.#callsByRoot.get(call.rootRunId) ?? new Map<string, CallRecord>();
    this.#callsByRoot.set(call.rootRunId, ofRoot.set(call.key, call));
  }

  async listCalls(rootRunId: string): Promise<CallRecord[]> {
    this.#checkOpen();
    return orderCalls([...(this.#callsByRoot.get(rootRunId)?.values() ?? [])]);
  }

  async putOutcome(outcome: RunOutcome): Promise<void> {
    this.#checkOpen();
    this.#outcomes.set(outcome.runId, outcome);
  }

  async getOutcome(runId: string): Promise<RunOutcome | undefined> {
    this.#checkOpen();
    return this.#outcomes.get(runId);
  }

  async listOutcomes({ taskClass, team, limit }: OutcomeFilter = {}): Promise<RunOutcome[]> {
    this.#checkOpen();
    return [...this.#outcomes.values()]
      .filter((one) => (taskClass === undefined || one.taskClass === taskClass) && (team === undefined || one.team === team))
      .toSorted((a, b) => b.endedMs - a.endedMs || compareText(a.runId, b.runId))
      .slice(0, limit);
  }

  async putCalibration(record: CalibrationRecord): Promise<void> {
    this.#checkOpen();
    this.#calibrations.set(record.criticHash, record);
  }

  async getCalibration(criticHash: string): Promise<CalibrationRecord | undefined> {
    this.#checkOpen();
    return this.#calibrations.get(criticHash);
  }

  async acquireLease(runId: string): Promise<Lease> {
    this.#checkOpen();
    const held = this.#leases.get(runId);
    if (held !== undefined) throw runBusy(runId, { pid: process.pid, host: 'this machine', ...held });
    const own = { sinceMs: this.#clock.now() };
    this.#leases.set(runId, own);
    const release = async () => {
      if (this.#leases.get(runId) === own) this.#leases.delete(runId);
    };
    return { runId, release };
  }

  async isDriven(runId: string): Promise<boolean> {
    this.#checkOpen();
    return this.#leases.has(runId);
  }

  async sendSignal(runId: string, signal: RunSignal): Promise<void> {
    this.#run(runId).signals.push(signal);
  }

  async takeSignals(runId: string): Promise<RunSignal[]> {
    this.#checkOpen();
    return this.#runs.get(runId)?.signals.splice(0) ?? [];
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#leases.clear();
  }

  #run(runId: string): StoredRun {
    this.#checkOpen();
    const run = this.#runs.get(runId);
    if (run === undefined) throw runUnknown(runId, this.location);
    return run;
  }

  #checkOpen(): void {
    if (this.#closed) throw storeClosed(this.location);
  }
}
