/**
 * The identity of a request: a SHA-256 over its canonical JSON, followed by a short hash of each part, so that a
 * mismatch on resume can say what changed: `<64 hex> model=1a2b3c4d prompt=….… tools=… format=… settings=…`.
 */
import { createHash } from 'node:crypto';
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { PlanwrightError } from '../errors.ts';

/** Nesting beyond this is refused: it comes from nothing but a hostile answer. */
const maxDepth = 1000;
const partHashCharacters = 8;

/** Each part is a list so that a change can be located in it; most have one element. */
export type RequestParts = Record<string, readonly unknown[]>;

/** Less abort signal and headers; `model` (a spec) is part of a journaled request, not of a recorded one. */
export function hashModelRequest(options: LanguageModelV4CallOptions, model?: string): string {
  const {
    prompt,
    tools,
    toolChoice,
    responseFormat,
    abortSignal: _signal,
    headers: _headers,
    includeRawChunks: _raw,
    ...settings
  } = options;
  return hashParts({
    ...(model === undefined ? {} : { model: [model] }),
    prompt,
    tools: [tools ?? [], toolChoice],
    format: [responseFormat],
    settings: [settings],
  });
}

export function hashToolRequest(name: string, input: unknown): string {
  return hashParts({ tool: [name], input: [input] });
}

export function hashParts(parts: RequestParts): string {
  const whole = createHash('sha256');
  const named = Object.entries(parts).map(([name, values]) => {
    const hashes = values.map((value) => {
      const digest = createHash('sha256').update(canonicalJson(value)).digest('hex');
      whole.update(`${name} ${digest}\n`);
      return digest.slice(0, partHashCharacters);
    });
    return `${name}=${hashes.join('.')}`;
  });
  return [whole.digest('hex'), ...named].join(' ');
}

/** The whole request's SHA-256, without the parts. */
export function requestDigest(requestHash: string): string {
  return requestHash.slice(0, 64);
}

/** What differs, as phrases: `prompt message 3 of 5`, `tools`. Empty when the two are equal. */
export function describeChanges(journaled: string, present: string): string[] {
  if (journaled === present) return [];
  const before = readParts(journaled);
  const after = readParts(present);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changes = names.flatMap((name) => describePartChange(name, before.get(name) ?? [], after.get(name) ?? []));
  return changes.length > 0 ? changes : ['the request as a whole'];
}

function describePartChange(name: string, before: string[], after: string[]): string[] {
  const length = Math.max(before.length, after.length);
  const differing = Array.from({ length }, (_, index) => index).filter((index) => before[index] !== after[index]);
  const first = differing[0];
  if (first === undefined) return [];
  if (name !== 'prompt') return [name];
  const count = before.length === after.length ? `${length}` : `${after.length} (${before.length} in the journal)`;
  const more = differing.length > 1 ? ` and ${differing.length - 1} more` : '';
  return [`prompt message ${first + 1} of ${count}${more}`];
}

function readParts(requestHash: string): Map<string, string[]> {
  const parts = requestHash.split(' ').slice(1);
  return new Map(
    parts.map((part) => {
      const equals = part.indexOf('=');
      const hashes = part.slice(equals + 1);
      return [part.slice(0, equals), hashes === '' ? [] : hashes.split('.')];
    }),
  );
}

/**
 * JSON with sorted keys. Bytes are their hash, URLs and dates their text, each tagged; what JSON leaves out is left out.
 * @throws {PlanwrightError} `model-output-invalid` for nesting deeper than 1,000 (a cycle included).
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > maxDepth) {
    throw new PlanwrightError(
      'model-output-invalid',
      `A request is nested deeper than ${maxDepth} levels. Shorten the tool input or result that it quotes.`,
    );
  }
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'bigint') return `{"$bigint":"${value}"}`;
  if (typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((element) => canonicalJson(element, depth + 1)).join(',')}]`;
  if (value instanceof Date) return `{"$date":${JSON.stringify(value)}}`;
  if (value instanceof URL) return `{"$url":${JSON.stringify(value.href)}}`;
  if (value instanceof ArrayBuffer) return canonicalJson(new Uint8Array(value), depth);
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `{"$bytes":"${createHash('sha256').update(bytes).digest('hex')}"}`;
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined && typeof member !== 'function' && typeof member !== 'symbol')
    .toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}
