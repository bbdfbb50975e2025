/** DBOS keeps a row for everything it has done; once a run has ended, or was deleted, its rows are of no use to anybody. */
import type { PostgresStore } from '../postgres/postgres-store.ts';
import type { DbosClient } from './dbos-client.ts';

/** Whoever awaits a workflow that has just ended still finds it. */
const keptMs = 60_000;
const atOnce = 1_000;

/** @returns how many rows were removed; at most 1,000 a call. */
export async function pruneEndedWork(store: PostgresStore, client: DbosClient): Promise<number> {
  const rows = await store.connection.query(
    `SELECT workflow_uuid AS id FROM "${store.connection.target.schema}".workflow_status AS work
     WHERE completed_at < extract(epoch FROM now()) * 1000 - $1
       AND status IN ('SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')
       AND NOT EXISTS (SELECT 1 FROM pw_runs WHERE pw_runs.run_id = work.attributes ->> 'run' AND pw_runs.ended_ms IS NULL)
     LIMIT $2`,
    [keptMs, atOnce],
  );
  if (rows.length > 0) await client.dbos.deleteWorkflows(rows.map(({ id }) => String(id)));
  return rows.length;
}
