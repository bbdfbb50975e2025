/** Drawing from lists by a seeded source. */
import type { Random } from 'planwright';

/** An integer from `low` to `high`, both included. */
export function drawInteger(random: Random, low: number, high: number): number {
  return low + Math.floor(random.next() * (high - low + 1));
}

/** `count` different elements in random order. */
export function drawSome<T>(random: Random, list: readonly T[], count: number): T[] {
  const left = [...list];
  return Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(drawInteger(random, 0, left.length - 1), 1),
  ).flat();
}
