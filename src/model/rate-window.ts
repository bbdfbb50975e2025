/** What one model was asked in the last minute: a sliding window, exact, never a burst over two windows' seam. */
import type { ModelLimits } from '../team/team.ts';

export const windowMs = 60_000;

export type RateLimits = Pick<ModelLimits, 'requestsPerMinute' | 'tokensPerMinute'>;

export interface WindowEntry {
  readonly atMs: number;
  tokens: number;
  /** No longer in the window. */
  expired: boolean;
}

/** What the last minute holds. */
export interface WindowSum {
  count: number;
  tokens: number;
  /** Of the oldest entry; undefined when there is none. */
  oldestMs: number | undefined;
}

/**
 * 0 when a call of this size may be made now; else when to ask again. A call that is larger than the limit itself
 * may be made when the window is empty: it could not be made otherwise.
 */
export function rateWaitMs(limits: RateLimits, sum: WindowSum, ask: { nowMs: number; tokens: number }): number {
  if (sum.oldestMs === undefined) return 0;
  const { requestsPerMinute = Number.POSITIVE_INFINITY, tokensPerMinute = Number.POSITIVE_INFINITY } = limits;
  if (sum.count < requestsPerMinute && sum.tokens + ask.tokens <= tokensPerMinute) return 0;
  // At most one window, should the wall clock have been set back.
  return Math.min(windowMs, sum.oldestMs + windowMs - ask.nowMs);
}

/** Entries come in order of time; each is dropped once. */
export class RateWindow {
  #entries: WindowEntry[] = [];
  #first = 0;
  #count = 0;
  #tokens = 0;

  /** See `rateWaitMs`. */
  waitMs(limits: RateLimits, nowMs: number, tokens: number): number {
    this.#dropExpired(nowMs);
    const sum = { count: this.#count, tokens: this.#tokens, oldestMs: this.#entries[this.#first]?.atMs };
    return rateWaitMs(limits, sum, { nowMs, tokens });
  }

  add(nowMs: number, tokens: number): WindowEntry {
    const entry = { atMs: nowMs, tokens, expired: false };
    this.#entries.push(entry);
    this.#count += 1;
    this.#tokens += tokens;
    return entry;
  }

  /** Puts what was used in the place of what was expected. */
  correct(entry: WindowEntry, tokens: number): void {
    if (!entry.expired) this.#tokens += tokens - entry.tokens;
    entry.tokens = tokens;
  }

  /** The call was not made after all. */
  remove(entry: WindowEntry): void {
    if (entry.expired) return;
    this.#leave(entry);
    this.#dropExpired(Number.NEGATIVE_INFINITY);
  }

  #leave(entry: WindowEntry): void {
    entry.expired = true;
    this.#count -= 1;
    this.#tokens -= entry.tokens;
  }

  #dropExpired(nowMs: number): void {
    let entry = this.#entries[this.#first];
    while (entry !== undefined && (entry.expired || entry.atMs + windowMs <= nowMs)) {
      if (!entry.expired) this.#leave(entry);
      this.#first += 1;
      entry = this.#entries[this.#first];
    }
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}
