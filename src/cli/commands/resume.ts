import { resumeRun, type Store } from '../../index.ts';
import { type StoreFlags, withRun } from '../find-run.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { followRun } from '../progress/follow-run.ts';
import { loadProgress } from '../progress/load-progress.ts';
import { isWorkersRun, tellGoesOn, withWorkers } from '../run-on-workers.ts';
import { type TelemetryFlags, telemetryFor } from '../telemetry.ts';
import { storeFlag, tellRun } from '../tell-run.ts';

export async function runResume(io: CliIo, wanted: string, flags: StoreFlags & TelemetryFlags): Promise<number> {
  const interrupted = catchInterrupts();
  return withRun(wanted, flags, (store, { runId }) => driveOn(io, { store, runId, interrupted, flags }));
}

/** Drives a stored run to its end, as `resume` and `approve` do. */
export async function driveOn(
  io: CliIo,
  {
    store,
    runId,
    interrupted,
    flags,
  }: { store: Store; runId: string; interrupted: AbortSignal; flags: StoreFlags & TelemetryFlags },
): Promise<number> {
  const progress = await loadProgress(store, runId);
  if (await isWorkersRun(store, runId)) {
    const onWorkers = await withWorkers(io, flags.store ?? '', async (cluster) => {
      const given = await followRun(io, ({ signal }) => cluster.resume(runId, { signal }), { interrupted, progress });
      tellGoesOn(io, given, storeFlag(flags.store));
      return tellRun(io, given, { json: flags.json === true, location: store.location, store: flags.store });
    });
    if (onWorkers !== undefined) return onWorkers;
  }
  const followed = await followRun(io, (hooks) => resumeRun({ runId, store, ...telemetryFor(io, flags), ...hooks }), {
    interrupted,
    progress,
  });
  return tellRun(io, followed, { json: flags.json === true, location: store.location, store: flags.store });
}
