/** The body of the workflow that drives a run: from wherever its events end until it ends or waits for a person. */
import { systemClock } from '../../clock.ts';
import { cancelRun } from '../../control-run.ts';
import type { DriveRunOptions } from '../../drive-options.ts';
import { toErrorRecord } from '../../errors.ts';
import type { Dispatcher } from '../dispatcher.ts';
import { concludeRun, driveTree } from '../drive-tree.ts';
import type { PostgresStore } from '../postgres/postgres-store.ts';
import { readSetup } from '../run-setup.ts';

export interface DriveQueuedOptions extends DriveRunOptions {
  dispatcher: Dispatcher;
  signal: AbortSignal;
}

/** How long a run is left to whoever else drives it before it is looked at again. */
const busyPauseMs = 1_000;

/** @throws the signal's reason; {PlanwrightError} `store-failed`. A run that can't be driven is ended, and says why. */
export async function driveQueuedRun(store: PostgresStore, runId: string, options: DriveQueuedOptions): Promise<void> {
  for (;;) {
    options.signal.throwIfAborted();
    const record = await store.getRun(runId);
    if (record === undefined) return;
    const outcome = record.endedMs === null ? await driveOnce(store, runId, { record, options }) : 'driven';
    if (outcome === 'busy') {
      await systemClock.sleep(busyPauseMs, options.signal);
      continue;
    }
    const after = await store.getRun(runId);
    if (after === undefined) return;
    if (after.endedMs !== null) {
      await concludeRun(store, runId);
      await store.clearResults(runId);
      return;
    }
    options.signal.throwIfAborted();
    // An answer that came in the last moment is taken up here; one that comes later, by whoever looks for forgotten runs.
    if (!(await hasSignals(store, runId))) return;
  }
}

async function driveOnce(
  store: PostgresStore,
  runId: string,
  { record, options }: { record: { setup: Parameters<typeof readSetup>[0] }; options: DriveQueuedOptions },
): Promise<'driven' | 'busy'> {
  try {
    const prepared = { setup: readSetup(record.setup), settings: null };
    await driveTree(store, runId, { ...options, prepared, push: () => {} });
    return 'driven';
  } catch (thrown) {
    if (options.signal.aborted) throw options.signal.reason;
    const { code, message } = toErrorRecord(thrown);
    if (code === 'store-failed') throw thrown;
    if (code === 'run-busy') return 'busy';
    await cancelRun(store, runId, { reason: `It can't be driven: ${message}` });
    return 'driven';
  }
}

async function hasSignals(store: PostgresStore, rootRunId: string): Promise<boolean> {
  for (const { runId } of await store.listRuns({ rootRunId })) {
    if ((await store.readSignals(runId)).length > 0) return true;
  }
  return false;
}
