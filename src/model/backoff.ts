/** How long to wait before a call is tried again, when its provider does not say. */
import type { Random } from '../clock.ts';

const firstMs = 2_000;
const longestMs = 60_000;

/** Exponential with full jitter: anything up to 2 s, 4 s, … 60 s, so that those who failed together don't come back together. */
export function backoffMs(failedTries: number, random: Random): number {
  return Math.round(random.next() * Math.min(longestMs, firstMs * 2 ** Math.max(0, failedTries - 1)));
}
