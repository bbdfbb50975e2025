/** The events of all runs, and the signals that they take in. */
import type { JournalEntry, RunEvent } from '../../events.ts';
import type { RunSignal, StoredSignal } from '../store.ts';
import { checkSequence, runUnknown } from '../store-errors.ts';
import { toJsonText } from '../stored-value.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import type { PostgresGroup } from './postgres-group.ts';
import { busyError, type PostgresLeases } from './postgres-leases.ts';
import { readJson, readNumber, readText } from './postgres-row.ts';
import { toColumn } from './postgres-text.ts';

/** What a page of a journal holds at most: one statement has to end in time. */
const pageEvents = 20_000;
/** Ids are those that the server gave. */
const signalId = /^[1-9][0-9]{0,17}$/;

export class PostgresJournal {
  readonly #connection: PostgresConnection;
  readonly #group: PostgresGroup;
  readonly #leases: PostgresLeases;

  constructor(connection: PostgresConnection, group: PostgresGroup, leases: PostgresLeases) {
    this.#connection = connection;
    this.#group = group;
    this.#leases = leases;
  }

  /** The events are written down as they are now. */
  async append(runId: string, entries: readonly JournalEntry[], takes: readonly string[]): Promise<void> {
    const bodies = entries.map(({ seq, event }) => toJsonText(event, `Event ${seq} of run "${runId}"`));
    const { memberId, lostRuns } = this.#leases.fence;
    const firstSeq = entries[0]?.seq ?? null;
    const isInOrder = entries.every(({ seq }, index) => seq === (firstSeq ?? 0) + index);
    const checked = entries.map(({ seq }) => ({ seq }));
    const answer = await this.#group.write({
      call: 'pw_append(?, ?, ?, ?, ?, ?, ?)',
      values: [
        toColumn(runId),
        memberId,
        lostRuns,
        isInOrder ? firstSeq : -1,
        entries.map(({ atMs }) => atMs),
        bodies,
        takes.filter((id) => signalId.test(id)),
      ],
      locks: [toColumn(runId)],
      size: bodies.reduce((sum, body) => sum + body.length, 0),
    });
    if (answer === 'appended') return;
    if (answer === 'unknown') throw runUnknown(runId, this.#connection.location);
    if (answer.startsWith('seq ')) checkSequence(runId, Number(answer.slice('seq '.length)), checked);
    throw busyError(answer, runId, this.#connection.location);
  }

  async read(runId: string, after: number): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for (;;) {
      const page = await this.#readPage(runId, entries.at(-1)?.seq ?? after);
      for (const entry of page) entries.push(entry);
      if (page.length < pageEvents) return entries;
    }
  }

  /** @throws {PlanwrightError} `run-unknown` */
  async sendSignal(runId: string, signal: RunSignal): Promise<void> {
    const answer = await this.#group.write({
      call: 'pw_send_signal(?, ?)',
      values: [toColumn(runId), toJsonText(signal, `A signal to run "${runId}"`)],
      locks: [toColumn(runId)],
    });
    if (answer === 'unknown') throw runUnknown(runId, this.#connection.location);
  }

  async readSignals(runId: string): Promise<StoredSignal[]> {
    const { location } = this.#connection;
    const rows = await this.#connection.query(
      `SELECT signal_key::text AS id, body FROM pw_signals
       WHERE run_key = (SELECT run_key FROM pw_runs WHERE run_id = $1) ORDER BY signal_key`,
      [toColumn(runId)],
    );
    return rows.map((row) => ({
      id: readText(row, 'id', location),
      signal: readJson(row, 'body', location) as RunSignal,
    }));
  }

  async #readPage(runId: string, afterSeq: number): Promise<JournalEntry[]> {
    const { location } = this.#connection;
    const rows = await this.#connection.query(
      `SELECT seq, at_ms, body FROM pw_events
       WHERE run_key = (SELECT run_key FROM pw_runs WHERE run_id = $1) AND seq > $2 ORDER BY seq LIMIT ${pageEvents}`,
      [toColumn(runId), afterSeq],
    );
    return rows.map((row) => ({
      version: 1,
      seq: readNumber(row, 'seq', location),
      atMs: readNumber(row, 'at_ms', location),
      event: readJson(row, 'body', location) as RunEvent,
    }));
  }
}
