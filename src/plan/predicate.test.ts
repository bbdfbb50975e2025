import { describe, expect, it } from 'vitest';
import type { Predicate } from './plan.ts';
import { checkExpression, evaluatePredicate } from './predicate.ts';

describe('a predicate', () => {
  it.each<[string, Predicate, string, string | null]>([
    ['nothing asked', {}, '', null],
    ['contains, in other case', { contains: 'ÄPFEL' }, 'Zwei äpfel.', null],
    ['contains all', { contains: ['a', 'b'] }, 'a', 'The text does not contain "b".'],
    ['contains none', { notContains: ['x', 'FAILED'] }, 'It failed.', 'The text contains "FAILED", which it must not.'],
    ['matches somewhere', { matches: '[0-9]{4}' }, 'In 2024.', null],
    ['matches nowhere', { matches: '^[0-9]{4}$' }, 'In 2024.', 'The text does not match "^[0-9]{4}$".'],
    ['matches in other case only', { matches: 'ok' }, 'OK', 'The text does not match "ok".'],
    ['matches by flag', { matches: '(?i)ok' }, 'OK', null],
    ['must not match', { notMatches: 'x+' }, 'axxb', 'The text matches "x+", which it must not.'],
    ['long enough in characters, not code units', { minLength: 2 }, '😀', 'The text has 1 characters; it must have at least 2.'],
    ['short enough', { maxLength: 1 }, '😀', null],
    ['too long', { maxLength: 1 }, 'ab', 'The text has 2 characters; it must have at most 1.'],
    ['several, the first that fails', { contains: 'a', minLength: 9 }, 'b', 'The text does not contain "a".'],
  ])('%s', (_name, predicate, text, result) => {
    expect(evaluatePredicate(predicate, text)).toBe(result);
  });

  it('an expression that makes backtracking engines hang is evaluated in linear time', () => {
    expect(evaluatePredicate({ matches: '^(a+)+$' }, `${'a'.repeat(200_000)}b`)).toBe('The text does not match "^(a+)+$".');
  });

  it('an expression that cannot be used fails the predicate and says why', () => {
    expect(evaluatePredicate({ notMatches: '(?=x)' }, 'x')).toMatch(
      /^The expression "\(\?=x\)" cannot be used: not a valid RE2 expression: /,
    );
  });

  it.each(['(', '\\1', '(?<=a)b', 'a{1001}', 'x'.repeat(1001), 'a{0,999}a{0,999}a{0,999}', '(a{100}){100}'])(
    '%s is no usable expression',
    (expression) => {
      expect(checkExpression(expression)).not.toBeNull();
    },
  );
});
