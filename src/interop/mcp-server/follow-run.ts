/** A run that a call waits for: told of while it goes on, cancelled with the call, interrupted when the client is gone. */
import type { RunHandle, RunResult } from '../../run-handle.ts';
import type { RunDesk } from './run-desk.ts';
import { readProgress } from './run-progress.ts';
import type { ServedCall } from './served-tool.ts';

/**
 * Resolves with the run's end, whatever it is, or with its interruption when the desk closes.
 * @throws {PlanwrightError} what kept the run from starting.
 */
export async function followRun(desk: RunDesk, handle: RunHandle, { signal, report }: ServedCall): Promise<RunResult> {
  const cancel = (): void => {
    // Gone is not cancelled: the run has been interrupted, and somebody may go on with it.
    if (!desk.closing.aborted) handle.cancel('Cancelled by the MCP client.');
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const progress of readProgress(handle.runId, handle.events)) report(progress);
    return await handle;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
