/**
 * Notices workers that have died, and gives what they held back to the queues. Every worker does this: there is no leader that
 * could die itself. Doing it twice changes nothing.
 */
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { systemClock } from '../../clock.ts';
import type { PostgresStore } from '../postgres/postgres-store.ts';
import type { DbosClient } from './dbos-client.ts';
import { pruneEndedWork } from './prune-work.ts';
import { submitForgottenRuns } from './submit-run.ts';

export interface TakeOverOptions {
  store: PostgresStore;
  client: DbosClient;
  /** How often it looks. */
  everyMs: number;
  /** Work went back to a queue. */
  onFreed: () => void;
  onError?: (thrown: unknown) => void;
}

export function watchForDeaths({ store, client, everyMs, onFreed, onError = () => {} }: TakeOverOptions): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const look = async (): Promise<void> => {
    await store.members.reap();
    const freed = await freeAbandonedWork(store);
    const submitted = await submitForgottenRuns(store, client);
    if (freed + submitted > 0) onFreed();
    await pruneEndedWork(store, client);
  };
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await look().catch(onError);
      await systemClock.sleep(everyMs, stopping.signal).catch(() => {});
    }
  };
  const ended = loop();
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

/** Work that is under way for somebody who is no live member. @returns how much went back to its queue. */
async function freeAbandonedWork(store: PostgresStore): Promise<number> {
  const executor = DBOSExecutor.globalInstance;
  if (executor === undefined) return 0;
  const rows = await store.connection.query(
    `SELECT DISTINCT executor_id FROM "${store.connection.target.schema}".workflow_status
     WHERE status = 'PENDING' AND NOT EXISTS (
       SELECT 1 FROM pw_members WHERE pw_members.member_id = executor_id AND pw_members.state = 'live')`,
  );
  if (rows.length === 0) return 0;
  const freed = await executor.recoverPendingWorkflows(rows.map((row) => String(row['executor_id'])));
  return freed.length;
}
