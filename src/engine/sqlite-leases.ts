/**
 * Who drives which run, in a store file.
 *
 * 1. At most one lease of a run is live; taking one is atomic.
 * 2. A holder on this host is live as long as its process lives, frozen or not: a killed process is followed at once and a
 *    slow one never robbed. One on another host is live as long as its heart beats (`isHolderAlive`).
 * 3. A lease removes only itself: once another process has taken over, releasing changes nothing. What a robbed
 *    holder still appends is refused by the order of the journal.
 * 4. A holder learns that it was robbed with its next heartbeat.
 */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import type { GroupCommit } from './group-commit.ts';
import { thisProcess } from './process-identity.ts';
import { heartbeatMs, isHolderAlive } from './sqlite-holder.ts';
import { readNumber, readText } from './sqlite-row.ts';
import type { Lease } from './store.ts';
import { type LeaseHolder, leaseLost, runBusy } from './store-errors.ts';

export interface SqliteLeasesOptions {
  commits: GroupCommit;
  clock: Clock;
  /** The store's file, for messages. */
  location: string;
}

export class SqliteLeases {
  readonly #options: SqliteLeasesOptions;
  readonly #select: StatementSync;
  readonly #replace: StatementSync;
  readonly #beat: StatementSync;
  readonly #delete: StatementSync;
  /** The leases held through this store, by token. */
  readonly #held = new Map<string, { runId: string; lost: AbortController }>();
  /** Given up, but still in the file: it could not be written then. */
  readonly #unreleased = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(database: DatabaseSync, options: SqliteLeasesOptions) {
    this.#options = options;
    this.#select = database.prepare('SELECT * FROM leases WHERE run_id = ?');
    this.#replace = database.prepare(`
      INSERT OR REPLACE INTO leases (run_id, token, host_id, host_name, pid, start_ticks, since_ms, heartbeat_ms)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#beat = database.prepare('UPDATE leases SET heartbeat_ms = ? WHERE token = ?');
    this.#delete = database.prepare('DELETE FROM leases WHERE token = ?');
  }

  async acquire(runId: string): Promise<Lease> {
    const token = randomUUID();
    // Known before it is taken, so that a store that closes meanwhile gives it back.
    const lost = new AbortController();
    this.#held.set(token, { runId, lost });
    this.#timer ??= setInterval(() => this.#beatAll(), heartbeatMs).unref();
    try {
      await this.#options.commits.write(() => this.#take(runId, token));
    } catch (thrown) {
      this.#forget(token);
      throw thrown;
    }
    return { runId, lost: lost.signal, release: () => this.#release([token]) };
  }

  isDriven(runId: string): boolean {
    return this.#findHolder(runId) !== undefined;
  }

  /** @throws {PlanwrightError} `run-busy` when a live process holds the run. */
  checkFree(runId: string): void {
    const holder = this.#findHolder(runId);
    if (holder !== undefined) throw runBusy(runId, holder);
  }

  async releaseAll(): Promise<void> {
    // Who released these was told that it could not be written.
    const late = this.#release([...this.#unreleased]).catch(() => {});
    await this.#release([...this.#held.keys()]);
    await late;
  }

  #take(runId: string, token: string): void {
    this.checkFree(runId);
    const { hostId, hostName, pid, startTicks } = thisProcess();
    const nowMs = this.#options.clock.now();
    this.#replace.run(runId, token, hostId, hostName, pid, startTicks, nowMs, nowMs);
  }

  #findHolder(runId: string): LeaseHolder | undefined {
    const { location } = this.#options;
    const row = this.#select.get(runId);
    if (row === undefined || this.#unreleased.has(readText(row, 'token', location))) return undefined;
    if (!isHolderAlive(row, this.#options)) return undefined;
    return {
      pid: readNumber(row, 'pid', location),
      host: readText(row, 'host_name', location),
      sinceMs: readNumber(row, 'since_ms', location),
    };
  }

  #beatAll(): void {
    const nowMs = this.#options.clock.now();
    const tokens = [...this.#held.keys()];
    const beaten = this.#options.commits.write(() => tokens.filter((token) => this.#beat.run(nowMs, token).changes === 0));
    // A beat that fails (a full disk) is made up for by the next; whoever appends is told of the error.
    beaten.then((lost) => lost.forEach((token) => this.#lose(token))).catch(() => {});
    this.#release([...this.#unreleased]).catch(() => {});
  }

  /** A token that was released meanwhile is known no more. */
  #lose(token: string): void {
    const held = this.#held.get(token);
    if (held === undefined) return;
    this.#forget(token);
    held.lost.abort(leaseLost(held.runId));
  }

  /** What can't be written down now (a full disk) is tried again with each heartbeat: nobody is to wait for this process to end. */
  async #release(tokens: readonly string[]): Promise<void> {
    for (const token of tokens) if (this.#held.delete(token)) this.#unreleased.add(token);
    const given = tokens.filter((token) => this.#unreleased.has(token));
    if (given.length === 0) return;
    await this.#options.commits.write(() => {
      for (const token of given) this.#delete.run(token);
    });
    for (const token of given) this.#unreleased.delete(token);
    this.#stopBeating();
  }

  #forget(token: string): void {
    this.#held.delete(token);
    this.#stopBeating();
  }

  #stopBeating(): void {
    if (this.#held.size + this.#unreleased.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
