/** Outcomes of runs and calibrations of critics. */
import type { CalibrationRecord } from '../../calibrate/calibration-record.ts';
import type { RunOutcome } from '../../measure/outcome.ts';
import type { OutcomeFilter } from '../store.ts';
import { toJsonText } from '../stored-value.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import type { PostgresGroup } from './postgres-group.ts';
import { readJson } from './postgres-row.ts';
import { toColumn } from './postgres-text.ts';

export class PostgresReports {
  readonly #connection: PostgresConnection;
  readonly #group: PostgresGroup;

  constructor(connection: PostgresConnection, group: PostgresGroup) {
    this.#connection = connection;
    this.#group = group;
  }

  async putOutcome(outcome: RunOutcome): Promise<void> {
    const { runId, taskClass, team, endedMs } = outcome;
    const text = toJsonText(outcome, `The outcome of run "${runId}"`);
    await this.#group.write({
      call: 'pw_put_outcome(?, ?, ?, ?, ?)',
      values: [toColumn(runId), toColumn(taskClass), toColumn(team), endedMs, text],
      locks: [toColumn(runId)],
      size: text.length,
    });
  }

  async getOutcome(runId: string): Promise<RunOutcome | undefined> {
    const [row] = await this.#connection.query('SELECT body FROM pw_outcomes WHERE run_id = $1', [toColumn(runId)]);
    return row === undefined ? undefined : (readJson(row, 'body', this.#connection.location) as RunOutcome);
  }

  async listOutcomes({ taskClass, team, limit }: OutcomeFilter): Promise<RunOutcome[]> {
    const rows = await this.#connection.query(
      `SELECT body FROM pw_outcomes WHERE ($1::text IS NULL OR task_class = $1) AND ($2::text IS NULL OR team = $2)
       ORDER BY ended_ms DESC, run_id LIMIT $3`,
      [taskClass === undefined ? null : toColumn(taskClass), team === undefined ? null : toColumn(team), limit ?? null],
    );
    return rows.map((row) => readJson(row, 'body', this.#connection.location) as RunOutcome);
  }

  async putCalibration(record: CalibrationRecord): Promise<void> {
    const text = toJsonText(record, 'A calibration');
    await this.#group.write({
      call: 'pw_put_calibration(?, ?)',
      values: [toColumn(record.criticHash), text],
      locks: [],
      size: text.length,
    });
  }

  async getCalibration(criticHash: string): Promise<CalibrationRecord | undefined> {
    const [row] = await this.#connection.query('SELECT body FROM pw_calibrations WHERE critic_hash = $1', [toColumn(criticHash)]);
    return row === undefined ? undefined : (readJson(row, 'body', this.#connection.location) as CalibrationRecord);
  }
}
