import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareOut } from './share-out.ts';

test.each<[sizes: number[], total: number, least: number, shares: number[]]>([
  [[], 10, 0, []],
  [[3, 4], 10, 0, [3, 4]],
  [[100, 4, 100], 24, 0, [10, 4, 10]],
  [[100, 100, 100], 10, 0, [3, 3, 4]],
  [[5, 100, 9], 30, 0, [5, 16, 9]],
  [[7], -1, 0, [0]],
  [[0, 8], 4, 0, [0, 4]],
  // An equal part would be of no use: one after another.
  [[100, 100, 100], 60, 40, [40, 0, 0]],
  [[50, 30, 90, 30], 100, 40, [40, 30, 0, 30]],
  [[45, 45, 45], 100, 40, [45, 45, 0]],
  [[45, 300], 100, 40, [45, 55]],
  [[300], 39, 40, [0]],
])('%j within %j, at least %j', (sizes, total, least, shares) => {
  expect(shareOut(sizes, total, least)).toEqual(shares);
});

test('nobody gets more than it needs, all together no more than there is, and who is cut gets no less than who is not', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: 30 }), fc.nat(10_000), (sizes, total) => {
      const shares = shareOut(sizes, total);
      const sum = shares.reduce((before, share) => before + share, 0);
      expect(sum).toBe(
        Math.min(
          total,
          sizes.reduce((before, size) => before + size, 0),
        ),
      );
      const cut = shares.filter((share, at) => share < (sizes[at] ?? 0));
      const whole = shares.filter((share, at) => share === sizes[at]);
      expect(shares.every((share, at) => share <= (sizes[at] ?? 0))).toBe(true);
      // Rounding: parts of one budget differ by one.
      expect(Math.max(0, ...whole)).toBeLessThanOrEqual(Math.min(Number.MAX_SAFE_INTEGER, ...cut.map((share) => share + 1)));
      expect(Math.max(0, ...cut) - Math.min(Math.max(0, ...cut), ...cut)).toBeLessThanOrEqual(1);
    }),
  );
});

test('with a least part each gets all it needs, that much or more, or nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: 30 }), fc.nat(6000), fc.nat(500), (sizes, total, least) => {
      const shares = shareOut(sizes, total, least);
      expect(shares.reduce((before, share) => before + share, 0)).toBeLessThanOrEqual(total);
      expect(shares.filter((share, at) => share !== 0 && share !== sizes[at] && share < least)).toEqual([]);
      // Nothing is kept back that the smallest of those left out could use.
      const left = total - shares.reduce((before, share) => before + share, 0);
      const out = sizes.filter((size, at) => size > 0 && shares[at] === 0);
      expect(out.every((size) => Math.min(size, least) > left || least === 0)).toBe(true);
    }),
  );
});
