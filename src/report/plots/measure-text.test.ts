import { expect, test } from 'vitest';
import { fitText, measureText, roomForLabels } from './measure-text.ts';

test('wide characters take more room than narrow ones', () => {
  expect(measureText('日本')).toBeGreaterThan(measureText('ab'));
  expect(measureText('iii')).toBeLessThan(measureText('mmm'));
});

test('text is cut to its room, on one line, without half a character', () => {
  expect(fitText('short', 100)).toBe('short');
  expect(fitText('two\nlines', 100)).toBe('two lines');
  const cut = fitText('a long name that goes on and on', 80);
  expect(cut).toMatch(/^a long.*…$/);
  expect(measureText(cut)).toBeLessThanOrEqual(80);
  expect(fitText('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 60)).toMatch(/^(?:👨‍👩‍👧)*…$/u);
});

test('labels get the room of the widest, up to a limit', () => {
  expect(roomForLabels(['a', 'bbbb'], 200)).toBe(Math.ceil(measureText('bbbb')));
  expect(roomForLabels(['b'.repeat(99)], 50)).toBeLessThanOrEqual(50);
  expect(roomForLabels([], 50)).toBe(0);
});
