/** The standard normal distribution. */
import jStat from 'jstat';

export function normalCdf(z: number): number {
  return jStat.normal.cdf(z, 0, 1);
}

/** The z below which a share `p` of the distribution lies. */
export function normalQuantile(p: number): number {
  return jStat.normal.inv(p, 0, 1);
}
