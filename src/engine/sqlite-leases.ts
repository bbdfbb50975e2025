/**
 * Who drives which run, in a store file.
 *
 * 1. At most one lease of a run is live; taking one is atomic.
 * 2. A holder on this host is live as long as its process lives, frozen or not: no time is involved, so a killed
 *    process is followed at once and a slow one never robbed.
 * 3. A holder on another host (another container, say) is live while its heartbeat is younger than 15 s.
 * 4. A lease removes only itself: once another process has taken over, releasing changes nothing. What a robbed
 *    holder still appends is refused by the order of the journal.
 */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import type { GroupCommit } from './group-commit.ts';
import { isProcessAlive, thisProcess } from './process-identity.ts';
import { type Row, readNumber, readText } from './sqlite-row.ts';
import type { Lease } from './store.ts';
import { runBusy } from './store-errors.ts';

export const heartbeatMs = 5_000;
export const heartbeatLimitMs = 15_000;

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
  /** Of the leases held through this store. */
  readonly #tokens = new Set<string>();
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
    this.#tokens.add(token);
    this.#timer ??= setInterval(() => this.#beatAll(), heartbeatMs).unref();
    try {
      await this.#options.commits.write(() => this.#take(runId, token));
    } catch (thrown) {
      this.#forget(token);
      throw thrown;
    }
    return { runId, release: () => this.#release([token]) };
  }

  isDriven(runId: string): boolean {
    const row = this.#select.get(runId);
    return row !== undefined && this.#isLive(row);
  }

  releaseAll(): Promise<void> {
    return this.#release([...this.#tokens]);
  }

  #take(runId: string, token: string): void {
    const { clock, location } = this.#options;
    const row = this.#select.get(runId);
    if (row !== undefined && this.#isLive(row)) {
      throw runBusy(runId, {
        pid: readNumber(row, 'pid', location),
        host: readText(row, 'host_name', location),
        sinceMs: readNumber(row, 'since_ms', location),
      });
    }
    const { hostId, hostName, pid, startTicks } = thisProcess();
    const nowMs = clock.now();
    this.#replace.run(runId, token, hostId, hostName, pid, startTicks, nowMs, nowMs);
  }

  #isLive(row: Row): boolean {
    const { clock, location } = this.#options;
    if (row['host_id'] !== thisProcess().hostId) {
      return clock.now() - readNumber(row, 'heartbeat_ms', location) < heartbeatLimitMs;
    }
    const startTicks = row['start_ticks'] === null ? null : readText(row, 'start_ticks', location);
    return isProcessAlive(readNumber(row, 'pid', location), startTicks);
  }

  #beatAll(): void {
    const nowMs = this.#options.clock.now();
    const tokens = [...this.#tokens];
    const beaten = this.#options.commits.write(() => {
      for (const token of tokens) this.#beat.run(nowMs, token);
    });
    // A beat that fails (a full disk) is made up for by the next; whoever appends is told of the error.
    beaten.catch(() => {});
  }

  async #release(tokens: readonly string[]): Promise<void> {
    const held = tokens.filter((token) => this.#forget(token));
    if (held.length === 0) return;
    await this.#options.commits.write(() => {
      for (const token of held) this.#delete.run(token);
    });
  }

  /** @returns whether it was known. */
  #forget(token: string): boolean {
    const wasKnown = this.#tokens.delete(token);
    if (this.#tokens.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return wasKnown;
  }
}
