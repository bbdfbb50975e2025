import { expect, test } from 'vitest';
import { maskCode } from './mask-code.ts';

test.each([
  [`a = 'it\\'s' + "x" // 'no`, `a = SSSSSSS + SSS       `],
  ['/* "a" \n */ b / c / d', '       \n    b / c / d'],
  ['x = /[/"]+/g.test(y)', 'x = SSSSSSSS.test(y)'],
  ['return /"/.test(y) / 2', 'return SSS.test(y) / 2'],
  ['f(a) / 2 / "b"', 'f(a) / 2 / SSS'],
  ['`a ${b({c: `d`}, "}")} e` + f', 'SSSSSSSSSSSSSSSSSSSSSSSSS + f'],
  ['`a\n${b}` < c', 'SSSSSSSS < c'],
  [`'open\nnext`, `SSSSS\nnext`],
  ['`open', 'SSSSS'],
])('JavaScript %j', (text, masked) => {
  expect(maskCode(text, 'javascript')).toBe(masked);
});

test.each([
  [`x = '#' # it's\ny`, `x = SSS       \ny`],
  [`"""a\n"b" #""" + 'c'`, `SSSSSSSSSSSSS + SSS`],
  [`f"{x}" // 2`, `fSSSSS // 2`],
  [`'''open`, `SSSSSSS`],
])('Python %j', (text, masked) => {
  expect(maskCode(text, 'python')).toBe(masked);
});

test('a hostile text takes no time', () => {
  for (const text of ['`${'.repeat(50_000), '/'.repeat(100_000), `'\\`.repeat(50_000), '((((/['.repeat(20_000)]) {
    expect(maskCode(text, 'javascript')).toHaveLength(text.length);
    expect(maskCode(text, 'python')).toHaveLength(text.length);
  }
});
