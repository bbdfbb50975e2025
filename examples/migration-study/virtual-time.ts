/** Time of the study: it passes while simulated agents answer, and only then, so that the same seed gives the same seconds. */
import type { Clock } from 'planwright';
import { fakeClock } from 'planwright/testing';

export interface VirtualTime {
  /** For agents: an answer takes its time. */
  agents: Clock;
  /** For runs: nothing times out and nobody looks for signals from outside, so waiting ends only when it is called off. */
  runs: Clock;
  /** Lets time pass until the work is done. */
  carry<Result>(work: Promise<Result>): Promise<Result>;
}

export function virtualTime(): VirtualTime {
  const time = fakeClock();
  return {
    agents: time.clock,
    runs: { now: () => time.clock.now(), sleep: (_ms, signal) => untilAborted(signal) },
    carry: async (work) => {
      let isDone = false;
      const ended = work.finally(() => {
        isDone = true;
      });
      // Whoever awaits it below gets its error; until then it is not unhandled.
      ended.catch(() => {});
      while (!isDone) {
        // Whoever is about to sleep gets to it before time passes: subtasks that start together sleep together.
        await settle();
        if (!isDone) await time.advanceToNext();
      }
      return ended;
    },
  };
}

function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason);
    else signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
