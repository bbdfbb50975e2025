/**
 * A cluster of one process: `node engine-dbos-run.ts URL SUBTASKS CONCURRENCY`. A worker, and a run of a plan of that many
 * subtasks that need nothing and one that needs them all, with a model that answers at once. Writes one line of JSON: `ms` of the
 * run, joining and warm-up left out.
 */
import { openDbosEngine, openPostgresStore, startWorker } from '../src/engine/dbos/index.ts';
import { scriptedModel } from '../src/testing/index.ts';
import { benchTask, benchTeam, fanPlan } from './engine-plans.ts';

const [url = '', subtasks = '', concurrency = ''] = process.argv.slice(2);
const store = await openPostgresStore(url);
const worker = await startWorker({ store, model: scriptedModel(() => 'done'), concurrency: Number(concurrency) });
const engine = await openDbosEngine(store);

/** @throws {Error} when the run does not succeed. */
async function run(count: number): Promise<number> {
  const startMs = performance.now();
  const limits = { concurrency: Number(concurrency) };
  const { status } = await engine.start({
    task: benchTask,
    team: benchTeam,
    plan: fanPlan(count),
    model: 'custom:model',
    limits,
  });
  if (status !== 'succeeded') throw new Error(`The run ended as ${status}.`);
  return performance.now() - startMs;
}

await run(20);
const ms = await run(Number(subtasks));
process.stdout.write(`${JSON.stringify({ ms })}\n`);
await worker.drain(1_000);
await engine.close();
await store.close();
process.exit(0);
