/** The calls of all runs, and what they add up to: counted as they are put, in the same transaction. */
import { tokensOf } from '../../measure/ledger.ts';
import type { CallRecord } from '../../model/call-record.ts';
import type { Amounts } from '../../model/limits.ts';
import { orderCalls } from '../call-order.ts';
import { toJsonText } from '../stored-value.ts';
import type { PostgresConnection, Row } from './postgres-connection.ts';
import type { PostgresGroup } from './postgres-group.ts';
import { readJson, readText } from './postgres-row.ts';
import { fromColumn, toColumn } from './postgres-text.ts';

export class PostgresCalls {
  readonly #connection: PostgresConnection;
  readonly #group: PostgresGroup;
  readonly #writer: string;

  /** @param writer Tells this process's records from others'. */
  constructor(connection: PostgresConnection, group: PostgresGroup, writer: string) {
    this.#connection = connection;
    this.#group = group;
    this.#writer = writer;
  }

  async find(key: string): Promise<CallRecord | undefined> {
    const [row] = await this.#connection.query('SELECT call_key, record, response FROM pw_calls WHERE call_key = $1', [
      toColumn(key),
    ]);
    return row === undefined ? undefined : this.#toCall(row);
  }

  async put(call: CallRecord): Promise<void> {
    const { key, response, ...record } = call;
    const text = toJsonText(record, `The call ${key}`);
    const isModel = call.kind === 'model';
    const { runId, rootRunId, outcome, costUsd } = call;
    const values = [
      toColumn(key),
      toColumn(rootRunId),
      [...new Set([rootRunId, ...runsAbove(runId)])].map(toColumn),
      outcome,
      isModel,
      isModel ? tokensOf(call) : 0,
      isModel ? (costUsd ?? 0) : 0,
      this.#writer,
      text,
      response === null ? null : toColumn(response),
    ];
    await this.#group.write({
      call: 'pw_put_call(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      values,
      locks: [toColumn(rootRunId)],
      size: text.length + (response?.length ?? 0),
    });
  }

  async list(rootRunId: string): Promise<CallRecord[]> {
    const rows = await this.#connection.query('SELECT call_key, record, response FROM pw_calls WHERE root_run_id = $1', [
      toColumn(rootRunId),
    ]);
    return orderCalls(rows.map((row) => this.#toCall(row)));
  }

  async sum(rootRunId: string, below: string = rootRunId): Promise<Amounts> {
    const [row] = await this.#connection.query('SELECT calls, tokens, usd FROM pw_spent WHERE run_id = $1 AND root_run_id = $2', [
      toColumn(below),
      toColumn(rootRunId),
    ]);
    return { calls: Number(row?.['calls'] ?? 0), tokens: Number(row?.['tokens'] ?? 0), usd: Number(row?.['usd'] ?? 0) };
  }

  #toCall(row: Row): CallRecord {
    const { location } = this.#connection;
    return {
      ...(readJson(row, 'record', location) as Omit<CallRecord, 'key' | 'response'>),
      key: fromColumn(readText(row, 'call_key', location)),
      response: row['response'] === null ? null : fromColumn(readText(row, 'response', location)),
    };
  }
}

/** A run and whatever it may be below, by its id: see isAtOrBelow. */
function runsAbove(runId: string): string[] {
  const parts = runId.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}
