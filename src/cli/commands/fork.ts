import { forkRun } from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { formatNumber } from '../figures.ts';
import { type StoreFlags, withRun } from '../find-run.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { printJson } from '../tell-run.ts';
import { driveOn } from './resume.ts';

export interface ForkFlags extends StoreFlags {
  at?: number;
  before?: string;
  resume?: boolean;
}

export async function runFork(io: CliIo, wanted: string, flags: ForkFlags): Promise<number> {
  const { at, before, resume = true, json = false } = flags;
  const interrupted = catchInterrupts();
  return withRun(wanted, flags, async (store, parent) => {
    const place = { ...(at === undefined ? {} : { atSeq: at }), ...(before === undefined ? {} : { before }) };
    const { runId, forkedFrom } = await forkRun(store, parent.runId, place);
    io.note(`${runId} begins with ${formatNumber(forkedFrom?.seq ?? 0, 'event')} of ${parent.runId}.\n`);
    if (resume) return driveOn(io, { store, runId, interrupted, flags });
    if (json) await printJson(io, { runId, forkedFrom });
    else await io.print(`${runId}\n`);
    return exitCodes.succeeded;
  });
}
