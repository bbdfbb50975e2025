/**
 * Many writes, one statement: what is handed over while a group is on its way forms the next one, which is one round trip
 * and one transaction.
 *
 * 1. A promise settles when its group is committed, or when it is certain that it is not.
 * 2. Operations are carried out in the order in which they were handed over, and exactly once: a group has a number, which is
 *    kept with its results in the same transaction. A commit that was not heard of is found there.
 * 3. An operation refuses with its answer, having changed nothing; the others of its group are not affected. One that breaks
 *    (a value the server cannot keep) is told apart by doing the group one by one.
 */
import { randomUUID } from 'node:crypto';
import { storeClosed } from '../store-errors.ts';
import type { PostgresConnection, PostgresSession } from './postgres-connection.ts';
import { codeOf, isPassing } from './postgres-error.ts';

export interface GroupOperation {
  /** `pw_append(?, ?)`: a function of ours that answers with a text; each `?` stands for the next value. */
  call: string;
  values: readonly unknown[];
  /** What has to be locked before any operation of the group begins: run ids, or names, as the group's lock takes them. */
  locks: readonly string[];
  /** Roughly the characters that it sends. */
  size?: number;
}

interface Waiting {
  operation: GroupOperation;
  resolve: (answer: string) => void;
  reject: (error: unknown) => void;
}

export interface GroupOptions {
  lock: 'pw_lock_runs' | 'pw_lock_names';
  /** Names the store instance; each group of one instance has a writer of its own. */
  writer?: string;
}

const maximumOperations = 400;
const maximumSize = 8 * 1024 * 1024;
const alreadyThere = 'PW001';

export class PostgresGroup {
  readonly #connection: PostgresConnection;
  readonly #lock: GroupOptions['lock'];
  readonly #writer: string;
  #waiting: Waiting[] = [];
  #groupNo = 0;
  #working: Promise<void> | undefined;

  constructor(connection: PostgresConnection, { lock, writer = randomUUID() }: GroupOptions) {
    this.#connection = connection;
    this.#lock = lock;
    this.#writer = writer;
  }

  /** @returns what the function answered, once it is durable. */
  write(operation: GroupOperation): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#connection.isClosed) {
        reject(storeClosed(this.#connection.location));
        return;
      }
      this.#waiting.push({ operation, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    await this.#working;
  }

  /** Forgets the numbers of this writer's groups, after the last; where that fails, time does it (pw_tidy_limits). */
  async forget(): Promise<void> {
    if (this.#groupNo === 0) return;
    const remove = (session: PostgresSession) => session.query('DELETE FROM pw_writers WHERE writer = $1', [this.#writer]);
    await this.#connection.run(remove, 0);
  }

  async #work(): Promise<void> {
    // Whatever this turn of the event loop hands over goes into the first group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#settle(this.#takeGroup());
    this.#working = undefined;
  }

  #takeGroup(): Waiting[] {
    let size = 0;
    let count = 0;
    for (const { operation } of this.#waiting) {
      size += operation.size ?? 0;
      if (count > 0 && (size > maximumSize || count === maximumOperations)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #settle(group: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#commit(group.map(({ operation }) => operation));
      for (const [index, { resolve }] of group.entries()) resolve(answers[index] ?? '');
    } catch (thrown) {
      const isOne = group.length === 1;
      if (isOne || this.#connection.isClosed || !isBroken(thrown)) for (const { reject } of group) reject(thrown);
      else for (const each of group) await this.#settle([each]);
    }
  }

  #commit(operations: readonly GroupOperation[]): Promise<string[]> {
    this.#groupNo += 1;
    const groupNo = this.#groupNo;
    const { sql, values } = this.#statement(operations, groupNo);
    return this.#connection.run(async (session) => {
      try {
        const [row] = await session.query(sql, values);
        return row?.['answers'] as string[];
      } catch (thrown) {
        if (codeOf(thrown) === alreadyThere) return this.#readAnswers(session, groupNo);
        throw thrown;
      }
    });
  }

  async #readAnswers(session: PostgresSession, groupNo: number): Promise<string[]> {
    const [row] = await session.query('SELECT results FROM pw_writers WHERE writer = $1 AND group_no = $2', [
      this.#writer,
      groupNo,
    ]);
    return row?.['results'] as string[];
  }

  /** Arguments are evaluated from left to right: the locks, then the operations, then the number is written down. */
  #statement(operations: readonly GroupOperation[], groupNo: number): { sql: string; values: unknown[] } {
    const values: unknown[] = [this.#writer, groupNo, [...new Set(operations.flatMap(({ locks }) => locks))]];
    const calls = operations.map((operation) => {
      let next = 0;
      return operation.call.replaceAll('?', () => {
        values.push(operation.values[next]);
        next += 1;
        return `$${values.length}`;
      });
    });
    return { sql: `SELECT pw_commit($1, $2, ${this.#lock}($3), ARRAY[${calls.join(', ')}]) AS answers`, values };
  }
}

/** Whether it was the server that would not have one of the operations. */
function isBroken(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return codeOf(cause) !== undefined && !isPassing(cause);
}
