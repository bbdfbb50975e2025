/**
 * Progress notifications of one call.
 *
 * Invariants
 * 1. `progress` grows with every notification, as the protocol wants, even when the count of what is done does not.
 * 2. At most one notification in 100 ms, the last one aside; the latest state is sent within a second, and something every 10 s.
 */
import type { Clock } from '../../clock.ts';
import type { CallProgress } from './served-tool.ts';

/** `progress` has the whole number of what is done before its point. */
export interface ProgressNote {
  progress: number;
  total: number;
  message: string;
}

const leastMs = 100;
const lookMs = 1000;
const heartbeatMs = 10_000;

export class ProgressReporter {
  readonly #send: (note: ProgressNote) => void;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  #latest: CallProgress | null = null;
  #hasNews = false;
  #sentMs = Number.NEGATIVE_INFINITY;
  #done = 0;
  /** Notifications since `#done` last grew. */
  #steps = 0;

  constructor(send: (note: ProgressNote) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
    this.#beat().catch(() => undefined);
  }

  report(progress: CallProgress): void {
    this.#hasNews = true;
    this.#latest = progress;
    if (this.#clock.now() - this.#sentMs >= leastMs) this.#flush();
  }

  /** Sends what is new; nothing afterwards. */
  stop(): void {
    if (this.#hasNews) this.#flush();
    this.#ended.abort();
  }

  /** Ends when `stop` is called. */
  async #beat(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.#clock.sleep(lookMs, this.#ended.signal);
      if (this.#hasNews || this.#clock.now() - this.#sentMs >= heartbeatMs) this.#flush();
    }
  }

  #flush(): void {
    if (this.#latest === null || this.#ended.signal.aborted) return;
    const { done, total, message } = this.#latest;
    this.#sentMs = this.#clock.now();
    this.#hasNews = false;
    if (done > this.#done) {
      this.#done = done;
      this.#steps = 0;
    } else this.#steps += 1;
    const progress = this.#done + this.#steps / (this.#steps + 1);
    this.#send({ progress, total: Math.max(total, Math.ceil(progress)), message });
  }
}
