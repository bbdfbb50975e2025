/**
 * Which processes work on the store, and which of them live.
 *
 * 1. A member beats every quarter of its lifetime, by the server's clock: a process whose own clock is set back or ahead
 *    changes nothing.
 * 2. A member whose last beat is older than its lifetime is dead once another has marked it so, and for good: its leases and
 *    reservations are free, and whatever it still writes to a run is refused.
 * 3. A member that finds itself marked, or could not beat for a whole lifetime by its own steady clock, knows that it is lost.
 *    It takes nothing more until it has joined again, under another id.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { PlanwrightError } from '../../errors.ts';
import type { PostgresConnection } from './postgres-connection.ts';

export const defaultLifetimeMs = 15_000;
const leavePatienceMs = 5_000;

export interface MemberCard {
  /** `store` for a process that drives runs itself, `worker` for one that takes work. Default `store`. */
  kind?: string;
  /** Roles it takes. Default none. */
  roles?: readonly string[];
  /** Of the code, for messages and for who may take over from whom. Default empty. */
  version?: string;
}

export interface Member {
  memberId: string;
  host: string;
  pid: number;
  kind: string;
  roles: string[];
  version: string;
  /** By the server's clock, milliseconds since the Unix epoch. */
  startedMs: number;
  beatMs: number;
  state: 'live' | 'dead' | 'left';
  /** Live by its state, but past its lifetime: whoever reaps next marks it. */
  overdue: boolean;
}

/** What `reapMembers` found: `marked` by this call, `known` to be dead from before. */
export interface Reaped {
  marked: Member[];
  known: Member[];
}

export interface Membership {
  readonly memberId: string;
  /** Aborts when the member is lost. */
  readonly lost: AbortSignal;
}

interface Current extends Membership {
  controller: AbortController;
  lastBeatMs: number;
}

const columns = `member_id, host, pid, kind, roles, version, state, extract(epoch FROM started) * 1000 AS started_ms,
  extract(epoch FROM beat) * 1000 AS beat_ms, (state = 'live' AND pw_is_expired(beat, lifetime_ms)) AS overdue`;

export class PostgresMembers {
  readonly #connection: PostgresConnection;
  readonly #lifetimeMs: number;
  #card: MemberCard = {};
  /** Somebody joined by name and watches `lost`: nothing joins again behind its back. */
  #isClaimed = false;
  #current: Current | undefined;
  #joining: Promise<Membership> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;

  constructor(connection: PostgresConnection, lifetimeMs: number) {
    this.#connection = connection;
    this.#lifetimeMs = lifetimeMs;
  }

  get lifetimeMs(): number {
    return this.#lifetimeMs;
  }

  /** The membership of this store, lost or not; undefined before the first and after leaving. */
  get current(): Membership | undefined {
    return this.#current;
  }

  /** Milliseconds since the last beat that succeeded, by this process's steady clock; undefined without a membership. */
  get sinceBeatMs(): number | undefined {
    return this.#current === undefined ? undefined : performance.now() - this.#current.lastBeatMs;
  }

  /**
   * Joins as a worker or under another name; a membership that stands already is left first. A member that joined this way
   * and is lost joins again by `rejoin` only.
   */
  async join(card: MemberCard): Promise<Membership> {
    await this.leave();
    this.#card = card;
    this.#isClaimed = true;
    return this.#join();
  }

  /** Under a new id, after the membership was lost. */
  async rejoin(): Promise<Membership> {
    const lost = this.#current;
    if (lost !== undefined && !lost.lost.aborted) return lost;
    return this.#join();
  }

