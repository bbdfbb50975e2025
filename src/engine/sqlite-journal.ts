/** The events of all runs in a store file. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { JournalEntry, RunEvent } from '../events.ts';
import { readJson, readNumber } from './sqlite-row.ts';
import { checkSequence, runUnknown } from './store-errors.ts';
import { toJsonText } from './stored-value.ts';

interface JournalEnd {
  runKey: number;
  /** 0 for a run without events. */
  lastSeq: number;
}

export class SqliteJournal {
  readonly #file: string;
  readonly #selectEnd: StatementSync;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #takeSignal: StatementSync;
  /** By run id; right as long as no other connection has written. */
  readonly #ends = new Map<string, JournalEnd>();

  constructor(database: DatabaseSync, file: string) {
    this.#file = file;
    this.#selectEnd = database.prepare(`
      SELECT run_key, (SELECT coalesce(max(seq), 0) FROM events WHERE events.run_key = runs.run_key) AS last_seq
      FROM runs WHERE run_id = ?`);
    this.#insert = database.prepare('INSERT INTO events (run_key, seq, at_ms, body) VALUES (?, ?, ?, ?)');
    this.#takeSignal = database.prepare('DELETE FROM signals WHERE signal_key = ? AND run_key = ?');
    this.#select = database.prepare(
      'SELECT seq, at_ms, body FROM events WHERE run_key = (SELECT run_key FROM runs WHERE run_id = ?) AND seq > ? ORDER BY seq',
    );
  }

  /**
   * The work of appending, for a transaction. The events are written down as they are now; signals of the run with an id in
   * `takes` are removed.
   * @throws {PlanwrightError} `value-too-large`; the work itself `run-unknown`, `run-busy` or `internal` (see `checkSequence`).
   */
  prepareAppend(runId: string, entries: readonly JournalEntry[], takes: readonly string[] = []): () => void {
    const rows = entries.map(({ seq, atMs, event }) => ({
      seq,
      atMs,
      body: toJsonText(event, `Event ${seq} of run "${runId}"`),
    }));
    return () => {
      const end = this.#findEnd(runId);
      checkSequence(runId, end.lastSeq, rows);
      for (const { seq, atMs, body } of rows) this.#insert.run(end.runKey, seq, atMs, body);
      end.lastSeq += rows.length;
      for (const id of takes) this.#takeSignal.run(toSignalKey(id), end.runKey);
    };
  }

  read(runId: string, after: number): JournalEntry[] {
    return this.#select.all(runId, after).map((row) => ({
      version: 1,
      seq: readNumber(row, 'seq', this.#file),
      atMs: readNumber(row, 'at_ms', this.#file),
      event: readJson(row, 'body', this.#file) as RunEvent,
    }));
  }

  /** The ends are read again at the next append. */
  forgetEnds(): void {
    this.#ends.clear();
  }

  #findEnd(runId: string): JournalEnd {
    const known = this.#ends.get(runId);
    if (known !== undefined) return known;
    const row = this.#selectEnd.get(runId);
    if (row === undefined) throw runUnknown(runId, this.#file);
    const end = { runKey: readNumber(row, 'run_key', this.#file), lastSeq: readNumber(row, 'last_seq', this.#file) };
    this.#ends.set(runId, end);
    return end;
  }
}

/** null, which is equal to no key, for what is no id of this store. */
function toSignalKey(id: string): number | null {
  const key = Number(id);
  return Number.isSafeInteger(key) ? key : null;
}
