/** A process that does one measurement of the load and tells what it took: its memory is nobody else's. */
import { setTimeout as wait } from 'node:timers/promises';
import { defineTeam, MemoryStore, openSqliteStore, type Plan, type RunReport, runTask, type Store } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { type DbosEngine, openDbosEngine, startWorker } from '../../src/engine/dbos/index.ts';
import { openPostgresStore } from '../../src/engine/postgres/index.ts';

export interface LoadOrder {
  engine: 'memory' | 'sqlite' | 'dbos';
  /** A file, or a `postgres://` address whose schema is made. */
  place: string;
  runs: number;
  subtasks: number;
}

export type LoadAnswer =
  | { kind: 'ready' }
  | { kind: 'measured'; ms: number; startMb: number; peakMb: number; ended: number; calls: number }
  | { kind: 'failed'; message: string };

const team = defineTeam({
  name: 'load',
  roles: { worker: { instructions: 'You are the worker.' } },
  limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 32, depth: 1 },
});
/** In the process itself: what is measured is the engine. */
const model = scriptedModel(() => 'done');

/** Chains of ten beside each other, joined forty at a time, so that no prompt grows with the plan. */
function planOf(subtasks: number): Plan {
  const steps: Plan['subtasks'] = [];
  const add = (dependsOn: string[]): string => {
    const id = `s${steps.length + 1}`;
    steps.push({ id, role: 'worker', instruction: `do ${id}`, dependsOn });
    return id;
  };
  let tails: string[] = [];
  while (steps.length + 10 + countJoins(tails.length + 1) <= subtasks) {
    let tail = add([]);
    for (let length = 1; length < 10; length += 1) tail = add([tail]);
    tails.push(tail);
  }
  // What is left over makes the last chain longer.
  while (steps.length + countJoins(tails.length) < subtasks) tails.push(add([tails.pop() ?? '']));
  while (tails.length > 1) {
    const joined: string[] = [];
    for (let from = 0; from < tails.length; from += width) joined.push(add(tails.slice(from, from + width)));
    tails = joined;
  }
  return { version: 1, task: 'Load.', subtasks: steps };
}

const width = 40;

function countJoins(tails: number): number {
  let joins = 0;
  for (let left = tails; left > 1; ) {
    left = Math.ceil(left / width);
    joins += left;
  }
  return joins;
}

async function runAll(store: Store, { runs, subtasks }: LoadOrder): Promise<RunReport[]> {
  const plan = planOf(subtasks);
  const started = Array.from({ length: runs }, (_, index) =>
    runTask({ task: 'Load.', team, plan, store, model, runId: `run-${index}` }),
  );
  return Promise.all(started);
}

async function runOnWorker(url: string, { runs, subtasks }: LoadOrder): Promise<RunReport[]> {
  const store = await openPostgresStore(url);
  const worker = await startWorker({ store, model, concurrency: 32, runConcurrency: 1_000 });
  const engine: DbosEngine = await openDbosEngine(store);
  const plan = planOf(subtasks);
  try {
    const started = Array.from({ length: runs }, (_, index) =>
      engine.start({ task: 'Load.', team, plan, model: 'custom:model', runId: `run-${index}` }),
    );
    return await Promise.all(started);
  } finally {
    await engine.close();
    await worker.drain(1_000);
    await store.close();
  }
}

async function measure(order: LoadOrder): Promise<LoadAnswer> {
  const startMb = process.memoryUsage.rss() / 1_048_576;
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const startMs = performance.now();
  let reports: RunReport[];
  if (order.engine === 'dbos') reports = await runOnWorker(order.place, order);
  else {
    const store = order.engine === 'memory' ? new MemoryStore() : await openSqliteStore(order.place);
    reports = await runAll(store, order);
    await store.close();
  }
  const ms = performance.now() - startMs;
  await wait(20);
  clearInterval(watch);
  const calls = reports.reduce((sum, { ledger }) => sum + ledger.calls, 0);
  return {
    kind: 'measured',
    ms,
    startMb,
    peakMb: peak / 1_048_576,
    ended: reports.filter(({ status }) => status === 'succeeded').length,
    calls,
  };
}

process.on('message', (order: LoadOrder) => {
  measure(order).then(
    (answer) => process.send?.(answer),
    (thrown: unknown) =>
      process.send?.({
        kind: 'failed',
        message: thrown instanceof Error ? String(thrown.stack) : String(thrown),
      } satisfies LoadAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ kind: 'ready' } satisfies LoadAnswer);
