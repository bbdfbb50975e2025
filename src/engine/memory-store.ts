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
import { isAtOrBelow } from '../ids.ts';
import type { Json } from '../json.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import { spentBy } from '../measure/spent.ts';
import type { CallRecord } from '../model/call-record.ts';
import type { Amounts } from '../model/limits.ts';
import type { BlobStore } from '../workspace/blob-store.ts';
import { MemoryBlobStore } from '../workspace/memory-blob-store.ts';
import { orderCalls } from './call-order.ts';
import { collectMemoryGarbage, type HeldValue } from './memory-garbage.ts';
import { MemoryLimits } from './memory-limits.ts';
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
import { checkSequence, type LeaseHolder, notRoot, runBusy, runUnknown, storeClosed, valueMissing } from './store-errors.ts';
import { placeValue } from './stored-value.ts';

interface StoredRun {
  record: RunRecord;
  entries: JournalEntry[];
  signals: StoredSignal[];
}

const done: Promise<void> = Promise.resolve();

export class MemoryStore implements Store {
  readonly kind = 'memory';
  readonly location = 'memory';
  /** In order of creation. */
  readonly #runs = new Map<string, StoredRun>();
  readonly #values = new Map<string, HeldValue>();
  readonly #calls = new Map<string, CallRecord>();
  /** The same calls by root run, then by key. */
  readonly #callsByRoot = new Map<string, Map<string, CallRecord>>();
  readonly #blobs: MemoryBlobStore;
  readonly #calibrations = new Map<string, CalibrationRecord>();
  readonly #outcomes = new Map<string, RunOutcome>();
  readonly #leases = new Map<string, { sinceMs: number }>();
  readonly #clock: Clock;
  readonly limits: MemoryLimits;
  #signalCount = 0;
  #closed = false;

  constructor({ clock = systemClock }: { clock?: Clock } = {}) {
    this.#clock = clock;
    this.#blobs = new MemoryBlobStore({ clock });
    this.limits = new MemoryLimits(clock);
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

  async listRuns({ rootsOnly = false, rootRunId, limit }: RunFilter = {}): Promise<RunRecord[]> {
    this.#checkOpen();
    return [...this.#runs.values()]
      .map((run) => run.record)
      .filter((record) => !rootsOnly || record.parentRunId === null)
      .filter((record) => rootRunId === undefined || record.rootRunId === rootRunId)
      .reverse()
      .toSorted((a, b) => b.createdMs - a.createdMs)
      .slice(0, limit);
  }

  async updateRun(runId: string, patch: RunPatch): Promise<void> {
    const run = this.#run(runId);
    run.record = { ...run.record, ...patch };
  }

  async deleteRun(rootRunId: string): Promise<boolean> {
    this.#checkOpen();
    const run = this.#runs.get(rootRunId);
    if (run === undefined) return false;
    if (run.record.parentRunId !== null) throw notRoot(run.record);
    const lease = this.#leases.get(rootRunId);
    if (lease !== undefined) throw runBusy(rootRunId, holderOf(lease));
    for (const [runId, { record }] of this.#runs) {
      if (record.rootRunId !== rootRunId) continue;
      this.#runs.delete(runId);
      this.#outcomes.delete(runId);
    }
    for (const key of this.#callsByRoot.get(rootRunId)?.keys() ?? []) this.#calls.delete(key);
    this.#callsByRoot.delete(rootRunId);
    return true;
  }

  async collectGarbage({ minAgeMs = defaultGarbageAgeMs }: GarbageOptions = {}): Promise<Garbage> {
    this.#checkOpen();
    return collectMemoryGarbage({
      notAfterMs: this.#clock.now() - minAgeMs,
      records: this.#listRecords(),
      values: this.#values,
      blobs: this.#blobs,
    });
  }

  /** Everything that is kept for its own sake, as JSON. */
  *#listRecords(): Iterable<string> {
    for (const { record, entries, signals } of this.#runs.values()) {
      yield JSON.stringify({ record, signals });
      for (const entry of entries) yield JSON.stringify(entry.event);
    }
    for (const call of this.#calls.values()) yield JSON.stringify(call);
    for (const outcome of this.#outcomes.values()) yield JSON.stringify(outcome);
    for (const calibration of this.#calibrations.values()) yield JSON.stringify(calibration);
  }

  appendEvents(runId: string, entries: JournalEntry[], { takes = [] }: { takes?: readonly string[] } = {}): Promise<void> {
    try {
      const run = this.#run(runId);
      checkSequence(runId, run.entries.length, entries);
      for (const entry of entries) run.entries.push(entry);
      if (takes.length > 0) run.signals = run.signals.filter(({ id }) => !takes.includes(id));
      return done;
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  async readEvents(runId: string, after = 0): Promise<JournalEntry[]> {
    this.#checkOpen();
    return this.#runs.get(runId)?.entries.slice(after) ?? [];
  }

  async putValue(value: Json): Promise<StoredValue> {
    this.#checkOpen();
    const { stored } = placeValue(value);
    if (stored.kind === 'stored') this.#values.set(stored.hash, { value, putMs: this.#clock.now() });
    return stored;
  }

  async getValue(stored: StoredValue): Promise<Json> {
    this.#checkOpen();
    if (stored.kind === 'inline') return stored.value;
    const held = this.#values.get(stored.hash);
    if (held === undefined) throw valueMissing(stored.hash, this.location);
    return held.value;
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

  async sumCalls(rootRunId: string, below?: string): Promise<Amounts> {
    this.#checkOpen();
    const calls = [...(this.#callsByRoot.get(rootRunId)?.values() ?? [])];
    return spentBy(below === undefined ? calls : calls.filter(({ runId }) => isAtOrBelow(runId, below)));
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
    if (held !== undefined) throw runBusy(runId, holderOf(held));
    const own = { sinceMs: this.#clock.now() };
    this.#leases.set(runId, own);
    const release = async () => {
      if (this.#leases.get(runId) === own) this.#leases.delete(runId);
    };
    // Nobody but this process can hold a run of this store.
    return { runId, lost: new AbortController().signal, release };
  }

  async isDriven(runId: string): Promise<boolean> {
    this.#checkOpen();
    return this.#leases.has(runId);
  }

  async sendSignal(runId: string, signal: RunSignal): Promise<void> {
    const { signals } = this.#run(runId);
    this.#signalCount += 1;
    signals.push({ id: String(this.#signalCount), signal });
  }

  async readSignals(runId: string): Promise<StoredSignal[]> {
    this.#checkOpen();
    return this.#runs.get(runId)?.signals.slice() ?? [];
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

function holderOf(lease: { sinceMs: number }): LeaseHolder {
  return { pid: process.pid, host: 'this machine', ...lease };
}
