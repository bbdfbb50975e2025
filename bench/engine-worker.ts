/**
 * A worker, as a process: `node engine-worker.ts URL LIFETIME_MS CONCURRENCY answers|hangs`. Says `ready` when it has joined, and with
 * a model that hangs `call` at its first call. SIGTERM lets it leave.
 */
import { openPostgresStore, startWorker } from '../src/engine/dbos/index.ts';
import { scriptedModel } from '../src/testing/index.ts';

const [url = '', lifetimeMs = '', concurrency = '', manner = ''] = process.argv.slice(2);
const hanging = scriptedModel(() => {
  process.stdout.write('call\n');
  return new Promise<string>(() => {});
});
const store = await openPostgresStore(url, { lifetimeMs: Number(lifetimeMs) });
const worker = await startWorker({
  store,
  model: manner === 'hangs' ? hanging : scriptedModel(() => 'done'),
  concurrency: Number(concurrency),
});
async function leave(): Promise<void> {
  await worker.drain(0);
  await store.close();
}

process.once('SIGTERM', () => {
  leave().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
process.stdout.write('ready\n');
