/** Ctrl-C, SIGINT and SIGTERM: the first asks the run to stop where it can be resumed, the second ends the process. */
import { onInterrupt } from './end-with-launcher.ts';
import { exitCodes } from './exit-code.ts';

/** How long a run may take to stop. */
export const graceMs = 3000;

/** Call it once for a process. */
export function catchInterrupts(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new Error('Interrupted.'));
  };
  onInterrupt(interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}
