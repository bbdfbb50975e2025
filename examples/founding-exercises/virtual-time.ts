/** A run in virtual time: as fast as it computes, and by its clock as slow as its models say they are. */
import type { Clock } from 'planwright';
import { fakeClock } from 'planwright/testing';

/** Time goes on only when nothing is left to do at the present moment, so figures don't depend on the machine. */
export async function runInVirtualTime<T>(start: (clock: Clock) => Promise<T>): Promise<T> {
  const time = fakeClock();
  let isRunning = true;
  const run = start(time.clock).finally(() => {
    isRunning = false;
  });
  // Whoever awaits `run` below is told.
  run.catch(() => {});
  while (isRunning) {
    await time.advance(0);
    if (isRunning) await time.advanceToNext();
  }
  return run;
}
