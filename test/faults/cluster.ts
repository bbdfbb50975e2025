/** A cluster for the scenario: a schema on PostgreSQL, workers as processes, and a harness that starts the run and answers it. */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type RunLimits, type RunReport, reportRun } from 'planwright';
import { type DbosEngine, initStore, openDbosEngine } from '../../src/engine/dbos/index.ts';
import type { PostgresServer } from '../support/postgres.ts';
import { answerAll } from './check-survey.ts';
import { type CountedModel, type CountedModelOptions, startCountedModel } from './counted-model.ts';
import { startToldProcess, type ToldProcess, type ToldProcessOptions } from './processes.ts';
import { runId, surveyBudget, surveyTeam, task } from './scenario.ts';
import type { WorkerAnswer, WorkerOrder } from './worker-process.ts';

/** Attempts at once of each worker. */
export const workerConcurrency = 4;
/** Short, so that a takeover is quick. */
export const lifetimeMs = 2_000;

export type WorkerProcess = ToldProcess<WorkerOrder, WorkerAnswer>;

export interface Cluster extends AsyncDisposable {
  model: CountedModel;
  actsFile: string;
  engine: DbosEngine;
  url: string;
  /** Puts the scenario on the queue. */
  begin(): Promise<void>;
  /** Answers all that the run waits for until it has ended. @throws when it has not after `atMostMs`. */
  end(atMostMs: number): Promise<RunReport>;
}

export interface ClusterOptions extends CountedModelOptions {
  postgres: PostgresServer;
  /** For what the tools write. */
  folder: string;
  /** Over the budget that is only just enough. */
  limits?: Partial<RunLimits>;
  /** The provider as workers reach it; by its port here. Default: as it is. */
  reach?: (port: number) => Promise<string>;
}

let made = 0;

export async function makeCluster({ postgres, folder, limits = {}, reach, ...options }: ClusterOptions): Promise<Cluster> {
  made += 1;
  const url = postgres.urlOf(`faults_${process.pid}_${made}`);
  await initStore(url);
  const engine = await openDbosEngine(url, { lifetimeMs: 10_000, patienceMs: 60_000 });
  const model = await startCountedModel(options);
  const spec = (await reach?.(model.port)) ?? model.spec;
  const { store } = engine;
  return {
    model: { ...model, spec },
    actsFile: join(folder, `${made}.acts`),
    engine,
    url,
    begin: async () => {
      const team = surveyTeam({ ...surveyBudget, ...limits });
      const handle = engine.start({ task, team, strategy: 'team', runId, model: spec });
      // Its first event is there when it can be followed.
      await handle.events[Symbol.asyncIterator]().next();
    },
    end: async (atMostMs) => {
      const untilMs = performance.now() + atMostMs;
      while (performance.now() < untilMs) {
        const run = await store.getRun(runId);
        if (run !== undefined && run.endedMs !== null) return reportRun(store, runId);
        if (run?.status === 'waiting') await answerOnce(engine);
        await wait(100);
      }
      const { status, waiting, subtasks } = await reportRun(store, runId);
      const open = subtasks.filter((item) => item.endedMs === null).map(({ id, status: of }) => `${id} ${of}`);
      throw new Error(
        `The run has not ended after ${atMostMs} ms: ${status}, ${waiting.length} waiting, open: ${open.join(', ')}`,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await model[Symbol.asyncDispose]();
    },
  };
}

/** What was answered a moment ago may still be shown as waiting, wait no more, or have ended with the run. */
const passing = new Set(['usage', 'run-ended']);
async function answerOnce(engine: DbosEngine): Promise<void> {
  try {
    await answerAll(engine.store);
  } catch (thrown) {
    if (!passing.has((thrown as { code?: string }).code ?? '')) throw thrown;
  }
  const stop = new AbortController();
  const followed = engine.resume(runId, { signal: stop.signal });
  await followed.events[Symbol.asyncIterator]().next();
  stop.abort();
  await followed;
}

export interface StartWorkerOptions extends ToldProcessOptions {
  /** Default: the cluster's own. */
  url?: string;
  concurrency?: number;
  lifetimeMs?: number;
}

/** Loaded, and in no cluster yet: it joins at once when it is told to. */
export async function warmWorker(options: ToldProcessOptions = {}): Promise<WorkerProcess> {
  const worker = startToldProcess<WorkerOrder, WorkerAnswer>('worker-process.ts', options);
  const first = await worker.next();
  if (first?.kind !== 'loaded') throw new Error(`The worker did not load: ${worker.stderr()}`);
  return worker;
}

export async function joinWorker(
  worker: WorkerProcess,
  cluster: Pick<Cluster, 'url' | 'actsFile'>,
  options: Omit<StartWorkerOptions, keyof ToldProcessOptions> = {},
): Promise<void> {
  worker.tell({
    type: 'start',
    url: cluster.url,
    actsFile: cluster.actsFile,
    lifetimeMs,
    concurrency: workerConcurrency,
    ...options,
  });
  const answer = await worker.next();
  if (answer?.kind !== 'ready') throw new Error(`The worker did not join: ${JSON.stringify(answer)} ${worker.stderr()}`);
}

export async function addWorker(
  cluster: Cluster,
  { preload, env, netns, ...options }: StartWorkerOptions = {},
): Promise<WorkerProcess> {
  const worker = await warmWorker({
    ...(preload === undefined ? {} : { preload }),
    ...(env === undefined ? {} : { env }),
    ...(netns === undefined ? {} : { netns }),
  });
  await joinWorker(worker, cluster, options);
  return worker;
}

export async function askState(worker: WorkerProcess): Promise<Extract<WorkerAnswer, { kind: 'state' }>> {
  worker.tell({ type: 'state' });
  const answer = await worker.next();
  if (answer?.kind !== 'state')
    throw new Error(`The worker did not tell its state: ${JSON.stringify(answer)} ${worker.stderr()}`);
  return answer;
}
