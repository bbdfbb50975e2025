/** A worker of the cluster that carries out the scenario: says `ready`, tells its state when asked, and drains on SIGTERM. */
import { startWorker, type WorkerState } from '../../src/engine/dbos/index.ts';
import { openPostgresStore } from '../../src/engine/postgres/index.ts';
import { surveyTools } from './scenario.ts';

export interface WorkerOrder {
  type: 'start' | 'state' | 'drain';
  url?: string;
  actsFile?: string;
  lifetimeMs?: number;
  concurrency?: number;
}

export type WorkerAnswer =
  | { kind: 'loaded' }
  | { kind: 'ready'; state: WorkerState }
  | { kind: 'state'; state: WorkerState; errors: string[]; nowMs: number }
  | { kind: 'drained' }
  | { kind: 'failed'; message: string };

const errors: string[] = [];
let worker: Awaited<ReturnType<typeof startWorker>> | undefined;
let store: Awaited<ReturnType<typeof openPostgresStore>> | undefined;

async function follow(order: WorkerOrder): Promise<WorkerAnswer> {
  if (order.type === 'start') {
    const { url = '', actsFile = '', lifetimeMs = 2_000, concurrency = 4 } = order;
    store = await openPostgresStore(url, { lifetimeMs });
    worker = await startWorker({
      store,
      concurrency,
      tools: surveyTools(actsFile),
      onError: (thrown) => errors.push(thrown instanceof Error ? thrown.message : String(thrown)),
    });
    return { kind: 'ready', state: worker.state() };
  }
  if (worker === undefined) throw new Error('It was not started.');
  if (order.type === 'state') return { kind: 'state', state: worker.state(), errors: errors.splice(0), nowMs: Date.now() };
  await worker.drain();
  await store?.close();
  return { kind: 'drained' };
}

process.on('message', (order: WorkerOrder) => {
  follow(order).then(
    (answer) => process.send?.(answer),
    (thrown: unknown) => process.send?.({ kind: 'failed', message: String(thrown) } satisfies WorkerAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ kind: 'loaded' } satisfies WorkerAnswer);
