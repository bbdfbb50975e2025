import { expect, test } from 'vitest';
import { findCrossing, placeOf } from './crossing.ts';

const differences = (...values: number[]) => values.map((value, at) => ({ size: 2 ** at, value }));

test('where the difference changes its sign, by a straight line over log N', () => {
  expect(findCrossing(differences(-0.1, 0.1, 0.2))).toEqual({ kind: 'at', size: Math.SQRT2 });
  expect(findCrossing(differences(-0.3, -0.1, 0.3))).toEqual({ kind: 'at', size: 2 ** 1.25 });
});

test('equal at a size is not ahead: the crossing is there', () => {
  expect(findCrossing(differences(0, 0.1))).toEqual({ kind: 'at', size: 1 });
});

test('of several changes of sign the last one counts, for the team is to stay ahead', () => {
  expect(findCrossing(differences(0.1, -0.1, 0.1))).toEqual({ kind: 'at', size: 2 * Math.SQRT2 });
});

test('ahead everywhere, and not ahead at the largest size', () => {
  expect(findCrossing(differences(0.1, 0.2))).toEqual({ kind: 'below' });
  expect(findCrossing(differences(0.2, 0.1, -0.1))).toEqual({ kind: 'none' });
  expect([placeOf({ kind: 'below' }, 2), placeOf({ kind: 'none' }, 2)]).toEqual([2, Number.POSITIVE_INFINITY]);
});
