/** The cards of runs. What an update may change has columns of its own. */
import { PlanwrightError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { RunFilter, RunPatch, RunRecord } from '../store.ts';
import { runUnknown } from '../store-errors.ts';
import { toJsonText } from '../stored-value.ts';
import type { PostgresConnection, Row } from './postgres-connection.ts';
import type { PostgresGroup } from './postgres-group.ts';
import { busyError, type PostgresLeases } from './postgres-leases.ts';
import { readJson, readNumber, readText } from './postgres-row.ts';
import { fromColumn, toColumn } from './postgres-text.ts';

/** What of a record has no column of its own. */
type RunCard = Omit<RunRecord, 'runId' | 'rootRunId' | 'parentRunId' | 'createdMs' | 'setup' | keyof RunPatch>;

export class PostgresRuns {
  readonly #connection: PostgresConnection;
  readonly #group: PostgresGroup;
  readonly #leases: PostgresLeases;

  constructor(connection: PostgresConnection, group: PostgresGroup, leases: PostgresLeases) {
    this.#connection = connection;
    this.#group = group;
    this.#leases = leases;
  }

  async create(run: RunRecord): Promise<boolean> {
    const { runId, rootRunId, parentRunId, createdMs, setup, status, strategy, endReason, endedMs, forecast, ...card } = run;
    const setupText = toJsonText(setup, `The setup of run "${runId}"`);
    const values = [
      toColumn(runId),
      toColumn(rootRunId),
      parentRunId === null ? null : toColumn(parentRunId),
      createdMs,
      status,
      strategy,
      endReason,
      endedMs,
      forecast === undefined ? null : toJsonText(forecast, 'A forecast'),
      toJsonText(card satisfies RunCard, `The record of run "${runId}"`),
      setupText,
    ];
    const answer = await this.#group.write({
      call: 'pw_create_run(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      values,
      locks: [toColumn(rootRunId)],
      size: setupText.length,
    });
    return answer === 'created';
  }

  async get(runId: string): Promise<RunRecord | undefined> {
    const [row] = await this.#connection.query('SELECT * FROM pw_runs WHERE run_id = $1', [toColumn(runId)]);
    return row === undefined ? undefined : this.#toRun(row);
  }

  async list({ rootsOnly = false, rootRunId, limit }: RunFilter): Promise<RunRecord[]> {
    const rows = await this.#connection.query(
      `SELECT * FROM pw_runs
       WHERE (NOT $1::boolean OR parent_run_id IS NULL) AND ($2::text IS NULL OR root_run_id = $2)
       ORDER BY created_ms DESC, run_key DESC LIMIT $3`,
      [rootsOnly, rootRunId === undefined ? null : toColumn(rootRunId), limit ?? null],
    );
    return rows.map((row) => this.#toRun(row));
  }

  async update(runId: string, patch: RunPatch): Promise<void> {
    const { memberId, lostRuns } = this.#leases.fence;
    const { status = null, strategy = null, endReason = null, endedMs = null, forecast } = patch;
    const named = Object.keys(patch);
    const forecastText = forecast === undefined ? null : toJsonText(forecast, 'A forecast');
    const answer = await this.#group.write({
      call: 'pw_update_run(?, ?, ?, ?, ?, ?, ?, ?, ?)',
      values: [toColumn(runId), memberId, lostRuns, named, status, strategy, endReason, endedMs, forecastText],
      locks: [toColumn(runId)],
    });
    if (answer === 'unknown') throw runUnknown(runId, this.#connection.location);
    if (answer !== 'updated') throw busyError(answer, runId, this.#connection.location);
  }

  async delete(rootRunId: string): Promise<boolean> {
    const answer = await this.#group.write({
      call: 'pw_delete_run(?)',
      values: [toColumn(rootRunId)],
      locks: [toColumn(rootRunId)],
    });
    if (answer === 'deleted' || answer === 'unknown') return answer === 'deleted';
    if (answer === 'sub') {
      throw new PlanwrightError('usage', `Run "${rootRunId}" is the run of a sub-team. Delete the run above it, which holds it.`);
    }
    throw busyError(answer, rootRunId, this.#connection.location);
  }

  #toRun(row: Row): RunRecord {
    const { location } = this.#connection;
    const card = readJson(row, 'card', location) as RunCard;
    return {
      ...card,
      runId: fromColumn(readText(row, 'run_id', location)),
      rootRunId: fromColumn(readText(row, 'root_run_id', location)),
      parentRunId: row['parent_run_id'] === null ? null : fromColumn(readText(row, 'parent_run_id', location)),
      createdMs: readNumber(row, 'created_ms', location),
      status: readText(row, 'status', location) as RunRecord['status'],
      strategy: readText(row, 'strategy', location) as RunRecord['strategy'],
      endReason: row['end_reason'] as RunRecord['endReason'],
      endedMs: row['ended_ms'] === null ? null : readNumber(row, 'ended_ms', location),
      ...(row['forecast'] === null
        ? {}
        : { forecast: readJson(row, 'forecast', location) as NonNullable<RunRecord['forecast']> }),
      setup: readJson(row, 'setup', location) as Json,
    };
  }
}
