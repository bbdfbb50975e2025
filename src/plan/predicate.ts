/** Conditions on a text. Expressions are RE2: linear in the text whatever the expression. */
import { RE2JS } from 're2js';
import type { Predicate } from './plan.ts';
import { quoteText } from './quote-value.ts';

export const maxExpressionLength = 1000;
/** Repetitions are compiled by copying; this many copies take some 20 ms. */
const maxExpressionCost = 2000;

/** null when every given field holds; otherwise what does not, for the executor to read. */
export function evaluatePredicate(predicate: Predicate, text: string): string | null {
  const lower = text.toLowerCase();
  for (const part of listOf(predicate.contains)) {
    if (!lower.includes(part.toLowerCase())) return `The text does not contain ${quoteText(part)}.`;
  }
  for (const part of listOf(predicate.notContains)) {
    if (lower.includes(part.toLowerCase())) return `The text contains ${quoteText(part)}, which it must not.`;
  }
  return (
    evaluateLength(predicate, text) ??
    evaluateExpression(predicate.matches, text, true) ??
    evaluateExpression(predicate.notMatches, text, false)
  );
}

/** null when `expression` can be used; otherwise why not. */
export function checkExpression(expression: string): string | null {
  if (expression.length > maxExpressionLength)
    return `an expression has at most ${maxExpressionLength} characters, this one ${expression.length}`;
  if (measureExpression(expression) > maxExpressionCost)
    return `the expression repeats too much: its counts add up to more than ${maxExpressionCost}`;
  try {
    RE2JS.compile(expression);
    return null;
  } catch (thrown) {
    return `not a valid RE2 expression: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

/** How much there is to compile: its characters and its repetition counts. */
export function measureExpression(expression: string): number {
  let cost = expression.length;
  for (const [, least, most] of expression.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) cost += Math.max(Number(least), Number(most ?? 0));
  return cost;
}

function evaluateLength(predicate: Predicate, text: string): string | null {
  const { minLength, maxLength } = predicate;
  if (minLength === undefined && maxLength === undefined) return null;
  const length = countCharacters(text);
  if (minLength !== undefined && length < minLength)
    return `The text has ${length} characters; it must have at least ${minLength}.`;
  if (maxLength !== undefined && length > maxLength)
    return `The text has ${length} characters; it must have at most ${maxLength}.`;
  return null;
}

function evaluateExpression(expression: string | undefined, text: string, wanted: boolean): string | null {
  if (expression === undefined) return null;
  const invalid = checkExpression(expression);
  if (invalid !== null) return `The expression ${quoteText(expression)} cannot be used: ${invalid}.`;
  if (RE2JS.compile(expression).matcher(text).find() === wanted) return null;
  return wanted
    ? `The text does not match ${quoteText(expression)}.`
    : `The text matches ${quoteText(expression)}, which it must not.`;
}

/** Unicode code points: a surrogate pair is one character. */
function countCharacters(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at++) {
    if (isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at))) count--;
  }
  return count;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function listOf(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
