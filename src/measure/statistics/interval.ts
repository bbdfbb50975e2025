/** A quantity with its uncertainty, and a proportion with the counts it comes from. */

export interface Interval {
  low: number;
  high: number;
}

/** A point estimate inside its interval. */
export interface Estimated extends Interval {
  value: number;
}

/** k of n. With n = 0 nothing is known: the interval is 0 to 1. */
export interface Proportion extends Interval {
  k: number;
  n: number;
}
