/**
 * What a worker tells Prometheus. Queues, tokens and money are the cluster's, read from the store at each scrape: every worker
 * gives the same, so take their maximum, not their sum. What is in hand and what was done is the worker's own.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import { processCircuits } from '../../model/model-circuits.ts';
import type { PostgresStore } from '../postgres/postgres-store.ts';
import { readQueue } from './work-queues.ts';
import type { Worker } from './worker.ts';

export interface WorkerMetrics {
  /** For the header of an answer. */
  readonly contentType: string;
  /** The text of a scrape. */
  collect(): Promise<string>;
}

const phases = ['working', 'rejoining', 'draining', 'stopped'] as const;

export function createWorkerMetrics(store: PostgresStore, worker: Worker): WorkerMetrics {
  const { version } = worker.state();
  const registry = new Registry();
  const registers = [registry];
  const depth = new Gauge({
    name: 'planwright_queue_depth',
    help: 'Runs and work that wait for a worker of this version, over the cluster; role "" is the queue of runs.',
    labelNames: ['role'],
    registers,
  });
  const underWay = new Gauge({
    name: 'planwright_queue_under_way',
    help: 'Runs and work that workers of this version have in hand, over the cluster.',
    labelNames: ['role'],
    registers,
  });
  const oldest = new Gauge({
    name: 'planwright_queue_oldest_seconds',
    help: 'How long what waits longest for a worker of this version has waited, over the cluster.',
    labelNames: ['role'],
    registers,
  });
  const versions = new Gauge({
    name: 'planwright_version_open',
    help: 'Runs and work that wait or are in hand, over the cluster, by the version of the code that can do them.',
    labelNames: ['version'],
    registers,
  });
  const versionMembers = new Gauge({
    name: 'planwright_version_workers',
    help: 'Live workers of the cluster, by the version of their code.',
    labelNames: ['version'],
    registers,
  });
  const members = new Gauge({ name: 'planwright_workers', help: 'Live workers of the cluster.', registers });
  const calls = new Gauge({ name: 'planwright_model_calls', help: 'Model calls of all runs in the store.', registers });
  const tokens = new Gauge({ name: 'planwright_tokens', help: 'Tokens of all runs in the store, input and output.', registers });
  const usd = new Gauge({ name: 'planwright_usd', help: 'USD of all runs in the store, where the price is known.', registers });
  const failed = new Gauge({
    name: 'planwright_failed_calls',
    help: 'Model calls of all runs in the store that failed.',
    registers,
  });
  const inHand = new Gauge({
    name: 'planwright_worker_in_flight',
    help: 'What this worker has in hand.',
    labelNames: ['kind'],
    registers,
  });
  const circuits = new Gauge({
    name: 'planwright_model_circuit_open',
    help: '1 while this worker asks a model no more because its calls kept failing; 0.5 while one call tries it.',
    labelNames: ['model'],
    registers,
  });
  const phase = new Gauge({
    name: 'planwright_worker_phase',
    help: '1 for the phase it is in.',
    labelNames: ['phase'],
    registers,
  });
  const done = new Counter({
    name: 'planwright_worker_done_total',
    help: 'Attempts and checks that this worker has ended, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const told = { succeeded: 0, failed: 0, handedBack: 0 };

  return {
    contentType: registry.contentType,
    collect: async () => {
      const [queues, open, spent, failures, live] = await Promise.all([
        readQueues(store, version),
        store.connection.query(
          `SELECT application_version AS version, count(*) AS open FROM "${store.connection.target.schema}".workflow_status
           WHERE status IN ('ENQUEUED', 'PENDING') GROUP BY application_version`,
        ),
        store.connection.query(
          'SELECT coalesce(sum(calls), 0) AS calls, coalesce(sum(tokens), 0) AS tokens, coalesce(sum(usd), 0) AS usd FROM pw_spent WHERE run_id = root_run_id',
        ),
        store.connection.query("SELECT count(*) AS failed FROM pw_calls WHERE is_model AND outcome = 'failed'"),
        store.connection.query(
          "SELECT version, count(*) AS live FROM pw_members WHERE kind = 'worker' AND state = 'live' GROUP BY version",
        ),
      ]);
      for (const gauge of [depth, underWay, oldest]) gauge.reset();
      for (const { role, waiting, pending, oldestMs } of queues) {
        depth.inc({ role }, waiting);
        underWay.inc({ role }, pending);
        oldest.set({ role }, oldestMs / 1000);
      }
      versions.reset();
      versions.set({ version }, 0);
      for (const row of open) versions.set({ version: String(row['version']) }, Number(row['open']));
      calls.set(Number(spent[0]?.['calls'] ?? 0));
      tokens.set(Number(spent[0]?.['tokens'] ?? 0));
      usd.set(Number(spent[0]?.['usd'] ?? 0));
      failed.set(Number(failures[0]?.['failed'] ?? 0));
      versionMembers.reset();
      for (const row of live) versionMembers.set({ version: String(row['version']) }, Number(row['live']));
      members.set(live.reduce((sum, row) => sum + Number(row['live']), 0));
      const state = worker.state();
      inHand.set({ kind: 'run' }, state.runs);
      inHand.set({ kind: 'work' }, state.work);
      circuits.reset();
      for (const { model, state: circuit } of processCircuits.list()) {
        circuits.set({ model }, circuit === 'open' ? 1 : circuit === 'half-open' ? 0.5 : 0);
      }
      for (const name of phases) phase.set({ phase: name }, name === state.phase ? 1 : 0);
      for (const outcome of ['succeeded', 'failed', 'handedBack'] as const) {
        done.inc({ outcome: outcome === 'handedBack' ? 'handed_back' : outcome }, state.done[outcome] - told[outcome]);
        told[outcome] = state.done[outcome];
      }
      return registry.metrics();
    },
  };
}

interface QueueLoad {
  role: string;
  waiting: number;
  pending: number;
  oldestMs: number;
}

async function readQueues(store: PostgresStore, version: string): Promise<QueueLoad[]> {
  const rows = await store.connection.query(
    `SELECT queue_name AS name, count(*) FILTER (WHERE status = 'ENQUEUED') AS waiting,
       count(*) FILTER (WHERE status = 'PENDING') AS pending,
       coalesce(extract(epoch FROM now()) * 1000 - min(created_at) FILTER (WHERE status = 'ENQUEUED'), 0) AS oldest_ms
     FROM "${store.connection.target.schema}".workflow_status
     WHERE status IN ('ENQUEUED', 'PENDING') AND application_version = $1 GROUP BY queue_name`,
    [version],
  );
  return rows.flatMap((row) => {
    const facts = readQueue(String(row['name']));
    if (facts === undefined) return [];
    return [
      {
        role: facts.role ?? '',
        waiting: Number(row['waiting']),
        pending: Number(row['pending']),
        oldestMs: Math.max(0, Number(row['oldest_ms'])),
      },
    ];
  });
}
