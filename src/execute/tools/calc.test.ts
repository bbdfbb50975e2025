import { expect, it } from 'vitest';
import { calcTool } from './calc.ts';

const signal = new AbortController().signal;
const calc = (expression: string) => calcTool().execute({ expression }, { signal });

it.each([
  ['0.1 + 0.2', 0.3, '0.1 + 0.2 = 0.3'],
  ['2+3*4', 14, '2+3*4 = 14'],
  ['-2^2', -4, '-2^2 = -4'],
  ['2^3^2', 512, '2^3^2 = 512'],
  ['2 ** -2', 0.25, '2 ** -2 = 0.25'],
  ['15% of 80', 12, '15% of 80 = 12'],
  ['200 + 15%', 200.15, '200 + 15% = 200.15'],
  ['10% - 3', -2.9, '10% - 3 = -2.9'],
  ['17 % 5 * 2', 4, '17 % 5 * 2 = 4'],
  ['-7 % 3', -1, '-7 % 3 = -1'],
  ['1,234,567.5 × 2', 2469135, '1,234,567.5 × 2 = 2469135'],
  ['max(1,234, 5)', 234, 'max(1,234, 5) = 234'],
  ['max((1,234), 5)', 1234, 'max((1,234), 5) = 1234'],
  ['sqrt(16/9)', 4 / 3, 'sqrt(16/9) = 1.33333333333333 (rounded)'],
  ['sqrt(2)', Math.SQRT2, 'sqrt(2) = 1.4142135623731 (rounded)'],
  ['round(-2.5) + round(3.14159, 2)', 0.14, 'round(-2.5) + round(3.14159, 2) = 0.14'],
  ['floor(-1.2) + ceil(1.2) + abs(-3)', 3, 'floor(-1.2) + ceil(1.2) + abs(-3) = 3'],
  ['2^100', 2 ** 100, '2^100 = 1.26765060022823e+30 (rounded)'],
  ['1e-7 * 3', 3e-7, '1e-7 * 3 = 0.0000003'],
])('computes %s as an accountant would, not as floating point does', async (expression, value, text) => {
  const result = await calc(expression);
  expect(result).toEqual({ expression, value: expect.closeTo(value, 12), text });
});

it.each([
  ['1/0', 'Cannot compute: division by zero (at character 2).'],
  ['5 % 0', 'Cannot compute: division by zero (at character 3).'],
  ['0^-1', 'Cannot compute: division by zero (at character 2).'],
  ['9^9^9^9', 'Cannot compute: the number is too large (at character 4).'],
  ['1e309', 'the number is too large'],
  ['1e99999', 'Cannot compute: the number is too large (at character 1).'],
  ['sqrt(-1)', 'Cannot compute: the square root of a negative number (at character 1).'],
  ['(-8)^0.5', 'Cannot compute: the result is not a real number (at character 5).'],
  ['2 +', 'Cannot compute: the expression ends too early (at character 4).'],
  ['2 3', 'Cannot compute: unexpected "3" (at character 3).'],
  ['1,23', 'Cannot compute: unexpected "," (at character 2).'],
  [
    'process.exit()',
    'Cannot compute: "process" is no function; known are sqrt, abs, floor, ceil, round, min, max (at character 1).',
  ],
  [
    'constructor(1)',
    'Cannot compute: "constructor" is no function; known are sqrt, abs, floor, ceil, round, min, max (at character 1).',
  ],
  ['2 constructor 3', 'Cannot compute: unexpected "constructor" (at character 3).'],
  [`${'('.repeat(61)}1`, 'Cannot compute: more than 60 levels deep (at character 61).'],
  ['('.repeat(10_000), 'The expression has 10000 characters; at most 2000 are read.'],
  ['-'.repeat(2000), 'Cannot compute: more than 60 levels deep (at character 61).'],
])('refuses %s and says where', async (expression, message) => {
  await expect(calc(expression)).rejects.toThrow(new Error(message));
});
