import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareOut } from './share-out.ts';

test.each<[sizes: number[], total: number, shares: number[]]>([
  [[], 10, []],
  [[3, 4], 10, [3, 4]],
  [[100, 4, 100], 24, [10, 4, 10]],
  [[100, 100, 100], 10, [3, 3, 4]],
  [[5, 100, 9], 30, [5, 16, 9]],
  [[7], -1, [0]],
  [[0, 8], 4, [0, 4]],
])('%j within %j', (sizes, total, shares) => {
  expect(shareOut(sizes, total)).toEqual(shares);
});

test('nobody gets more than it needs, all together no more than there is, and who is cut gets no less than who is not', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { maxLength: 30 }), fc.nat(10_000), (sizes, total) => {
      const shares = shareOut(sizes, total);
      const sum = shares.reduce((before, share) => before + share, 0);
      expect(sum).toBeLessThanOrEqual(total);
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
