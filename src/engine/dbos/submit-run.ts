/** Puts runs on the queue of runs. Whoever takes one drives it until it ends or waits for a person. */
import { randomUUID } from 'node:crypto';
import { DBOSQueueDuplicatedError } from '@dbos-inc/dbos-sdk/internal/error';
import type { PostgresStore } from '../postgres/postgres-store.ts';
import type { RunRecord } from '../store.ts';
import { type DbosClient, runWorkflow } from './dbos-client.ts';
import { runQueue } from './work-queues.ts';

/**
 * Has a worker drive the run, unless it is on the queue or driven by one already.
 * @returns whether it was put on the queue now.
 */
export async function submitStoredRun(
  store: PostgresStore,
  client: DbosClient,
  { runId, priority = 0 }: Pick<RunRecord, 'runId' | 'priority'>,
): Promise<boolean> {
  try {
    await client.dbos.enqueue(
      {
        workflowName: runWorkflow,
        queueName: runQueue,
        workflowID: `${runId}/@drive/${randomUUID()}`,
        // Free again when the workflow has ended: there is one for a run at a time.
        deduplicationID: runId,
        appVersion: client.version,
        priority,
        attributes: { run: runId },
      },
      runId,
    );
  } catch (thrown) {
    if (thrown instanceof DBOSQueueDuplicatedError) return false;
    throw thrown;
  }
  store.notices.post('work', '');
  return true;
}

/** Whether a worker drives the run, or will. */
export async function isOnQueue(store: PostgresStore, runId: string): Promise<boolean> {
  const rows = await store.connection.query(
    `SELECT 1 FROM "${store.connection.target.schema}".workflow_status WHERE queue_name = $1 AND deduplication_id = $2`,
    [runQueue, runId],
  );
  return rows.length > 0;
}

/**
 * Runs that workers drive, that have not ended, and that no worker has: one that waited when its answer came, or one whose
 * drive broke off. A run that waits without an answer is left alone. @returns how many were put on the queue.
 */
export async function submitForgottenRuns(store: PostgresStore, client: DbosClient): Promise<number> {
  const { schema } = store.connection.target;
  const rows = await store.connection.query(
    `SELECT root.run_id, root.card FROM pw_runs AS root
     WHERE root.parent_run_id IS NULL AND root.ended_ms IS NULL AND root.by_workers
       AND NOT EXISTS (
         SELECT 1 FROM "${schema}".workflow_status AS drive
         WHERE drive.queue_name = $1 AND drive.deduplication_id = root.run_id)
       AND (root.status = 'running' OR EXISTS (
         SELECT 1 FROM pw_signals JOIN pw_runs AS run ON run.run_key = pw_signals.run_key
         WHERE run.root_run_id = root.run_id))
     LIMIT 100`,
    [runQueue],
  );
  let submitted = 0;
  for (const row of rows) {
    const { priority } = JSON.parse(String(row['card'])) as Pick<RunRecord, 'priority'>;
    const runId = String(row['run_id']);
    if (await submitStoredRun(store, client, { runId, ...(priority === undefined ? {} : { priority }) })) submitted += 1;
  }
  return submitted;
}
