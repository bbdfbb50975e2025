import { expect, test } from 'vitest';
import { parseCount, parseSeconds, parseStorePath, parseUsd } from './option-values.ts';

test.each(['0', '-1', '1.5', 'x', '', '1e3', '0x10', ' 4', '9007199254740993'])('%j is no count', (text) => {
  expect(() => parseCount(text)).toThrow('Give a whole number from 1 on, such as 4.');
});

test.each(['-1', '1e400', 'Infinity', '$5', '', '1,5'])('%j is no amount', (text) => {
  expect(() => parseUsd(text)).toThrow('Give an amount in US dollars, such as 0.50.');
});

test.each(['0', '-1', '2147484', 'x', ''])('%j is no time', (text) => {
  expect(() => parseSeconds(text)).toThrow('Give seconds, more than 0 and at most 2147483, such as 90.');
});

test('numbers are read in full', () => {
  expect([parseCount('12'), parseUsd('0.25'), parseUsd('0'), parseSeconds('1.5')]).toEqual([12, 0.25, 0, 1.5]);
});

test('a store that this version can’t reach is refused instead of becoming a folder', () => {
  expect(() => parseStorePath('postgres://localhost/x')).toThrow('keeps runs on this machine only');
  expect(parseStorePath('./a/b.db')).toBe('./a/b.db');
});
