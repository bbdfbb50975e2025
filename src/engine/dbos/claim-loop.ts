/**
 * Takes work off the queues: as much as there is room for, at once when some is announced, and looks from time to time in
 * case an announcement was lost. DBOS claims and starts; when and how much is decided here, because a worker's room is one
 * number for all its queues.
 */
import { randomUUID } from 'node:crypto';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { systemClock } from '../../clock.ts';
import type { PostgresStore } from '../postgres/postgres-store.ts';
import { applicationName } from './dbos-client.ts';
import { type QueueFacts, readQueue } from './work-queues.ts';

export interface ClaimLoopOptions {
  store: PostgresStore;
  /** Work of other versions stays where it is. */
  version: string;
  /** How much more of this queue's work there is room for, now. 0 for a queue that this worker does not take. */
  roomFor: (queue: QueueFacts) => number;
  /** Default 500 ms. */
  lookEveryMs?: number;
  /** A claim that failed; the next one is tried all the same. */
  onError?: (thrown: unknown) => void;
}

export interface ClaimLoop {
  /** Looks now: work was announced, or room has become free. */
  wake(): void;
  /** Resolves when nothing more will be claimed. */
  stop(): Promise<void>;
}

/** Another worker claims from the same limited queue at this very moment. */
const contention = new Set(['40001', '55P03']);

export function startClaiming(options: ClaimLoopOptions): ClaimLoop {
  const { store, version, roomFor, lookEveryMs = 500, onError = () => {} } = options;
  const schema = store.connection.target.schema;
  const stopping = new AbortController();
  let isAwake = true;
  let sleeping = new AbortController();
  const wake = (): void => {
    isAwake = true;
    sleeping.abort();
  };
  const isStopped = (): boolean => stopping.signal.aborted;

  /** One step of the index a queue, however long the queues are. */
  const listQueues = async (): Promise<string[]> => {
    const next = `SELECT min(queue_name) FROM "${schema}".workflow_status WHERE status = 'ENQUEUED' AND application_version = $1`;
    const rows = await store.connection.query(
      `WITH RECURSIVE queues AS (
         SELECT (${next}) AS name
         UNION ALL
         SELECT (${next} AND queue_name > queues.name) FROM queues WHERE queues.name IS NOT NULL)
       SELECT name FROM queues WHERE name IS NOT NULL`,
      [version],
    );
    return rows.map(({ name }) => String(name));
  };

  const claim = async (name: string): Promise<number> => {
    const facts = readQueue(name);
    const room = facts === undefined ? 0 : roomFor(facts);
    const executor = DBOSExecutor.globalInstance;
    if (facts === undefined || room <= 0 || executor === undefined) return 0;
    const token = randomUUID();
    const queue = {
      name,
      databaseBacked: false,
      clientBound: false,
      applicationName,
      ...(facts.concurrency === undefined ? {} : { concurrency: facts.concurrency }),
      ...(room === Number.POSITIVE_INFINITY ? {} : { workerConcurrency: room }),
    };
    try {
      const claimed = await executor.systemDatabase.findAndMarkStartableWorkflows(
        queue as Parameters<typeof executor.systemDatabase.findAndMarkStartableWorkflows>[0],
        executor.executorID,
        version,
        undefined,
        0,
        0,
        token,
      );
      if (claimed.length > 0) await executor.dispatchDequeuedWorkflows(claimed, token);
      return claimed.length;
    } catch (thrown) {
      if (!contention.has(String((thrown as { code?: unknown }).code))) throw thrown;
      wake();
      return 0;
    }
  };

  const loop = async (): Promise<void> => {
    while (!isStopped()) {
      if (!isAwake) {
        sleeping = new AbortController();
        await systemClock.sleep(lookEveryMs, AbortSignal.any([sleeping.signal, stopping.signal])).catch(() => {});
      }
      isAwake = false;
      try {
        for (const name of isStopped() ? [] : await listQueues()) if (!isStopped()) await claim(name);
      } catch (thrown) {
        onError(thrown);
        await systemClock.sleep(lookEveryMs, stopping.signal).catch(() => {});
      }
    }
  };
  const ended = loop();
  return {
    wake,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
