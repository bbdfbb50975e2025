/** The measure that the app's colors are held against, held against what was published. */
import { expect, test } from 'vitest';
import { differenceAsSeen, differenceOf, see } from './color-difference.ts';

/** Sharma, Wu and Dalal 2005, some of table 1: small differences, where the mean hue jumps, large ones. */
const published = [
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, 0, 0], [50, -1, 2], 2.3669],
  [[50, 2.49, -0.001], [50, -2.49, 0.001], 7.1792],
  [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
  [[50, -0.001, 2.49], [50, 0.0009, -2.49], 4.8045],
  [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
  [[50, 2.5, 0], [73, 25, -18], 27.1492],
  [[50, 2.5, 0], [58, 24, 15], 19.4535],
  [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373],
  [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
] as const;

test.each(published)('of %j and %j it is %d', (a, b, difference) => {
  expect(differenceOf(a, b)).toBeCloseTo(difference, 4);
  expect(differenceOf(b, a)).toBeCloseTo(difference, 4);
});

test('those who lack a cone see gray as gray, and some pairs as nearly one color', () => {
  for (const vision of ['protanopia', 'deuteranopia', 'tritanopia'] as const) {
    const [r, g, b] = see([128, 128, 128], vision);
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(0.001);
  }
  // A red and a green of like lightness; a blue and a green.
  const [red, green] = [
    [170, 90, 60],
    [110, 115, 60],
  ] as const;
  expect(differenceAsSeen(red, green, 'all colors')).toBeGreaterThan(30);
  expect(differenceAsSeen(red, green, 'deuteranopia')).toBeLessThan(8);
  expect(differenceAsSeen([0, 130, 190], [0, 140, 130], 'tritanopia')).toBeLessThan(8);
  expect(differenceAsSeen([0, 130, 190], [0, 140, 130], 'all colors')).toBeGreaterThan(20);
});
