import { expect, test } from 'vitest';
import { findNumber } from './find-number.ts';

test.each([
  ['42', 42],
  [' 42\n', 42],
  ['-3.5', -3.5],
  ['−7', -7],
  ['+7', 7],
  ['.5', 0.5],
  ['1e3', 1000],
  ['1.5E-7', 1.5e-7],
  ['1,234,567.5', 1_234_567.5],
  ['12 345', 12_345],
  ['12\u202F345.5', 12_345.5],
  ["1'000'000", 1_000_000],
  ['10_000', 10_000],
])('the whole text %j is %d', (text, value) => {
  expect(findNumber(text)).toBe(value);
});

test.each([
  ['The answer is 42.', 42],
  ['First 3, then 4, so 7.', 7],
  ['It costs $1,234.50 in all', 1234.5],
  ['**40** million', 40],
  ['\\boxed{12}', 12],
  ['x=9', 9],
  ['about 50% of them', 50],
  ['it fell to -4 degrees', -4],
  ['10-5', 5],
  ['(3)-2', 2],
  ['2019–2023', 2023],
  ['12km', 12],
  ['{"answer":8.25}', 8.25],
  ['from 12 345', 345],
  ['1,2 or 3', 3],
  ['1234,567', 567],
  ['wait ... ...42', 42],
  ['version 1.2.3', 1.2],
  // Digits inside words and lines of citations are no answers.
  ['4 molecules of H2O', 4],
  ['17 in version v2', 17],
  ['"costs 40 million crowns" [costs.md:3]', 40],
  ['"a" [a.md:3-5] and "b 6" [b.md:10]', 6],
])('in %j it is the last number', (text, value) => {
  expect(findNumber(text)).toBe(value);
});

test.each(['', 'none', 'H2O', '[a.md:12]', '-', 'e5'])('%j has none', (text) => {
  expect(findNumber(text)).toBeNull();
});

test('a million digits take no time', () => {
  const startMs = performance.now();
  findNumber(`${'1,234'.repeat(200_000)}x`);
  findNumber(`${'['.repeat(500_000)}:1`);
  findNumber('9'.repeat(1_000_000));
  expect(performance.now() - startMs).toBeLessThan(1500);
});
