import { expect, test } from 'vitest';
import { measureBalance, measureSpecialization } from './division-of-labor.ts';

test('balance: alike, all on one, nothing done', () => {
  expect(measureBalance([5, 5, 5])).toEqual({ variation: 0, maxOverMean: 1 });
  expect(measureBalance([4, 0])).toEqual({ variation: 1, maxOverMean: 2 });
  expect(measureBalance([1, 3])).toEqual({ variation: 0.5, maxOverMean: 1.5 });
  expect(measureBalance([0, 0])).toBeNull();
  expect(measureBalance([])).toBeNull();
});

const works = (text: string) => text.split(' ').map((pair) => ({ kind: pair[0] ?? '', role: pair[1] ?? '' }));

test('specialization: 1 when each role does one kind, 0 when all do all alike, null with one kind', () => {
  expect(measureSpecialization(works('ax ax by by bz'))).toBeCloseTo(1, 12);
  expect(measureSpecialization(works('ax bx ay by'))).toBeCloseTo(0, 12);
  expect(measureSpecialization(works('ax ay'))).toBeNull();
  expect(measureSpecialization([])).toBeNull();
});

test('specialization in between, by hand: three of four of each kind by one role', () => {
  const bits = 0.75 * Math.log2(0.75 / 0.5) + 0.25 * Math.log2(0.25 / 0.5);
  expect(measureSpecialization(works('ax ax ax ay by by by bx'))).toBeCloseTo(bits, 12);
});
