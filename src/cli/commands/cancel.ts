import { cancelRun } from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { type StoreFlags, withRun } from '../find-run.ts';
import type { CliIo } from '../io.ts';
import { printJson } from '../tell-run.ts';

export interface CancelFlags extends StoreFlags {
  reason?: string;
}

export async function runCancel(io: CliIo, wanted: string, flags: CancelFlags): Promise<number> {
  return withRun(wanted, flags, async (store, { runId }) => {
    const outcome = await cancelRun(store, runId, flags.reason === undefined ? {} : { reason: flags.reason });
    if (flags.json === true) await printJson(io, { runId, outcome });
    else
      await io.print(
        outcome === 'cancelled' ? `Cancelled ${runId}.\n` : `Asked the process that drives ${runId} to cancel it.\n`,
      );
    return exitCodes.succeeded;
  });
}
