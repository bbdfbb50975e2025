import { expect, test } from 'vitest';
import { areSeparable, differenceOf, doOverlap } from './separate-intervals.ts';

test('half widths add as squares: equal ones by √2', () => {
  const difference = differenceOf({ low: 0.2, high: 0.4 }, { low: 0.3, high: 0.5 });
  expect(difference.value).toBeCloseTo(-0.1, 12);
  expect(difference.high - difference.value).toBeCloseTo(0.1 * Math.SQRT2, 12);
  expect(difference.value - difference.low).toBeCloseTo(0.1 * Math.SQRT2, 12);
});

test('a published estimate off the middle makes the interval lopsided', () => {
  const { low, value, high } = differenceOf({ low: 0.2, high: 0.5, value: 0.3 }, { low: 0.1, high: 0.15, value: 0.12 });
  expect(value).toBeCloseTo(0.18, 12);
  expect(low).toBeCloseTo(0.18 - Math.hypot(0.1, 0.03), 12);
  expect(high).toBeCloseTo(0.18 + Math.hypot(0.2, 0.02), 12);
});

test('apart is separable; a little overlap may be; much is not', () => {
  const a = { low: 0.3, high: 0.5 };
  expect([doOverlap(a, { low: 0.51, high: 0.7 }), areSeparable(a, { low: 0.51, high: 0.7 })]).toEqual([false, true]);
  expect([doOverlap(a, { low: 0.45, high: 0.65 }), areSeparable(a, { low: 0.45, high: 0.65 })]).toEqual([true, true]);
  expect([doOverlap(a, { low: 0.4, high: 0.6 }), areSeparable(a, { low: 0.4, high: 0.6 })]).toEqual([true, false]);
});
