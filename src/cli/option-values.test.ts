import { expect, test } from 'vitest';
import {
  collectTexts,
  parseAlpha,
  parseCount,
  parseProbability,
  parseSeconds,
  parseSeed,
  parseStorePath,
  parseUsd,
} from './option-values.ts';

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
  for (const text of ['mysql://localhost/x', 'https://localhost/x', '']) {
    expect(() => parseStorePath(text)).toThrow('Give a folder, a file, or postgres://user@host:port/database.');
  }
  const known = ['./a/b.db', 'postgres://localhost/x', 'PostgreSQL://ada@h:5432/d?schema=s'];
  expect(known.map(parseStorePath)).toEqual(known);
});

test.each(['-0.1', '1.01', '2', '.', '', 'x', '0x1', '1e', 'NaN', '50%', ' .5'])('%j is no probability', (text) => {
  expect(() => parseProbability(text)).toThrow('Give a number from 0 to 1, such as .9.');
});

test('a probability may be written with or without digits around its point', () => {
  expect(['.9', '0.9', '1', '1.', '0', '1e-3', '5E-1'].map(parseProbability)).toEqual([0.9, 0.9, 1, 1, 0, 0.001, 0.5]);
});

test.each(['0', '1', '0.51', '-0.05', '1e-7', '5%', ''])('%j is no α', (text) => {
  expect(() => parseAlpha(text)).toThrow('Give a number from 0.000001 to 0.5, such as 0.05.');
});

test.each(['-1', '1.5', '4294967296', 'x', ''])('%j is no seed', (text) => {
  expect(() => parseSeed(text)).toThrow('Give a whole number from 0 to 4294967295, such as 1.');
});

test('an α, seeds, and texts that come one by one', () => {
  expect([parseAlpha('.05'), parseSeed('0'), parseSeed('4294967295')]).toEqual([0.05, 0, 4_294_967_295]);
  expect(collectTexts('b', collectTexts('a'))).toEqual(['a', 'b']);
});
