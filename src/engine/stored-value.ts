/** How a value is kept: inside the event while it is small, else once by the SHA-256 of its JSON text. */
import { hash } from 'node:crypto';
import { PlanwrightError } from '../errors.ts';
import type { StoredValue } from '../events.ts';
import type { Json } from '../json.ts';
import { inlineCharacters } from './store.ts';

/** The longest JSON text of a value, an event, a call's record or a run's setup: 64 Mi characters. */
export const valueLimitCharacters = 64 * 1024 * 1024;

/** `text` is the JSON text to keep under the hash; null for a value that stands inline. */
export interface ValuePlacement {
  stored: StoredValue;
  text: string | null;
}

/** @throws {PlanwrightError} `value-too-large` beyond the limit. @param limitCharacters Default `valueLimitCharacters`. */
export function placeValue(value: Json, limitCharacters: number = valueLimitCharacters): ValuePlacement {
  if (isSurelySmall(value)) return { stored: { kind: 'inline', value }, text: null };
  const text = toJsonText(value, 'A value', limitCharacters);
  if (text.length <= inlineCharacters) return { stored: { kind: 'inline', value }, text: null };
  return { stored: { kind: 'stored', hash: hash('sha256', text), characters: text.length }, text };
}

/** A character of a string takes at most six in JSON text (`\u0000`). */
function isSurelySmall(value: Json): boolean {
  if (typeof value === 'string') return value.length * 6 + 2 <= inlineCharacters;
  return value === null || typeof value !== 'object';
}

/**
 * @param what The subject of the error's sentence: `Event 12 of run "a"`.
 * @param limitCharacters Default `valueLimitCharacters`.
 * @throws {PlanwrightError} `value-too-large`; `internal` for what JSON cannot express.
 */
export function toJsonText(value: unknown, what: string, limitCharacters: number = valueLimitCharacters): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (thrown) {
    // V8 raises a RangeError for a text beyond its longest string, and for nesting beyond its stack.
    if (thrown instanceof RangeError)
      throw tooLarge(what, { size: 'more characters than a string can hold, or is nested too deeply', limitCharacters }, thrown);
    throw new PlanwrightError('internal', `${what} cannot be written as JSON: ${String(thrown)}`, { cause: thrown });
  }
  if (text === undefined) throw new PlanwrightError('internal', `${what} cannot be written as JSON: it is ${typeof value}.`);
  if (text.length > limitCharacters) throw tooLarge(what, { size: `${text.length} characters of JSON`, limitCharacters });
  return text;
}

function tooLarge(
  what: string,
  { size, limitCharacters }: { size: string; limitCharacters: number },
  cause?: unknown,
): PlanwrightError {
  return new PlanwrightError(
    'value-too-large',
    `${what} has ${size}; the store keeps at most ${limitCharacters}. Return a shorter result, or write it to a file.`,
    { cause },
  );
}
