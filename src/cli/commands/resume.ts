import { resumeRun, type Store } from '../../index.ts';
import { type StoreFlags, withRun } from '../find-run.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { followRun } from '../progress/follow-run.ts';
import { loadProgress } from '../progress/load-progress.ts';
import { tellRun } from '../tell-run.ts';

export async function runResume(io: CliIo, wanted: string, flags: StoreFlags): Promise<number> {
  const interrupted = catchInterrupts();
  return withRun(wanted, flags, (store, { runId }) => driveOn(io, { store, runId, interrupted, flags }));
}

/** Drives a stored run to its end, as `resume` and `approve` do. */
export async function driveOn(
  io: CliIo,
  { store, runId, interrupted, flags }: { store: Store; runId: string; interrupted: AbortSignal; flags: StoreFlags },
): Promise<number> {
  const progress = await loadProgress(store, runId);
  const followed = await followRun(io, (hooks) => resumeRun({ runId, store, ...hooks }), { interrupted, progress });
  return tellRun(io, followed, { json: flags.json === true, location: store.location, store: flags.store });
}
