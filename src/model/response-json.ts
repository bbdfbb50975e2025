/**
 * A model's answer as JSON text and back. Kept: content, finish reason, usage, warnings, metadata, and the response's id,
 * model and time. Left out: headers and bodies, which may hold secrets. Bytes, dates and URLs survive the round trip.
 */
import type { LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';

const tag = '$planwright';
const tagLike = /^\$+planwright$/;
const maxDepth = 1000;

/** Enough to keep a damaged or foreign text from reaching the run; what a part holds is its provider's affair. */
const storedAnswer = z.looseObject({
  content: z.array(z.looseObject({ type: z.string() })),
  finishReason: z.looseObject({
    unified: z.enum(['stop', 'length', 'content-filter', 'tool-calls', 'error', 'interrupted', 'other']),
  }),
  usage: z.looseObject({ inputTokens: z.looseObject({}), outputTokens: z.looseObject({}) }),
  warnings: z.array(z.unknown()),
});

/** @throws {PlanwrightError} `model-output-invalid` when the answer is nested deeper than 1,000 levels. */
export function writeAnswer(result: LanguageModelV4GenerateResult): string {
  const { content, finishReason, usage, warnings, providerMetadata, structuredOutputText, response } = result;
  const { id, timestamp, modelId } = response ?? {};
  return JSON.stringify(
    toPlain(
      { content, finishReason, usage, warnings, providerMetadata, structuredOutputText, response: { id, timestamp, modelId } },
      0,
    ),
  );
}

/** @throws {SyntaxError | z.ZodError} when the text is not an answer that `writeAnswer` wrote. */
export function readAnswer(text: string): LanguageModelV4GenerateResult {
  const parsed: unknown = JSON.parse(text, (_key, value: unknown) => fromPlain(value));
  return storedAnswer.parse(parsed) as unknown as LanguageModelV4GenerateResult;
}

function toPlain(value: unknown, depth: number): unknown {
  if (depth > maxDepth)
    throw new PlanwrightError('model-output-invalid', `The model's answer is nested deeper than ${maxDepth} levels.`);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => toPlain(element, depth + 1));
  if (value instanceof Date) return { [tag]: 'date', value: value.toJSON() };
  if (value instanceof URL) return { [tag]: 'url', value: value.href };
  if (value instanceof Uint8Array) return { [tag]: 'bytes', value: Buffer.from(value).toString('base64') };
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [tagLike.test(name) ? `$${name}` : name, toPlain(member, depth + 1)]),
  );
}

/** Called bottom-up by JSON.parse. */
function fromPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value);
  const text: unknown = 'value' in value ? value.value : undefined;
  if (tag in value && typeof text === 'string') {
    if (value[tag] === 'date') return new Date(text);
    if (value[tag] === 'url') return new URL(text);
    if (value[tag] === 'bytes') return new Uint8Array(Buffer.from(text, 'base64'));
  }
  if (!members.some(([name]) => tagLike.test(name))) return value;
  return Object.fromEntries(members.map(([name, member]) => [tagLike.test(name) ? name.slice(1) : name, member]));
}
