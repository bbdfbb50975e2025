/**
 * What is written for a role that is one tool, read as the tool's input. Data take the place of the references to them after the
 * reading: whatever a result holds, it is a value of the input or part of one, and never a field more.
 */
import { findReferences, type Referable } from '../handoff/references.ts';
import type { Json } from '../json.ts';
import { textOf } from './context.ts';

export type ToolInput =
  /** The whole input. */
  | { kind: 'fields'; fields: { [name: string]: Json } }
  /** Values of its fields, in their order. `text`: all of it, for a tool with fewer fields. */
  | { kind: 'values'; values: Json[]; text: string };

/**
 * `{"query": "x"}` is the input itself; `"x", 2` and `x` are values of the tool's fields. `{{ID}}`, `#E1` and `$1` that stand alone,
 * as a value or all of its text, give the data themselves; elsewhere their text.
 */
export function readToolInput(written: string, referables: readonly Referable[] = []): ToolInput {
  const text = written.trim();
  const quoted = quoteBare(text, referables);
  const whole = parse(quoted);
  if (isRecord(whole)) return { kind: 'fields', fields: fillRecord(whole, referables) };
  const listed = parse(`[${quoted}]`);
  const values: Json[] = Array.isArray(listed) ? listed : [text];
  return { kind: 'values', values: values.map((value) => fill(value, referables)), text: fillText(text, referables) };
}

function isRecord(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fill(value: Json, referables: readonly Referable[]): Json {
  if (typeof value === 'string') return fillString(value, referables);
  if (Array.isArray(value)) return value.map((item) => fill(item, referables));
  return isRecord(value) ? fillRecord(value, referables) : value;
}

function fillRecord(record: { [key: string]: Json }, referables: readonly Referable[]): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fill(value, referables)]));
}

function fillString(text: string, referables: readonly Referable[]): Json {
  const [only] = findReferences(text, referables);
  return only?.kind === 'resolved' && only.written === text.trim() ? only.value : fillText(text, referables);
}

function fillText(text: string, referables: readonly Referable[]): string {
  return replaceReferences(text, referables, ({ written, value }) => (value === undefined ? written : textOf(value)));
}

/** References outside the text's own quotation marks become values of their own. */
function quoteBare(text: string, referables: readonly Referable[]): string {
  let isQuoted = false;
  let from = 0;
  return replaceReferences(text, referables, ({ written, at }) => {
    for (; from < at; from++) {
      if (text[from] === '\\' && isQuoted) from += 1;
      else if (text[from] === '"') isQuoted = !isQuoted;
    }
    return isQuoted ? written : JSON.stringify(written);
  });
}

function replaceReferences(
  text: string,
  referables: readonly Referable[],
  replace: (reference: { written: string; at: number; value: Json | undefined }) => string,
): string {
  const parts: string[] = [];
  let from = 0;
  for (const reference of findReferences(text, referables)) {
    const { at, written } = reference;
    parts.push(
      text.slice(from, at),
      replace({ written, at, value: reference.kind === 'resolved' ? reference.value : undefined }),
    );
    from = at + written.length;
  }
  return [...parts, text.slice(from)].join('');
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
