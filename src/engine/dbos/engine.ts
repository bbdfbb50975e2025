/** Runs that workers carry out: started, resumed and followed from a process that need not be one. */
import { systemClock, systemRandom } from '../../clock.ts';
import { PlanwrightError } from '../../errors.ts';
import { newRunId } from '../../ids.ts';
import { refuseOtherTask } from '../../run-task.ts';
import { createRunState } from '../../schedule/state.ts';
import type { Engine, EngineRun } from '../engine.ts';
import { createFold, type Folded } from '../fold.ts';
import { takeFiles } from '../placed-files.ts';
import { openPostgresStore, type PostgresStore } from '../postgres/postgres-store.ts';
import { prepareRun } from '../prepare-run.ts';
import { writeSetup } from '../run-setup.ts';
import type { RunRecord } from '../store.ts';
import { type DbosClient, openDbosClient } from './dbos-client.ts';
import { followRun } from './follow-run.ts';
import { submitStoredRun } from './submit-run.ts';
import { allRoles, runsMark } from './work-queues.ts';

/** Models, tools and the like are the workers' own. `start` puts a run on the queue, and both follow it. */
export interface DbosEngine extends Engine {
  readonly store: PostgresStore;
  /** Workers that live now and take work of this version. */
  workers(): Promise<WorkerCard[]>;
}

export interface WorkerCard {
  memberId: string;
  host: string;
  /** null: all. */
  roles: string[] | null;
  /** Whether it drives runs. */
  runs: boolean;
}

export interface DbosEngineOptions {
  /** How long a lost connection is tried again. Default 60,000. */
  patienceMs?: number;
  lifetimeMs?: number;
  /** Of the code whose workers are to drive the runs. Default: this code's own. */
  version?: string;
}

/**
 * @param location `postgres://…`, or a store that is open; it is closed with the engine only in the first case.
 * @throws {PlanwrightError} `store-missing`, `store-older`, `store-newer`, `usage`.
 */
export async function openDbosEngine(location: string | PostgresStore, options: DbosEngineOptions = {}): Promise<DbosEngine> {
  const store = typeof location === 'string' ? await openPostgresStore(location, options) : location;
  const client = await openDbosClient(store.connection.target, options.version);
  return {
    store,
    start: (given) => {
      const runId = given.runId ?? newRunId(systemClock, systemRandom);
      const begin = async (): Promise<void> => enter(store, client, runId, given);
      return followRun(store, runId, { begin, ...(given.signal === undefined ? {} : { signal: given.signal }) });
    },
    resume: (runId, { signal } = {}) => {
      const begin = async (): Promise<void> => {
        const record = await store.getRun(runId);
        if (record === undefined) {
          throw new PlanwrightError('run-unknown', `No run "${runId}" in ${store.location}. List the runs with: planwright runs`);
        }
        if (record.endedMs === null) await submitStoredRun(store, client, record);
      };
      return followRun(store, runId, { begin, ...(signal === undefined ? {} : { signal }) });
    },
    workers: async () =>
      (await store.members.list())
        .filter(
          ({ kind, state, overdue, version }) => kind === 'worker' && state === 'live' && !overdue && version === client.version,
        )
        .map(({ memberId, host, roles }) => ({
          memberId,
          host,
          roles: roles.includes(allRoles) ? null : roles.filter((role) => role !== runsMark),
          runs: roles.includes(runsMark),
        })),
    close: async () => {
      await client.close();
      if (typeof location === 'string') await store.close();
    },
  };
}

/** A run is there when its first event is; what follows from that event, a worker does. */
async function enter(store: PostgresStore, client: DbosClient, runId: string, options: EngineRun): Promise<void> {
  const known = await store.getRun(runId);
  if (known !== undefined) {
    refuseOtherTask(known, options);
    if (known.endedMs !== null) return;
  }
  if (known === undefined) {
    const { setup, settings } = await prepareRun(options, store);
    if (settings === null) throw new PlanwrightError('internal', `Run "${runId}" was prepared without settings.`);
    if (options.files !== undefined) setup.filesTree = await takeFiles(store, options.files);
    const folded: Folded = { entries: [], commands: [] };
    const nowMs = systemClock.now();
    createFold(createRunState(), 0).enter({ type: 'run-started', task: setup.task, settings }, nowMs, folded);
    const record: RunRecord = {
      version: 1,
      runId,
      rootRunId: runId,
      parentRunId: null,
      task: setup.task,
      status: 'running',
      strategy: settings.strategy,
      endReason: null,
      createdMs: nowMs,
      endedMs: null,
      setup: writeSetup(setup),
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      drivenBy: 'workers',
    };
    const [isNew] = await Promise.all([store.createRun(record), store.appendEvents(runId, folded.entries)]);
    if (!isNew) throw new PlanwrightError('run-busy', `Run "${runId}" was started by another process at this very moment.`);
  }
  await submitStoredRun(store, client, { runId, ...(options.priority === undefined ? {} : { priority: options.priority }) });
}
