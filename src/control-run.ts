/** What can be asked of a run from outside: by another process, or days later. */
import { type Clock, systemClock } from './clock.ts';
import { driveRun } from './engine/drive.ts';
import { storeStatus } from './engine/run-node.ts';
import type { RunRecord, Store } from './engine/store.ts';
import { PlanwrightError } from './errors.ts';
import { loadRun } from './measure/load-run.ts';
import type { RunOutcome } from './measure/outcome.ts';
import { recordOutcome } from './measure/summarize-outcome.ts';
import { storeForRun } from './redact/run-store.ts';

/**
 * Cancels a run: at once when no process drives it, else as soon as its process looks (250 ms).
 * @throws {PlanwrightError} `run-unknown`, `run-ended`.
 */
export async function cancelRun(
  store: Store,
  runId: string,
  options: { reason?: string; clock?: Clock } = {},
): Promise<'cancelled' | 'requested'> {
  const { rootRunId } = await findOpenRun(store, runId);
  const reason = options.reason ?? 'Cancelled by a person.';
  await (await storeForRun(store, rootRunId)).sendSignal(runId, { type: 'cancel', reason });
  if (await store.isDriven(runId)) return 'requested';
  const lease = await store.acquireLease(runId);
  try {
    // Nothing is carried out: the run is folded, told to stop, and ended.
    const outcome = await driveRun({ runId, store, clock: options.clock ?? systemClock, perform: () => {} });
    await storeStatus(store, runId, outcome);
  } finally {
    await lease.release();
  }
  return 'cancelled';
}

/**
 * A person's judgement of a run that has ended: evidence for the gate. A later one replaces it; a held-out check outweighs it.
 * @throws {PlanwrightError} `run-unknown`; `usage` for a run that has not ended, was cancelled or belongs to another one.
 */
export async function labelRun(store: Store, runId: string, success: boolean): Promise<RunOutcome> {
  const view = await loadRun(store, runId);
  const outcome = await recordOutcome(store, view, { label: { success, source: 'person' } });
  if (outcome !== null) return outcome;
  throw new PlanwrightError(
    'usage',
    `Run "${runId}" has no outcome to judge: it has not ended, was cancelled, belongs to another run, or was forked from one.`,
  );
}

/** @throws {PlanwrightError} `run-unknown`, `run-ended`. */
export async function findOpenRun(store: Store, runId: string): Promise<RunRecord> {
  const run = await store.getRun(runId);
  if (run === undefined) {
    throw new PlanwrightError('run-unknown', `No run "${runId}" in ${store.location}. List the runs with: planwright runs`);
  }
  if (run.endedMs !== null) throw new PlanwrightError('run-ended', `Run "${runId}" has ended: ${run.status}.`);
  return run;
}
