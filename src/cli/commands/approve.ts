import { userInfo } from 'node:os';
import { answerRun } from '../../index.ts';
import { type StoreFlags, withRun } from '../find-run.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { driveOn } from './resume.ts';

export interface ApproveFlags extends StoreFlags {
  deny?: string;
}

export async function runApprove(io: CliIo, wanted: string, flags: ApproveFlags): Promise<number> {
  const interrupted = catchInterrupts();
  return withRun(wanted, flags, async (store, { runId }) => {
    const by = nameUser();
    await answerRun(store, runId, flags.deny === undefined ? { type: 'approve', by } : { type: 'deny', by, reason: flags.deny });
    return driveOn(io, { store, runId, interrupted, flags });
  });
}

/** The system has no name for some users, such as one in a container. */
function nameUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'a person';
  }
}
