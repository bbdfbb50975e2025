import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { measureText } from './measure-text.ts';
import { placeLabels } from './place-labels.ts';

const frame = { left: 0, right: 400, top: 0, bottom: 300 };
const at = (x: number, y: number, label = 'name') => ({ x, y, top: y - 20, bottom: y + 20, label });

test('a name stands beside its point, on the side where there is room', () => {
  expect(placeLabels([at(200, 150), at(390, 100)], frame)).toEqual([
    { x: 209, y: 140, anchor: 'start', text: 'name' },
    { x: 381, y: 90, anchor: 'end', text: 'name' },
  ]);
});

test('null when one of them finds no room: the others alone would mislead', () => {
  const crowd = Array.from({ length: 9 }, (_, index) => at(200 + index, 150, 'a rather long name'));
  expect(placeLabels(crowd, frame)).toBeNull();
});

test('property: no name covers another, none leaves the frame', () => {
  const point = fc.record({ x: fc.integer({ min: 5, max: 395 }), y: fc.integer({ min: 5, max: 295 }) });
  let placedSome = 0;
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 6 }), (points) => {
      const labels = placeLabels(
        points.map(({ x, y }) => at(x, y)),
        frame,
      );
      if (labels === null) return;
      placedSome += 1;
      const width = measureText('name');
      const boxes = labels.map(({ x, y, anchor }) => ({ left: x - { start: 0, middle: width / 2, end: width }[anchor], y }));
      for (const [index, { left, y }] of boxes.entries()) {
        expect(left >= 0 && left + width <= 400 && y >= 8 && y <= 292).toBe(true);
        for (const other of boxes.slice(index + 1)) {
          expect(Math.abs(other.left - left) >= width || Math.abs(other.y - y) >= 16).toBe(true);
        }
      }
    }),
    { seed: 8, numRuns: 300 },
  );
  expect(placedSome).toBeGreaterThan(100);
});
