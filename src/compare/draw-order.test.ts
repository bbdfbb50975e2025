import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ArmStrategy, armStrategies } from './arms.ts';
import { deriveSeed, drawOrder } from './draw-order.ts';

const arm = (name: string, strategy: ArmStrategy) => ({ name, strategy });
const arms = [arm('single', 'single'), arm('team', 'team'), arm('cascade', 'cascade')];
const names = (index: number, seed = 1) => drawOrder(arms, index, seed).map(({ name }) => name);

const drawn = (seed: number) => Array.from({ length: 40 }, (_, pair) => names(pair, seed).join(' '));

test('the second of two pairs runs in the reverse order of the first', () => {
  for (let pair = 0; pair < 100; pair += 2) expect(names(pair + 1)).toEqual(names(pair).toReversed());
});

test('every order occurs about as often', () => {
  const counts = new Map<string, number>();
  for (let pair = 0; pair < 6000; pair++) {
    const order = names(pair).join(' ');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // Each of 6 orders: 1,000 expected, standard deviation of about 41 (pairs come in twos).
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(165);
});

test('another seed draws other orders, the same one the same', () => {
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
});

test('a best-of-n runs behind the team, and every arm once', () => {
  const strategy = fc.constantFrom(...armStrategies);
  fc.assert(
    fc.property(fc.array(strategy, { maxLength: 6 }), fc.nat(1000), fc.nat(), (others, pair, seed) => {
      const all = [arm('single', 'single'), arm('team', 'team'), ...others.map((other, index) => arm(`x${index}`, other))];
      const order = drawOrder(all, pair, seed);
      expect(order.map(({ name }) => name).toSorted()).toEqual(all.map(({ name }) => name).toSorted());
      const team = order.findIndex(({ name }) => name === 'team');
      expect(order.slice(0, team).filter(({ strategy: own }) => own === 'best-of-n')).toEqual([]);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('seeds are whole numbers of 31 bits that depend on every part', () => {
  const seeds = [
    deriveSeed(1, 'a', 0),
    deriveSeed(2, 'a', 0),
    deriveSeed(1, 'b', 0),
    deriveSeed(1, 'a', 1),
    deriveSeed(1, 'a', '0'),
  ];
  expect(new Set(seeds).size).toBe(seeds.length);
  for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31).toBe(true);
});
