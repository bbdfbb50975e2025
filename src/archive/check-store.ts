/** Reads everything that a store has of its runs and says what is wrong with it. Nothing is changed. */
import { DatabaseSync } from 'node:sqlite';
import type { RunRecord, Store } from '../engine/store.ts';
import { toErrorRecord } from '../errors.ts';
import type { JournalEntry } from '../events.ts';
import type { CallRecord } from '../model/call-record.ts';
import type { BlobStore } from '../workspace/blob-store.ts';
import { foldEntries } from './fold-entries.ts';
import { isJson } from './is-json.ts';
import { orderByDepth } from './order-by-depth.ts';
import { contentsOf, type Reference, referencesOfCall, referencesOfSetup } from './references.ts';

/**
 * `file`: of the store as a whole. `record`, `events`, `status`, `call`: of a run. `value`, `blob`: missing or damaged.
 * `orphan`: a run below one that is gone.
 */
export type StoreProblemCode = 'file' | 'record' | 'events' | 'status' | 'call' | 'value' | 'blob' | 'orphan';

export interface StoreProblem {
  code: StoreProblemCode;
  message: string;
  runId?: string;
  /** Of the event it is about. */
  seq?: number;
  /** Of the call it is about. */
  callKey?: string;
}

export interface StoreCheck {
  ok: boolean;
  location: string;
  /** What was read: runs at every depth, each value and each blob that a run refers to once. */
  counts: { runs: number; events: number; calls: number; values: number; blobs: number };
  problems: StoreProblem[];
}

/**
 * Checks a store: the file itself (SQLite), that the events of every run are without gaps and can be folded, that its status
 * is what they say, that calls can be read, and that every value and every file content that is referred to is there with
 * the right hash. A run that is driven meanwhile may be ahead of its status: that is no problem.
 * @throws {PlanwrightError} what the store throws when it can't be read at all.
 */
export async function checkStore(store: Store): Promise<StoreCheck> {
  const checker = new StoreChecker(store, await store.openBlobs());
  await checker.checkAll();
  const { counts, problems } = checker;
  return { ok: problems.length === 0, location: store.location, counts, problems };
}

class StoreChecker {
  readonly counts: StoreCheck['counts'] = { runs: 0, events: 0, calls: 0, values: 0, blobs: 0 };
  readonly problems: StoreProblem[] = [];
  readonly #store: Store;
  readonly #blobs: BlobStore;
  /** By what they hold and their hash. */
  readonly #seen = new Set<string>();

  constructor(store: Store, blobs: BlobStore) {
    this.#store = store;
    this.#blobs = blobs;
  }

  async checkAll(): Promise<void> {
    if (this.#store.kind === 'sqlite') this.#checkFile(this.#store.location);
    const runs = orderByDepth(await this.#store.listRuns());
    const runIds = new Set(runs.map(({ runId }) => runId));
    for (const run of runs) {
      await this.#checkRun(run);
      if (run.parentRunId === null) await this.#checkCalls(run.runId);
      else if (!runIds.has(run.parentRunId)) {
        this.#add({ code: 'orphan', runId: run.runId, message: `is below run "${run.parentRunId}", which is not there` });
      }
    }
  }

  #checkFile(file: string): void {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    try {
      for (const row of database.prepare('PRAGMA quick_check').all()) {
        const said = String(row['quick_check']);
        if (said !== 'ok') this.#add({ code: 'file', message: said });
      }
      for (const row of database.prepare('PRAGMA foreign_key_check').all()) {
        this.#add({ code: 'file', message: `a row of ${String(row['table'])} belongs to no row of ${String(row['parent'])}` });
      }
    } catch (thrown) {
      this.#add({ code: 'file', message: toErrorRecord(thrown).message });
    } finally {
      database.close();
    }
  }

  async #checkRun(record: RunRecord): Promise<void> {
    const { runId } = record;
    this.counts.runs += 1;
    if (record.version !== 1) this.#add({ code: 'record', runId, message: `has a record of version ${String(record.version)}` });
    let entries: JournalEntry[];
    try {
      entries = await this.#store.readEvents(runId);
    } catch (thrown) {
      this.#add({ code: 'events', runId, message: toErrorRecord(thrown).message });
      return;
    }
    this.counts.events += entries.length;
    const folded = foldEntries(entries);
    if (folded.kind === 'broken') this.#add({ code: 'events', runId, seq: folded.seq, message: folded.problem });
    else await this.#checkStatus(record, folded.state.end?.status ?? null);
    for (const reference of [...referencesOfSetup(record.setup), ...folded.references]) {
      await this.#checkReference(reference, { runId });
    }
  }

  async #checkStatus({ runId, rootRunId, status }: RunRecord, end: RunRecord['status'] | null): Promise<void> {
    const isOver = status !== 'running' && status !== 'waiting';
    if (isOver ? status === end : end === null) return;
    if (await this.#store.isDriven(rootRunId)) return;
    // Read again: it may have ended between the two readings.
    if ((await this.#store.getRun(runId))?.status === end) return;
    const repair = end === null ? '' : ` Resume it to set that right: planwright resume ${rootRunId}`;
    this.#add({
      code: 'status',
      runId,
      message: `is said to be ${status}; by its events it is ${end ?? 'not over'}.${repair}`,
    });
  }

  async #checkCalls(rootRunId: string): Promise<void> {
    let calls: CallRecord[];
    try {
      calls = await this.#store.listCalls(rootRunId);
    } catch (thrown) {
      this.#add({ code: 'call', runId: rootRunId, message: toErrorRecord(thrown).message });
      return;
    }
    this.counts.calls += calls.length;
    for (const call of calls) {
      const { key, runId, response } = call;
      const problem = !key.startsWith(`${runId}/`)
        ? `is that of run "${runId}", which its key does not begin with`
        : response !== null && !isJson(response)
          ? 'has a response that is no JSON'
          : null;
      if (problem !== null) this.#add({ code: 'call', runId: rootRunId, callKey: key, message: problem });
      for (const reference of referencesOfCall(call)) await this.#checkReference(reference, { runId, callKey: key });
    }
  }

  async #checkReference(reference: Reference, where: Pick<StoreProblem, 'runId' | 'callKey'>): Promise<void> {
    const { stored, holds } = reference;
    if (stored.kind === 'inline' && holds === 'result') return;
    if (stored.kind === 'stored' && !this.#isNew(`${holds} ${stored.hash}`)) return;
    if (stored.kind === 'stored' && this.#isNew(stored.hash)) this.counts.values += 1;
    let contents: string[];
    try {
      contents = contentsOf(reference, await this.#store.getValue(stored));
    } catch (thrown) {
      this.#add({ code: 'value', ...where, message: toErrorRecord(thrown).message });
      return;
    }
    for (const hash of contents) {
      if (!this.#isNew(`blob ${hash}`)) continue;
      this.counts.blobs += 1;
      try {
        await this.#blobs.get(hash);
      } catch (thrown) {
        this.#add({ code: 'blob', ...where, message: toErrorRecord(thrown).message });
      }
    }
  }

  #isNew(key: string): boolean {
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #add(problem: StoreProblem): void {
    this.problems.push(problem);
  }
}
