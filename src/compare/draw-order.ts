/** In which order the arms of a pair run, and the seeds of its runs: drawn from the comparison's seed, the same every time. */
import { createHash } from 'node:crypto';
import { seededRandom } from '../clock.ts';
import type { Arm } from './arms.ts';

/**
 * Pairs come in twos: the second of two runs its arms in the reverse order of the first, so that `single` and `team` each
 * go first in half of the pairs. A best-of-n runs behind `team`, whose tokens are its budget.
 */
export function drawOrder<Drawn extends Pick<Arm, 'name' | 'strategy'>>(
  arms: readonly Drawn[],
  pairIndex: number,
  seed: number,
): Drawn[] {
  const random = seededRandom(deriveSeed(seed, 'order', Math.floor(pairIndex / 2)));
  const order = [...arms];
  for (let last = order.length - 1; last > 0; last--) {
    const drawn = Math.floor(random.next() * (last + 1));
    [order[last], order[drawn]] = [order[drawn] as Drawn, order[last] as Drawn];
  }
  if (pairIndex % 2 === 1) order.reverse();
  const team = order.findIndex(({ name }) => name === 'team');
  const early = order.filter(({ strategy }, index) => strategy === 'best-of-n' && index < team);
  const others = order.filter((arm) => !early.includes(arm));
  others.splice(others.findIndex(({ name }) => name === 'team') + 1, 0, ...early);
  return others;
}

/** A whole number of 31 bits: what every provider takes for a seed. */
export function deriveSeed(seed: number, ...parts: readonly (string | number)[]): number {
  return (
    createHash('sha256')
      .update(JSON.stringify([seed, ...parts]))
      .digest()
      .readUInt32BE(0) >>> 1
  );
}
