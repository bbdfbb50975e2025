/** What one model was asked in the last minute: a sliding window, exact, never a burst over two windows' seam. */

export const windowMs = 60_000;

export interface WindowEntry {
  readonly atMs: number;
  tokens: number;
  expired: boolean;
}

/** Entries come in order of time; each is dropped once. */
export class RateWindow {
  readonly #requestLimit: number;
  readonly #tokenLimit: number;
  #entries: WindowEntry[] = [];
  #first = 0;
  #tokens = 0;

  constructor(limits: { requestsPerMinute?: number; tokensPerMinute?: number }) {
    this.#requestLimit = limits.requestsPerMinute ?? Number.POSITIVE_INFINITY;
    this.#tokenLimit = limits.tokensPerMinute ?? Number.POSITIVE_INFINITY;
  }

  get unlimited(): boolean {
    return this.#requestLimit === Number.POSITIVE_INFINITY && this.#tokenLimit === Number.POSITIVE_INFINITY;
  }

  /**
   * 0 when a call of this size may be made now; else when to ask again. A call that is larger than the limit itself
   * may be made when the window is empty: it could not be made otherwise.
   */
  waitMs(nowMs: number, tokens: number): number {
    this.#dropExpired(nowMs);
    const oldest = this.#entries[this.#first];
    if (oldest === undefined) return 0;
    const count = this.#entries.length - this.#first;
    if (count < this.#requestLimit && this.#tokens + tokens <= this.#tokenLimit) return 0;
    // At most one window, should the wall clock have been set back.
    return Math.min(windowMs, oldest.atMs + windowMs - nowMs);
  }

  add(nowMs: number, tokens: number): WindowEntry {
    const entry = { atMs: nowMs, tokens, expired: this.unlimited };
    if (!entry.expired) {
      this.#entries.push(entry);
      this.#tokens += tokens;
    }
    return entry;
  }

  /** Puts what was used in the place of what was expected. */
  correct(entry: WindowEntry, tokens: number): void {
    if (!entry.expired) this.#tokens += tokens - entry.tokens;
    entry.tokens = tokens;
  }

  #dropExpired(nowMs: number): void {
    let entry = this.#entries[this.#first];
    while (entry !== undefined && entry.atMs + windowMs <= nowMs) {
      this.#tokens -= entry.tokens;
      entry.expired = true;
      this.#first += 1;
      entry = this.#entries[this.#first];
    }
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}
