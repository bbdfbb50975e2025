/** The two ports through which time and chance enter. Nothing else in the library reads the clock or draws a random number. */

import type { Random } from './random.ts';

export { type Random, seededRandom } from './random.ts';

/** Wall-clock time and waiting. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, ms);
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
    }),
};

/** From the system's source: two processes, or two draws in one millisecond, share nothing. */
export const systemRandom: Random = {
  next: () => (globalThis.crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 4_294_967_296,
};
