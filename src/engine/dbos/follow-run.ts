/** A run that workers drive, as a handle: its events as they become durable, and its report when it ends or waits. */
import { cancelRun } from '../../control-run.ts';
import { PlanwrightError } from '../../errors.ts';
import { type RunReport, reportRun } from '../../measure/run-report.ts';
import { createUpdateLog, type RunHandle, type RunResult } from '../../run-handle.ts';
import type { PostgresStore } from '../postgres/postgres-store.ts';
import { fromColumn, toColumn } from '../postgres/postgres-text.ts';
import { isOnQueue } from './submit-run.ts';

/**
 * @param begin What has to be done first; resolves when the run is in the store.
 * @param signal Ends the following; the run goes on.
 */
export function followRun(
  store: PostgresStore,
  runId: string,
  { begin, signal, close = async () => {} }: { begin: () => Promise<void>; signal?: AbortSignal; close?: () => Promise<void> },
): RunHandle {
  const log = createUpdateLog();
  const follow = async (): Promise<RunResult> => {
    try {
      await begin();
      const seen = new Map<string, number>();
      for (;;) {
        const awake = waitForChange(store, runId, signal);
        const isOver = await readOn(store, runId, { seen, push: (updates) => log.push(updates) });
        if (isOver) return await reportRun(store, runId);
        await awake;
        if (signal?.aborted === true) return reportGoingOn(await reportRun(store, runId));
      }
    } finally {
      log.close();
      await close();
    }
  };
  const result = follow();
  result.catch(() => {});
  return Object.assign(result, {
    runId,
    events: log.updates,
    cancel: (reason = 'Cancelled by the caller.') => {
      cancelRun(store, runId, { reason }).catch(() => {});
    },
  });
}

/** Nobody holds a run that is still on the queue, or whose worker has just died; it goes on all the same. */
function reportGoingOn(report: RunReport): RunReport {
  return report.status === 'interrupted' ? { ...report, status: 'running' } : report;
}

/** Pushes what is new, of sub-teams too. @returns whether the run has ended or waits for a person. */
async function readOn(
  store: PostgresStore,
  runId: string,
  { seen, push }: { seen: Map<string, number>; push: ReturnType<typeof createUpdateLog>['push'] },
): Promise<boolean> {
  const runs = await listTree(store, runId);
  const root = runs.find((run) => run.runId === runId);
  if (root === undefined) throw new PlanwrightError('run-unknown', `Run "${runId}" is not in ${store.location} any more.`);
  for (const { runId: id } of runs) {
    const entries = await store.readEvents(id, seen.get(id) ?? 0);
    const last = entries.at(-1);
    if (last === undefined) continue;
    seen.set(id, last.seq);
    push(entries.map((entry) => ({ ...entry, runId: id })));
  }
  if (root.status !== 'waiting') return root.status !== 'running';
  return !(await isOnQueue(store, runId));
}

/** Without their setups, which are large and read often here; in order of creation. */
async function listTree(store: PostgresStore, rootRunId: string): Promise<{ runId: string; status: string }[]> {
  const rows = await store.connection.query('SELECT run_id, status FROM pw_runs WHERE root_run_id = $1 ORDER BY run_key', [
    toColumn(rootRunId),
  ]);
  return rows.map((row) => ({ runId: fromColumn(String(row['run_id'])), status: String(row['status']) }));
}

function waitForChange(store: PostgresStore, runId: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      forget();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const forget = store.notices.onChange('events', runId, done);
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted === true) done();
  });
}
