/**
 * Replaces what patterns match. Invariants:
 * 1. Redacting twice is redacting once: a text that was redacted is never changed again, so a second pass (the net around the
 *    store) changes nothing that the first has seen.
 * 2. Nothing is looked for in a replacement: `[card]` stays `[card]` whatever the patterns say.
 * 3. Time is linear in the text: expressions are RE2, and passes are bounded.
 */
import { RE2JS } from 're2js';
import { meetsChecksum } from './built-in-patterns.ts';
import type { RedactPattern, RedactRules } from './redact-rules.ts';

export interface TextRedactor {
  /** The text without what must not be seen; the same text when there is nothing of it. */
  text(text: string): string;
}

export interface Redactor extends TextRedactor {
  readonly rules: RedactRules;
}

/** Replacing can make a new match possible. A text that is not settled after so many passes is replaced as a whole. */
const maxPasses = 16;

interface CompiledPattern extends RedactPattern {
  expression: RE2JS;
  replacement: string;
}

/** @throws {Error} for a pattern that is no RE2; the schema of `redact` has refused those. */
export function createRedactor(rules: RedactRules): Redactor {
  const patterns = rules.patterns.map((pattern): CompiledPattern => {
    const replacement = rules.replacement.replaceAll('{name}', pattern.name);
    return { ...pattern, expression: RE2JS.compile(pattern.pattern), replacement };
  });
  const kept = keptTexts(patterns);
  return {
    rules,
    text(text) {
      let current = text;
      for (let pass = 0; pass < maxPasses; pass += 1) {
        const next = patterns.reduce((redacted, pattern) => applyPattern(redacted, pattern, kept), current);
        if (next === current) return current;
        current = next;
      }
      return patterns[0]?.replacement ?? '';
    },
  };
}

/** The replacements, longest first; null when they are all empty. */
function keptTexts(patterns: readonly CompiledPattern[]): RegExp | null {
  const texts = [...new Set(patterns.map(({ replacement }) => replacement))].filter((text) => text !== '');
  if (texts.length === 0) return null;
  const longestFirst = texts
    .toSorted((a, b) => b.length - a.length)
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
  return new RegExp(`(${longestFirst.join('|')})`);
}

/** What stands between two replacements is a text of its own. */
function applyPattern(text: string, pattern: CompiledPattern, kept: RegExp | null): string {
  if (kept === null) return replaceMatches(text, pattern);
  const parts = text.split(kept);
  if (parts.length === 1) return replaceMatches(text, pattern);
  return parts.map((part, index) => (index % 2 === 0 ? replaceMatches(part, pattern) : part)).join('');
}

function replaceMatches(text: string, { expression, replacement, checksum }: CompiledPattern): string {
  const matcher = expression.matcher(text);
  const parts: string[] = [];
  let from = 0;
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    // An empty match hides nothing.
    if (start === end || (checksum !== undefined && !meetsChecksum(text.slice(start, end), checksum))) continue;
    parts.push(text.slice(from, start), replacement);
    from = end;
  }
  if (parts.length === 0) return text;
  parts.push(text.slice(from));
  return parts.join('');
}
