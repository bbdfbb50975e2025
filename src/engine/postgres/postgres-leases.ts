/**
 * Who drives which run. A lease counts while the member that took it lives: there is no clock in it but the server's.
 *
 * 1. At most one lease of a run is live; taking one is atomic. A holder past its lifetime is marked dead on the way.
 * 2. A lease removes only itself: once another has taken over, releasing changes nothing.
 * 3. What the store writes to a run carries its member's id (`fence`): the server refuses it when another live member has the
 *    lease of the root run, and when the member was taken for dead. Runs that were held under a membership that is lost stay
 *    refused, also after joining again, until their lease is taken anew.
 */
import { randomUUID } from 'node:crypto';
import type { PlanwrightError } from '../../errors.ts';
import type { Lease } from '../store.ts';
import { leaseLost, runBusy } from '../store-errors.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { storeDamaged } from './postgres-error.ts';
import type { PostgresGroup } from './postgres-group.ts';
import type { Membership, PostgresMembers } from './postgres-members.ts';
import { fromColumn, toColumn } from './postgres-text.ts';

/** What a write to a run says of who makes it. */
export interface Fence {
  memberId: string | null;
  /** Root runs that were held under a lost membership. */
  lostRuns: readonly string[];
}

export class PostgresLeases {
  readonly #connection: PostgresConnection;
  readonly #group: PostgresGroup;
  readonly #members: PostgresMembers;
  /** By run: the membership under which it was taken. */
  readonly #held = new Map<string, { membership: Membership; token: string }>();

  constructor(connection: PostgresConnection, group: PostgresGroup, members: PostgresMembers) {
    this.#connection = connection;
    this.#group = group;
    this.#members = members;
  }

  get fence(): Fence {
    const current = this.#members.current;
    const lostRuns = [...this.#held].flatMap(([runId, { membership }]) =>
      membership.lost.aborted || membership !== current ? [toColumn(runId)] : [],
    );
    return { memberId: current?.memberId ?? null, lostRuns };
  }

  /** @throws {PlanwrightError} `run-busy` when a live member holds the run, this one included. */
  async acquire(runId: string): Promise<Lease> {
    const membership = await this.#members.require();
    const token = randomUUID();
    const answer = await this.#group.write({
      call: 'pw_take_lease(?, ?, ?)',
      values: [toColumn(runId), membership.memberId, token],
      locks: [toColumn(runId)],
    });
    if (answer === 'lost') {
      // The beat finds it out, and `lost` aborts.
      await this.#members.beat();
      throw leaseLost(runId);
    }
    if (answer !== 'taken') throw busyError(answer, runId, this.#connection.location);
    this.#held.set(runId, { membership, token });
    return { runId, lost: membership.lost, release: () => this.#release(runId, token) };
  }

  async isDriven(runId: string): Promise<boolean> {
    const rows = await this.#connection.query(
      `SELECT 1 FROM pw_leases l JOIN pw_members m USING (member_id)
       WHERE l.run_id = $1 AND m.state = 'live' AND NOT pw_is_expired(m.beat, m.lifetime_ms)`,
      [toColumn(runId)],
    );
    return rows.length > 0;
  }

  /** Runs of which a dead member held the lease: those that somebody has to take over. */
  async listOrphans(): Promise<string[]> {
    const rows = await this.#connection.query(
      `SELECT l.run_id FROM pw_leases l LEFT JOIN pw_members m USING (member_id)
       WHERE m.state IS NULL OR m.state <> 'live' ORDER BY l.run_id`,
    );
    return rows.map((row) => fromColumn(String(row['run_id'])));
  }

  async #release(runId: string, token: string): Promise<void> {
    const held = this.#held.get(runId);
    if (held?.token !== token) return;
    // A run that was lost stays marked: what its former driver still writes is refused.
    if (held.membership.lost.aborted) return;
    this.#held.delete(runId);
    await this.#group.write({
      call: 'pw_release_lease(?, ?)',
      values: [toColumn(runId), token],
      locks: [toColumn(runId)],
    });
  }
}

/** @param answer `busy {"host","pid","sinceMs"}`. */
export function busyError(answer: string, runId: string, location: string): PlanwrightError {
  if (answer === 'lost') return leaseLost(runId);
  if (!answer.startsWith('busy ')) return storeDamaged(location, `it answers "${answer.slice(0, 80)}"`);
  return runBusy(runId, JSON.parse(answer.slice('busy '.length)) as { host: string; pid: number; sinceMs: number });
}
