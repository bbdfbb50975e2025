/** Whether two published intervals tell two results apart, when only the intervals are known. */
import type { Estimated, Interval } from './statistics/interval.ts';

/** An interval with the point estimate it was published with; without one, its middle. */
export type Published = Interval & { value?: number };

/**
 * The interval of a − b at the level of both, for independent estimates: the distances of the bounds from their
 * estimates are added as squares (Newcombe 1998, method 10; MOVER).
 */
export function differenceOf(a: Published, b: Published): Estimated {
  const [x, y] = [estimateOf(a), estimateOf(b)];
  return {
    value: x - y,
    low: x - y - Math.hypot(x - a.low, b.high - y),
    high: x - y + Math.hypot(a.high - x, y - b.low),
  };
}

/**
 * Whether the interval of the difference leaves zero out. Intervals that don't overlap are always separable; those that
 * overlap a little may be too. Not for pairs measured on the same tasks, which a paired comparison tells apart sooner.
 */
export function areSeparable(a: Published, b: Published): boolean {
  const { low, high } = differenceOf(a, b);
  return low > 0 || high < 0;
}

export function doOverlap(a: Interval, b: Interval): boolean {
  return a.low <= b.high && b.low <= a.high;
}

function estimateOf({ low, high, value }: Published): number {
  return value ?? (low + high) / 2;
}
