/**
 * The connections of one store.
 *
 * 1. What is given to `run` may be done more than once: after a lost connection, a restart of the server or a deadlock it is
 *    tried again, on another connection, with growing pauses, for `patienceMs`. So it has to be idempotent.
 * 2. A connection on which anything failed is closed, not used again.
 * 3. SQL names our tables and functions `pw_…`; here they get their schema in front, so no search path is relied on.
 */
import { Client, type ClientBase, type ClientConfig, Pool, type QueryConfig } from 'pg';
import { type Clock, systemClock } from '../../clock.ts';
import { PlanwrightError } from '../../errors.ts';
import { storeClosed } from '../store-errors.ts';
import { isPassing, toPostgresError, unreachable } from './postgres-error.ts';
import type { PostgresTarget } from './postgres-url.ts';

export type Row = Record<string, unknown>;

/** One connection, for as long as the work that was given it takes. */
export interface PostgresSession {
  /** The rows. `pw_` names are put into the store's schema. A query that takes longer than `timeoutMs` (default 30,000) breaks the connection. */
  query(sql: string, values?: readonly unknown[], timeoutMs?: number): Promise<Row[]>;
  /** For libraries that want pg's own client. */
  readonly client: ClientBase;
}

export interface PostgresConnectionOptions {
  /** How long a lost connection is tried again. Default 60,000. */
  patienceMs?: number;
  /** Connections at most. Default 8, of which reads leave three to writes and heartbeats. */
  connections?: number;
  /** A query that takes longer counts as a lost connection: a cut network does not tell. Default 30,000. */
  queryTimeoutMs?: number;
}

export const defaultPatienceMs = 60_000;
export const defaultConnections = 8;
/** Not for reads: the two groups of writes, and heartbeats. */
const keptConnections = 3;
const firstPauseMs = 25;
const longestPauseMs = 1_000;
const connectTimeoutMs = 5_000;
const defaultQueryTimeoutMs = 30_000;
const endTimeoutMs = 2_000;

export class PostgresConnection {
  readonly target: PostgresTarget;
  readonly #pool: Pool;
  readonly #patienceMs: number;
  readonly #queryTimeoutMs: number;
  readonly #clock: Clock = systemClock;
  readonly #closing = new AbortController();
  readonly #readers: number;
  /** Queries under way. */
  #inside = 0;
  /** Queries that wait, first come, first served. */
  readonly #outside: (() => void)[] = [];

  constructor(target: PostgresTarget, options: PostgresConnectionOptions = {}) {
    const { patienceMs = defaultPatienceMs, connections = defaultConnections, queryTimeoutMs = defaultQueryTimeoutMs } = options;
    this.target = target;
    this.#patienceMs = patienceMs;
    this.#queryTimeoutMs = queryTimeoutMs;
    this.#readers = Math.max(1, connections - keptConnections);
    this.#pool = new Pool({ ...clientOptions(target), max: connections, allowExitOnIdle: true });
    // An idle connection that breaks is replaced by the pool; whoever needs one next gets a new one. One in use or just
    // discarded may break between two queries: the next query tells of it, and without a listener the process would end.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  get location(): string {
    return this.target.location;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Rows of one statement, which may be done more than once. However many wait, writes and heartbeats find a connection. */
  async query(sql: string, values: readonly unknown[] = [], timeoutMs?: number): Promise<Row[]> {
    await this.#enter();
    try {
      return await this.run((session) => session.query(sql, values, timeoutMs));
    } finally {
      const next = this.#outside.shift();
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }

  /** All or nothing; `work` may be done more than once. */
  transaction<Result>(work: (session: PostgresSession) => Promise<Result>, patienceMs?: number): Promise<Result> {
    return this.run(async (session) => {
      await session.query('BEGIN');
      try {
        const result = await work(session);
        await session.query('COMMIT');
        return result;
      } catch (thrown) {
        // A refusal leaves the connection sound; on any other error it is closed, which rolls back too.
        if (thrown instanceof PlanwrightError) await session.query('ROLLBACK');
        throw thrown;
      }
    }, patienceMs);
  }

  /** @throws {PlanwrightError} `store-failed` when `patienceMs` have passed, or for an error that trying again cannot mend. */
  async run<Result>(work: (session: PostgresSession) => Promise<Result>, patienceMs: number = this.#patienceMs): Promise<Result> {
    const startMs = performance.now();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      if (this.isClosed) throw storeClosed(this.location);
      try {
        return await this.#runOnce(work);
      } catch (thrown) {
        if (this.isClosed && !(thrown instanceof PlanwrightError)) throw storeClosed(this.location);
        if (!isPassing(thrown)) throw toPostgresError(thrown, this.location);
        const spentMs = performance.now() - startMs;
        if (spentMs + pauseMs > patienceMs) throw unreachable(thrown, this.location, spentMs);
      }
      await this.#clock.sleep(pauseMs, this.#closing.signal).catch(() => undefined);
    }
  }

  /** A connection of its own, outside the pool: for listening. The caller ends it. */
  openClient(): Client {
    return new Client({ ...clientOptions(this.target), query_timeout: 0 });
  }

  /** Puts our names into the store's schema. */
  qualify(sql: string): string {
    return qualify(sql, this.target.schema);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.#closing.abort();
    // A connection that is cut off may never end by itself.
    await Promise.race([this.#pool.end(), this.#clock.sleep(endTimeoutMs)]);
  }

  async #enter(): Promise<void> {
    if (this.#inside < this.#readers) this.#inside += 1;
    else await new Promise<void>((resolve) => this.#outside.push(resolve));
  }

  async #runOnce<Result>(work: (session: PostgresSession) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    let isSound = false;
    try {
      const result = await work({
        client,
        query: async (sql, values = [], timeoutMs = this.#queryTimeoutMs) => {
          // pg takes the time limit with each query; its types do not say so.
          const query: QueryConfig & { query_timeout: number } = {
            text: this.qualify(sql),
            values: [...values],
            query_timeout: timeoutMs,
          };
          return (await client.query<Row>(query)).rows;
        },
      });
      isSound = true;
      return result;
    } catch (thrown) {
      isSound = thrown instanceof PlanwrightError;
      throw thrown;
    } finally {
      client.release(!isSound);
    }
  }
}

export function qualify(sql: string, schema: string): string {
  return sql.replaceAll(/(?<!["\w])pw_/g, () => `"${schema}".pw_`);
}

function clientOptions(target: PostgresTarget): ClientConfig {
  return {
    connectionString: target.connectionString,
    application_name: 'planwright',
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: defaultQueryTimeoutMs,
    keepAlive: true,
  };
}
