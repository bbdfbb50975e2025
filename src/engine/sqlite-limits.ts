/**
 * The limits of all processes on one store file: how many calls of a model are under way and how many began in the last minute,
 * over every run in it. Budgets are left to the process that drives a run.
 *
 * 1. Looking and taking are one transaction: of two processes that ask for the last place, one gets it.
 * 2. A refusal writes nothing, nor does an ask without limits.
 * 3. A reservation belongs to an open store of a process; those of a dead one are given back by the next that asks in vain. The
 *    calls may have been made, so they stay in the last minute as they were estimated.
 * 4. What was given back is kept for a minute and then removed.
 */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { Changes } from '../model/changes.ts';
import type { ModelSpec } from '../model/model.ts';
import { rateWaitMs, windowMs } from '../model/rate-window.ts';
import {
  isUnlimited,
  type SharedAnswer,
  type SharedAsk,
  type SharedLimits,
  unlimitedReservation,
} from '../model/shared-limits.ts';
import type { GroupCommit } from './group-commit.ts';
import { thisProcess } from './process-identity.ts';
import { storeCorrupt, toStoreError } from './sqlite-error.ts';
import { heartbeatMs, isHolderAlive } from './sqlite-holder.ts';
import { type Row, readNumber, readText } from './sqlite-row.ts';

/** Other processes cannot wake this one: it looks this often. */
const pollMs = 100;

type Refusal = Extract<SharedAnswer, { kind: 'wait' }>;

export interface SqliteLimitsOptions {
  commits: GroupCommit;
  clock: Clock;
  /** The store's file, for messages. */
  location: string;
}

