/** Results of work that was handed to others, until the run that waits for them has them. */
import type { Json } from '../../json.ts';
import { toJsonText } from '../stored-value.ts';
import type { PostgresConnection, Row } from './postgres-connection.ts';
import type { PostgresGroup } from './postgres-group.ts';
import { readJson, readText } from './postgres-row.ts';
import { fromColumn, toColumn } from './postgres-text.ts';

export interface StoredResult {
  runId: string;
  key: string;
  body: Json;
}

export class PostgresResults {
  readonly #connection: PostgresConnection;
  readonly #group: PostgresGroup;

  constructor(connection: PostgresConnection, group: PostgresGroup) {
    this.#connection = connection;
    this.#group = group;
  }

  /** The first one for a key wins. @returns whether this is it. */
  async put(runId: string, key: string, body: Json): Promise<boolean> {
    const text = toJsonText(body, `The result of ${key}`);
    const answer = await this.#group.write({
      call: 'pw_put_result(?, ?, ?)',
      values: [toColumn(runId), toColumn(key), text],
      locks: [toColumn(runId)],
      size: text.length,
    });
    return answer === 'put';
  }

  /** Those of the wanted ones that are there. What it costs does not depend on how many others the runs have. */
  async find(wanted: readonly { runId: string; key: string }[]): Promise<StoredResult[]> {
    const { location } = this.#connection;
    // OFFSET 0: one step of the index for each key, where the planner would rather read the whole table.
    const rows = await this.#connection.query(
      `SELECT r.run_id, r.key, r.body
       FROM unnest($1::text[], $2::text[]) AS wanted (run_id, key)
       CROSS JOIN LATERAL (
         SELECT * FROM pw_results WHERE pw_results.run_id = wanted.run_id AND pw_results.key = wanted.key OFFSET 0
       ) AS r`,
      [wanted.map(({ runId }) => toColumn(runId)), wanted.map(({ key }) => toColumn(key))],
    );
    return rows.map((row) => toResult(row, location));
  }

  /** Of a whole tree of runs. */
  async clear(rootRunId: string): Promise<void> {
    await this.#group.write({ call: 'pw_clear_results(?)', values: [toColumn(rootRunId)], locks: [toColumn(rootRunId)] });
  }
}

function toResult(row: Row, location: string): StoredResult {
  return {
    runId: fromColumn(readText(row, 'run_id', location)),
    key: fromColumn(readText(row, 'key', location)),
    body: readJson(row, 'body', location) as Json,
  };
}