  /**
   * The membership, joining if there is none.
   * @throws {PlanwrightError} `run-busy` when it is lost and `rejoin` is due.
   */
  async require(): Promise<Membership> {
    const current = this.#current;
    if (current !== undefined && !current.lost.aborted) return current;
    if (current !== undefined && this.#isClaimed) throw memberLost(this.#connection.location);
    return this.#join();
  }

  /**
   * Gives everything back at once. Without a membership it does nothing.
   * @param patienceMs For a server that cannot be reached; whoever cannot leave is found dead in time. Default 5,000.
   */
  async leave(patienceMs: number = leavePatienceMs): Promise<void> {
    await this.#joining?.catch(() => undefined);
    const current = this.#current;
    this.#current = undefined;
    this.#stopBeating();
    if (current === undefined) return;
    await this.#connection.transaction(async (session) => {
      await session.query("UPDATE pw_members SET state = 'left' WHERE member_id = $1 AND state = 'live'", [current.memberId]);
      await session.query('DELETE FROM pw_leases WHERE member_id = $1', [current.memberId]);
      await session.query('UPDATE pw_reservations SET held = false WHERE member_id = $1 AND held', [current.memberId]);
    }, patienceMs);
    current.controller.abort(
      new PlanwrightError('run-busy', `This process has left ${this.#connection.location}: its runs may be taken by another.`),
    );
  }

  async list(): Promise<Member[]> {
    return (await this.#connection.query(`SELECT ${columns} FROM pw_members ORDER BY started, member_id`)).map(toMember);
  }

  /** Marks those past their lifetime; each is marked by one process only. */
  async reap(): Promise<Reaped> {
    const marked = await this.#connection.query(
      `UPDATE pw_members SET state = 'dead' WHERE member_id IN (
         SELECT member_id FROM pw_members WHERE state = 'live' AND pw_is_expired(beat, lifetime_ms)
         ORDER BY member_id FOR UPDATE SKIP LOCKED
       ) AND state = 'live' RETURNING ${columns}`,
    );
    const known = await this.#connection.query(`SELECT ${columns} FROM pw_members WHERE state = 'dead' ORDER BY member_id`);
    await this.#connection.query('SELECT pw_tidy_limits()');
    const newIds = new Set(marked.map((row) => row['member_id']));
    return { marked: marked.map(toMember), known: known.filter((row) => !newIds.has(row['member_id'])).map(toMember) };
  }

  /** Removes dead members and those that left, once nobody has to know of them any more. */
  async forget(memberIds: readonly string[]): Promise<void> {
    await this.#connection.query("DELETE FROM pw_members WHERE member_id = ANY ($1::text[]) AND state <> 'live'", [memberIds]);
  }

  /** Beats now. @returns whether the member lives. */
  async beat(): Promise<boolean> {
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = undefined;
    });
    await this.#beating;
    return this.#current?.lost.aborted === false;
  }

  #join(): Promise<Membership> {
    this.#joining ??= this.#joinAnew().finally(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  async #joinAnew(): Promise<Membership> {
    const memberId = randomUUID();
    const { kind = 'store', roles = [], version = '' } = this.#card;
    const startMs = performance.now();
    await this.#connection.query(
      `INSERT INTO pw_members (member_id, host, pid, kind, roles, version, lifetime_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (member_id) DO NOTHING`,
      [memberId, hostname(), process.pid, kind, [...roles], version, this.#lifetimeMs],
    );
    const controller = new AbortController();
    this.#current = { memberId, controller, lost: controller.signal, lastBeatMs: startMs };
    this.#stopBeating();
    this.#timer = setInterval(() => this.#tick(), this.#lifetimeMs / 4).unref();
    return this.#current;
  }

  #stopBeating(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const current = this.#current;
    if (current === undefined || current.lost.aborted) return;
    this.#checkSilence(current);
    // What fails is tried again by the next tick; the silence is what counts.
    this.beat().catch(() => undefined);
  }

  #checkSilence(current: Current): void {
    if (performance.now() - current.lastBeatMs >= this.#lifetimeMs) this.#lose(current);
  }

  async #beat(): Promise<void> {
    const current = this.#current;
    if (current === undefined || current.lost.aborted) return;
    const startMs = performance.now();
    try {
      const rows = await this.#connection.run(
        (session) =>
          session.query(
            "UPDATE pw_members SET beat = clock_timestamp() WHERE member_id = $1 AND state = 'live' RETURNING member_id",
            [current.memberId],
          ),
        this.#lifetimeMs / 4,
      );
      if (this.#current !== current) return;
      if (rows.length === 0) this.#lose(current);
      else current.lastBeatMs = startMs;
    } finally {
      if (this.#current === current) this.#checkSilence(current);
    }
    if (!current.lost.aborted) await this.reap();
  }

  #lose(current: Current): void {
    this.#stopBeating();
    current.controller.abort(memberLost(this.#connection.location));
  }
}

function toMember(row: Record<string, unknown>): Member {
  return {
    memberId: String(row['member_id']),
    host: String(row['host']),
    pid: Number(row['pid']),
    kind: String(row['kind']),
    roles: row['roles'] as string[],
    version: String(row['version']),
    startedMs: Number(row['started_ms']),
    beatMs: Number(row['beat_ms']),
    state: row['state'] as Member['state'],
    overdue: row['overdue'] === true,
  };
}

export function memberLost(location: string): PlanwrightError {
  return new PlanwrightError(
    'run-busy',
    `This process could not be seen from ${location} for too long, so another may have taken over its runs. What it still writes to them is refused.`,
  );
}