export class SqliteLimits implements SharedLimits {
  readonly keepsBudgets = false;
  readonly #options: SqliteLimitsOptions;
  readonly #changes: Changes;
  readonly #sql: Statements;
  /** Of this open store, among the holders. */
  readonly #token = randomUUID();
  readonly #open = new Set<string>();
  /** Whether this open store may be among the holders. */
  #isHolder = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(database: DatabaseSync, options: SqliteLimitsOptions) {
    this.#options = options;
    this.#changes = new Changes(options.clock);
    this.#sql = prepareStatements(database);
  }

  async reserve(ask: SharedAsk): Promise<SharedAnswer> {
    const paused = this.#read(() => this.#findPause(ask.model));
    if (paused !== undefined) return paused;
    if (isUnlimited(ask.modelLimits)) return { kind: 'granted', reservation: unlimitedReservation };
    const refusal = this.#read(() => this.#look(ask) ?? null);
    if (refusal !== null && !this.#read(() => this.#hasDeadHolders())) return refusal;
    // Known before it is one, so that a store that closes meanwhile gives back what it gets.
    this.#isHolder = true;
    const answer = await this.#options.commits.write((): SharedAnswer => this.#take(ask));
    if (answer.kind === 'granted' && !this.#isClosed) {
      this.#open.add(answer.reservation);
      this.#timer ??= setInterval(() => this.#beat(), heartbeatMs).unref();
    }
    return answer;
  }

  async settle(reservation: string, tokens: number | null): Promise<void> {
    const key = Number(reservation);
    if (reservation === unlimitedReservation || !Number.isSafeInteger(key)) return;
    await this.#options.commits.write(() => {
      if (tokens === null) this.#sql.deleteOpen.run(key);
      else this.#sql.settle.run(tokens, key);
    });
    this.#forget(reservation);
    this.#changes.notify();
  }

  async pause(model: ModelSpec, untilMs: number): Promise<void> {
    await this.#options.commits.write(() => {
      this.#sql.deletePauses.run(this.#options.clock.now());
      this.#sql.putPause.run(model, untilMs);
    });
    this.#changes.notify();
  }

  changed(atMostMs: number, signal: AbortSignal): Promise<void> {
    return this.#changes.next(Math.min(atMostMs, pollMs), signal);
  }

  /** Gives back what this open store still holds; the calls may have been made. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (!this.#isHolder) return;
    this.#open.clear();
    await this.#options.commits.write(() => this.#giveBack(this.#token));
  }

  #take(ask: SharedAsk): SharedAnswer {
    for (const token of this.#listDead()) this.#giveBack(token);
    const refusal = this.#findPause(ask.model) ?? this.#look(ask);
    if (refusal !== undefined) return refusal;
    const nowMs = this.#options.clock.now();
    this.#sql.deleteOld.run(nowMs - windowMs, nowMs + windowMs);
    const { hostId, hostName, pid, startTicks } = thisProcess();
    this.#sql.putHolder.run(this.#token, hostId, hostName, pid, startTicks, nowMs);
    const { lastInsertRowid } = this.#sql.insert.run(ask.model, nowMs, ask.tokens, this.#token);
    return { kind: 'granted', reservation: String(lastInsertRowid) };
  }

  #findPause(model: ModelSpec): Refusal | undefined {
    const row = this.#sql.selectPause.get(model);
    if (row === undefined) return undefined;
    const waitMs = readNumber(row, 'until_ms', this.#options.location) - this.#options.clock.now();
    return waitMs > 0 ? { kind: 'wait', waitMs, because: 'pause' } : undefined;
  }

  #look({ model, tokens, modelLimits }: SharedAsk): Refusal | undefined {
    const { clock, location } = this.#options;
    const nowMs = clock.now();
    // Entries of a clock that was set back since are none of this minute.
    const row = this.#sql.selectUse.get({ model, fromMs: nowMs - windowMs, toMs: nowMs + windowMs });
    if (row === undefined) throw storeCorrupt(location, 'is damaged: a count gave nothing');
    const sum = {
      count: readNumber(row, 'count', location),
      tokens: readNumber(row, 'tokens', location),
      oldestMs: row['oldest_ms'] === null ? undefined : readNumber(row, 'oldest_ms', location),
    };
    const waitMs = rateWaitMs(modelLimits, sum, { nowMs, tokens });
    if (waitMs > 0) return { kind: 'wait', waitMs, because: 'rate' };
    const { concurrency = Number.POSITIVE_INFINITY } = modelLimits;
    if (concurrency === Number.POSITIVE_INFINITY) return undefined;
    const open = this.#sql.countOpen.get(model) ?? {};
    return readNumber(open, 'count', location) < concurrency
      ? undefined
      : { kind: 'wait', waitMs: pollMs, because: 'concurrency' };
  }

  #hasDeadHolders(): boolean {
    return this.#listDead().length > 0;
  }

  #listDead(): string[] {
    const { location } = this.#options;
    const others = this.#sql.selectOthers.all(this.#token).filter((row: Row) => !isHolderAlive(row, this.#options));
    return others.map((row) => readText(row, 'token', location));
  }

  #giveBack(token: string): void {
    this.#sql.giveBack.run(token);
    this.#sql.deleteHolder.run(token);
  }

  #beat(): void {
    const beaten = this.#options.commits.write(() => this.#sql.beat.run(this.#options.clock.now(), this.#token));
    // A beat that fails (a full disk) is made up for by the next.
    beaten.catch(() => {});
  }

  #forget(reservation: string): void {
    this.#open.delete(reservation);
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #read<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (thrown) {
      throw toStoreError(thrown, this.#options.location);
    }
  }
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  return {
    selectUse: database.prepare(`
      SELECT count(*) AS count, total(tokens) AS tokens, min(at_ms) AS oldest_ms FROM reservations
      WHERE model = $model AND at_ms > $fromMs AND at_ms < $toMs`),
    countOpen: database.prepare('SELECT count(*) AS count FROM reservations WHERE model = ? AND holder IS NOT NULL'),
    insert: database.prepare('INSERT INTO reservations (model, at_ms, tokens, holder) VALUES (?, ?, ?, ?)'),
    settle: database.prepare(
      'UPDATE reservations SET tokens = ?, holder = NULL WHERE reservation_key = ? AND holder IS NOT NULL',
    ),
    deleteOpen: database.prepare('DELETE FROM reservations WHERE reservation_key = ? AND holder IS NOT NULL'),
    deleteOld: database.prepare('DELETE FROM reservations WHERE holder IS NULL AND (at_ms <= ? OR at_ms >= ?)'),
    giveBack: database.prepare('UPDATE reservations SET holder = NULL WHERE holder = ?'),
    putHolder: database.prepare(`
      INSERT INTO limit_holders (token, host_id, host_name, pid, start_ticks, heartbeat_ms) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (token) DO UPDATE SET heartbeat_ms = excluded.heartbeat_ms`),
    beat: database.prepare('UPDATE limit_holders SET heartbeat_ms = ? WHERE token = ?'),
    selectOthers: database.prepare('SELECT * FROM limit_holders WHERE token <> ?'),
    deleteHolder: database.prepare('DELETE FROM limit_holders WHERE token = ?'),
    selectPause: database.prepare('SELECT until_ms FROM pauses WHERE model = ?'),
    putPause: database.prepare(`
      INSERT INTO pauses (model, until_ms) VALUES (?, ?)
      ON CONFLICT (model) DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)`),
    deletePauses: database.prepare('DELETE FROM pauses WHERE until_ms <= ?'),
  } satisfies Record<string, StatementSync>;
}
