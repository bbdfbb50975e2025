/**
 * How many sandboxes of this process run at once.
 *
 * 1. At most `size` holders; the others wait in the order in which they came.
 * 2. A waiter that is aborted leaves its place; a holder's place goes to the first waiter.
 */
export class SandboxPool {
  readonly #size: number;
  readonly #waiting: (() => void)[] = [];
  #held = 0;

  /** @param size at least 1 */
  constructor(size: number) {
    this.#size = Math.max(1, size);
  }

  /** @throws the signal's reason when it aborts before the work has begun, and whatever the work throws. */
  async use<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#held < this.#size) {
      this.#held += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal?.reason);
      };
      this.#waiting.push(enter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#held -= 1;
    else next();
  }
}
