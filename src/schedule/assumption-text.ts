/** The words by which an assumption is named in prompts, verdicts and events. */
import type { Assumption, Predicate } from '../plan/plan.ts';

/** A sentence as it stands; else its own words, or the predicate in words: `The result of "facts" contains "Berlin".` */
export function assumptionText(assumption: Assumption): string {
  if (typeof assumption === 'string') return assumption;
  const { subtask, holds, text } = assumption;
  return text ?? `The result of "${subtask}" ${describePredicate(holds)}.`;
}

function describePredicate(predicate: Predicate): string {
  const parts: string[] = [];
  if (predicate.contains !== undefined) parts.push(`contains ${quoted(predicate.contains)}`);
  if (predicate.notContains !== undefined) parts.push(`does not contain ${quoted(predicate.notContains)}`);
  if (predicate.matches !== undefined) parts.push(`matches ${quoted(predicate.matches)}`);
  if (predicate.notMatches !== undefined) parts.push(`does not match ${quoted(predicate.notMatches)}`);
  if (predicate.minLength !== undefined) parts.push(`has at least ${predicate.minLength} characters`);
  if (predicate.maxLength !== undefined) parts.push(`has at most ${predicate.maxLength} characters`);
  return parts.length === 0 ? 'is there' : parts.join(' and ');
}

function quoted(value: string | string[]): string {
  return [value]
    .flat()
    .map((part) => JSON.stringify(part))
    .join(', ');
}
