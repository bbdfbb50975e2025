/**
 * The driver's side of work that workers do: an order is a DBOS workflow on the queue of its place, and its result comes back
 * through the store's table of results.
 *
 * 1. The workflow's id is the order's key, so asking again after a crash finds the same work, under way or done.
 * 2. A result is in the store before anybody waits for it, and the first one of a key is the only one.
 * 3. Orders of one turn are enqueued in one transaction.
 */
import { PlanwrightError } from '../../errors.ts';
import type { RunEvent } from '../../events.ts';
import type { Json } from '../../json.ts';
import type { Dispatcher } from '../dispatcher.ts';
import { isInterruption } from '../drive.ts';
import type { PostgresStore } from '../postgres/postgres-store.ts';
import { toJsonText } from '../stored-value.ts';
import type { WorkOrder } from '../work-order.ts';
import { type DbosClient, workWorkflow } from './dbos-client.ts';
import { queueOf } from './work-queues.ts';

export interface DbosDispatcher extends Dispatcher {
  close(): void;
}

/** What a worker keeps of an order. */
export interface WorkResult {
  events: RunEvent[];
}

interface Waiting {
  runId: string;
  resolve: (events: RunEvent[]) => void;
  reject: (reason: unknown) => void;
}

/** Work that ended without a result is looked for this often. */
const lostEveryMs = 5_000;

export function createDbosDispatcher(store: PostgresStore, client: DbosClient): DbosDispatcher {
  const waiting = new Map<string, Waiting>();
  /** Runs that have work out, what ends the watch of each, and those of which there is news. */
  const watched = new Map<string, { keys: Set<string>; forget: () => void }>();
  const withNews = new Set<string>();
  const toEnqueue: { order: WorkOrder; stored: string; done: () => void; failed: (thrown: unknown) => void }[] = [];
  let isScheduled = false;
  let isLooking = false;
  let looksAgain = false;

  const look = async (): Promise<void> => {
    if (isLooking) {
      looksAgain = true;
      return;
    }
    isLooking = true;
    try {
      do {
        looksAgain = false;
        const wanted = [...withNews].flatMap((runId) => [...(watched.get(runId)?.keys ?? [])].map((key) => ({ runId, key })));
        withNews.clear();
        if (wanted.length === 0) break;
        for (const { key, body } of await store.findResults(wanted)) settle(key, body);
      } while (looksAgain);
    } catch {
      // The store has tried for long already; the next look tries again.
    } finally {
      isLooking = false;
    }
  };
  const lookSoon = (): void => {
    look().catch(() => {});
  };
  const lookAt = (runId: string): void => {
    withNews.add(runId);
    lookSoon();
  };
  const wait = (key: string, runId: string): Promise<RunEvent[]> => {
    const watch = watched.get(runId) ?? {
      keys: new Set(),
      forget: store.notices.onChange('results', runId, () => lookAt(runId)),
    };
    watched.set(runId, watch);
    watch.keys.add(key);
    return new Promise((resolve, reject) => {
      waiting.set(key, { runId, resolve, reject });
    });
  };
  /** @returns who waited; nobody does any more. */
  const takeOff = (key: string): Waiting | undefined => {
    const known = waiting.get(key);
    if (known === undefined) return undefined;
    waiting.delete(key);
    const watch = watched.get(known.runId);
    watch?.keys.delete(key);
    if (watch?.keys.size === 0) {
      watched.delete(known.runId);
      watch.forget();
    }
    return known;
  };
  const settle = (key: string, body: Json): void => {
    takeOff(key)?.resolve((body as unknown as WorkResult).events);
  };
  const lookForLost = async (): Promise<void> => {
    if (waiting.size === 0) return;
    const keys = [...waiting.keys()];
    const rows = await store.connection
      .query(
        `SELECT workflow_uuid AS key, status FROM "${store.connection.target.schema}".workflow_status
         WHERE workflow_uuid = ANY($1) AND status IN ('ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')`,
        [keys],
      )
      .catch(() => []);
    // A result that came meanwhile counts.
    for (const { key } of rows) withNews.add(waiting.get(String(key))?.runId ?? '');
    if (rows.length > 0) await look();
    for (const { key, status } of rows) takeOff(String(key))?.reject(workerLost(String(key), String(status)));
  };

  const enqueueAll = async (): Promise<void> => {
    isScheduled = false;
    const batch = toEnqueue.splice(0);
    try {
      await store.connection.transaction(async (session) => {
        for (const { order, stored } of batch) {
          await client.dbos.enqueueInTransaction(
            session.client,
            {
              workflowName: workWorkflow,
              queueName: queueOf(order.place),
              workflowID: order.key,
              appVersion: client.version,
              priority: order.priority,
              attributes: { run: order.rootRunId },
            },
            order.rootRunId,
            order.key,
            stored,
          );
        }
      });
      store.notices.post('work', '');
      for (const { done } of batch) done();
    } catch (thrown) {
      for (const { failed } of batch) failed(thrown);
    }
  };
  const enqueue = (order: WorkOrder, stored: string): Promise<void> =>
    new Promise((done, failed) => {
      toEnqueue.push({ order, stored, done, failed });
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(() => {
        enqueueAll().catch(() => {});
      });
    });

  const losing = setInterval(() => {
    lookForLost().catch(() => {});
  }, lostEveryMs).unref();

  return {
    dispatch: async (order, signal) => {
      signal.throwIfAborted();
      const stored = await store.putValue(order as unknown as Json);
      const result = wait(order.key, order.runId);
      // Whoever is gone by then must not be hit by it.
      result.catch(() => {});
      const withdraw = (): void => {
        takeOff(order.key)?.reject(signal.reason);
        if (!isInterruption(signal.reason)) withdrawWork(store, client, order.key).catch(() => {});
      };
      signal.addEventListener('abort', withdraw, { once: true });
      try {
        await enqueue(order, toJsonText(stored, `The order ${order.key}`));
        // What a driver before this one ordered may be done already.
        lookAt(order.runId);
        return await result;
      } finally {
        takeOff(order.key);
        signal.removeEventListener('abort', withdraw);
      }
    },
    close: () => {
      for (const { forget } of watched.values()) forget();
      clearInterval(losing);
    },
  };
}

/** Work that nobody wants any more: it leaves its queue, or its worker is told to stop. */
async function withdrawWork(store: PostgresStore, client: DbosClient, key: string): Promise<void> {
  // If this fails its result will be waste: the fold takes no notice of an attempt that is not the current one.
  await client.dbos.cancelWorkflow(key);
  store.notices.post('withdrawn', '');
}

function workerLost(key: string, status: string): PlanwrightError {
  const why = status === 'ERROR' ? 'failed outside the run' : 'ended every worker that took it';
  return new PlanwrightError(
    'worker-lost',
    `The work ${key} ${why}. Look at the log of the workers, and at the memory that the role's tools and sandboxes need.`,
    { details: { key, status } },
  );
}
