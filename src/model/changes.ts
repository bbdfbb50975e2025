/** Wakes those who wait within this process, and whoever waits too long. */
import type { Clock } from '../clock.ts';

export class Changes {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  notify(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Resolves at the next `notify`, at the latest after `atMostMs`; rejects with the signal's reason. */
  async next(atMostMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const woken = new AbortController();
    const { promise: notified, resolve: wake } = Promise.withResolvers<void>();
    this.#waiting.add(wake);
    try {
      await Promise.race([notified, this.#clock.sleep(atMostMs, AbortSignal.any([signal, woken.signal]))]);
    } finally {
      this.#waiting.delete(wake);
      woken.abort('woken');
    }
  }
}
