/** A clock that stands still until it is told to go on. */
import type { Clock } from '../clock.ts';

export interface FakeClock {
  clock: Clock;
  /** Lets `ms` pass: whoever sleeps wakes in order of time, and gets to run before the next one does. */
  advance(ms: number): Promise<void>;
  /** Lets time pass until the next sleeper wakes. @returns false when nobody sleeps. */
  advanceToNext(): Promise<boolean>;
  /** How many sleep. */
  sleeping(): number;
}

interface Sleeper {
  wakeMs: number;
  wake(): void;
}

/** @param startMs Default 2026-01-01T00:00:00Z. */
export function fakeClock(startMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  const sleepers = new Set<Sleeper>();

  const nextSleeper = (): Sleeper | undefined => {
    let next: Sleeper | undefined;
    for (const sleeper of sleepers) {
      if (next === undefined || sleeper.wakeMs < next.wakeMs) next = sleeper;
    }
    return next;
  };

  const wakeNext = async (sleeper: Sleeper): Promise<void> => {
    nowMs = Math.max(nowMs, sleeper.wakeMs);
    sleepers.delete(sleeper);
    sleeper.wake();
    await settle();
  };

  return {
    clock: {
      now: () => nowMs,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) {
            reject(signal.reason);
            return;
          }
          const abort = () => {
            sleepers.delete(sleeper);
            reject(signal?.reason);
          };
          const sleeper: Sleeper = {
            wakeMs: nowMs + Math.max(0, ms),
            wake: () => {
              signal?.removeEventListener('abort', abort);
              resolve();
            },
          };
          sleepers.add(sleeper);
          signal?.addEventListener('abort', abort, { once: true });
        }),
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let next = nextSleeper(); next !== undefined && next.wakeMs <= untilMs; next = nextSleeper()) await wakeNext(next);
      nowMs = untilMs;
    },
    async advanceToNext() {
      await settle();
      const next = nextSleeper();
      if (next === undefined) return false;
      await wakeNext(next);
      return true;
    },
    sleeping: () => sleepers.size,
  };
}

/** Everything that is ready to run has run. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
