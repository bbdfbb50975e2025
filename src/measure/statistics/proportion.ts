/** Intervals of a proportion, k successes of n. `alpha` is 1 − confidence, default 0.05. */
import jStat from 'jstat';
import type { Proportion } from './interval.ts';
import { normalQuantile } from './normal.ts';

/** The score interval (E. B. Wilson, JASA 22, 1927): near its confidence on average, also for few trials and at 0 and 1. */
export function wilsonInterval(k: number, n: number, alpha = 0.05): Proportion {
  if (n === 0) return { k, n, low: 0, high: 1 };
  const z = normalQuantile(1 - alpha / 2);
  const rate = k / n;
  const center = rate + (z * z) / (2 * n);
  const reach = z * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { k, n, low: k === 0 ? 0 : (center - reach) / scale, high: k === n ? 1 : (center + reach) / scale };
}

/**
 * The exact interval (Clopper and Pearson, Biometrika 26, 1934): never below its confidence, so wider than Wilson's. From
 * quantiles of the beta distribution, to some 10⁻⁹.
 */
export function clopperPearsonInterval(k: number, n: number, alpha = 0.05): Proportion {
  return {
    k,
    n,
    low: k === 0 ? 0 : jStat.beta.inv(alpha / 2, k, n - k + 1),
    high: k === n ? 1 : jStat.beta.inv(1 - alpha / 2, k + 1, n - k),
  };
}
