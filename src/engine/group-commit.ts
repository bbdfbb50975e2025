/**
 * Many writes, one transaction: all writes handed over within one turn of the event loop, by whatever runs, are
 * committed together, so that one fsync makes all of them durable.
 *
 * 1. A promise settles after COMMIT or ROLLBACK, never before.
 * 2. Writes are performed in the order in which they were handed over.
 * 3. A write refuses by throwing a PlanwrightError before it has changed anything; the others are not affected.
 * 4. Any other error ends the transaction: nothing of the group is kept and every write in it is rejected. The next
 *    group starts afresh.
 * 5. No transaction stays open between two turns, so a read outside sees committed rows only.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { PlanwrightError } from '../errors.ts';
import { isBusy, toStoreError } from './sqlite-error.ts';

interface Write {
  /** Inside the transaction. Returns what settles the promise once the transaction is committed. */
  perform: () => () => void;
  reject: (error: PlanwrightError) => void;
}

export interface GroupCommitOptions {
  /** The store's file, for messages. */
  location: string;
  /** Called when rows may have changed other than by this connection's committed writes. */
  onStale: () => void;
}

/** Each try waits for the connection's `busy_timeout`. */
const maximumBusyTries = 3;

export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #options: GroupCommitOptions;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #dataVersion: StatementSync;
  /** Changes when another connection has committed (sqlite.org/pragma.html#pragma_data_version). */
  #lastDataVersion: unknown;
  #waiting: Write[] = [];
  #isScheduled = false;
  #busyTries = 0;

  constructor(database: DatabaseSync, options: GroupCommitOptions) {
    this.#database = database;
    this.#options = options;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
    this.#dataVersion = database.prepare('PRAGMA data_version');
  }

  /** @returns what `work` returned, once it is durable. */
  write<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const perform = () => {
        const result = work();
        return () => resolve(result);
      };
      this.#waiting.push({ perform, reject });
      this.#schedule();
    });
  }

  /** Commits what waits, now. */
  flush(): void {
    while (this.#waiting.length > 0) this.#commitWaiting();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#waiting.length > 0) this.#commitWaiting();
    });
  }

  #commitWaiting(): void {
    try {
      this.#begin.run();
    } catch (thrown) {
      this.#busyTries += 1;
      if (isBusy(thrown) && this.#busyTries < maximumBusyTries) this.#schedule();
      else this.#rejectAll(this.#takeWaiting(), thrown);
      return;
    }
    const group = this.#takeWaiting();
    const settlements: (() => void)[] = [];
    try {
      this.#noticeOtherWriters();
      for (const write of group) settlements.push(performOrRefuse(write));
      this.#commit.run();
    } catch (thrown) {
      this.#undo();
      this.#rejectAll(group, thrown);
      return;
    }
    for (const settle of settlements) settle();
  }

  #takeWaiting(): Write[] {
    const group = this.#waiting;
    this.#waiting = [];
    this.#busyTries = 0;
    return group;
  }

  #noticeOtherWriters(): void {
    const version = this.#dataVersion.get()?.['data_version'];
    if (version !== this.#lastDataVersion) this.#options.onStale();
    this.#lastDataVersion = version;
  }

  #undo(): void {
    this.#options.onStale();
    try {
      // SQLite has rolled back by itself after some errors, a full disk among them.
      if (this.#database.isTransaction) this.#rollback.run();
    } catch {
      // The error that made the rollback necessary is the one to report.
    }
  }

  #rejectAll(group: Write[], thrown: unknown): void {
    const error = toStoreError(thrown, this.#options.location);
    for (const write of group) write.reject(error);
  }
}

function performOrRefuse(write: Write): () => void {
  try {
    return write.perform();
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return () => write.reject(thrown);
    throw thrown;
  }
}
