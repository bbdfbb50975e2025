import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Json } from '../json.ts';
import type { JsonSchema } from '../plan/plan.ts';
import { checkSchema } from './schema-check.ts';

const priced: JsonSchema = {
  type: 'object',
  properties: { items: { type: 'array', items: { properties: { 'unit price': { type: 'number' } } } } },
  required: ['items'],
};

describe('what a result has to be', () => {
  test.each<[name: string, output: Json, schema: JsonSchema, kind: string]>([
    ['JSON', { items: [] }, priced, 'passed'],
    ['text that holds JSON', ' {"items": []}\n', priced, 'passed'],
    ['JSON in a code fence', '```json\n{"items": []}\n```', priced, 'passed'],
    ['JSON in a bare fence with CRLF', '```\r\n{"items": []}\r\n```', priced, 'passed'],
    ['prose around JSON', 'Here it is: {"items": []}', priced, 'failed'],
    ['prose where nothing says it may be text', 'I could not do it.', { required: [] }, 'failed'],
    ['text where a string is wanted', 'I did it.', { type: 'string', minLength: 3 }, 'passed'],
    ['digits where a string is wanted', '42', { type: 'string' }, 'passed'],
    ['digits where a number is wanted', '42', { type: 'number' }, 'passed'],
    ['an empty text', '', priced, 'failed'],
    ['half a fence', '```json', priced, 'failed'],
  ])('%s', (_name, output, schema, kind) => {
    expect(checkSchema(output, schema).kind).toBe(kind);
  });
});

test('the detail names the failing path and value', () => {
  expect(checkSchema({ items: [{ 'unit price': '12' }] }, priced)).toEqual({
    kind: 'failed',
    detail: '$.items[0]["unit price"]: Instance type "string" is invalid. Expected "number".',
  });
});

test('text that is not JSON is shown by its beginning', () => {
  const outcome = checkSchema(`I cannot. ${'x'.repeat(1000)}`, priced);
  expect(outcome.detail).toMatch(/^The result is not JSON: .+ It begins "I cannot\. x+…"\.$/);
  expect(outcome.detail.length).toBeLessThan(400);
});

test('a schema that cannot be used decides nothing', () => {
  expect(checkSchema({}, { properties: { a: { $ref: 'http://127.0.0.1/' } } })).toEqual({
    kind: 'undecided',
    detail:
      'The schema cannot be used at properties.a.$ref: "http://127.0.0.1/" leads out of the schema: only "#" and "#/…" are followed, nothing is fetched.',
  });
});

test.each<[what: string, output: Json, schema: JsonSchema]>([
  ['a pattern that backtracks for ever', `${'a'.repeat(40)}!`, { type: 'string', pattern: '^(a+)+$' }],
  ['references that double at every level', {}, doublingSchema(40)],
  ['a reference to itself', {}, { $ref: '#' }],
])('%s is given up in time', (_what, output, schema) => {
  const outcome = checkSchema(output, schema);
  expect(outcome.kind).toBe('undecided');
  expect(outcome.detail).toMatch(/^The schema check was given up: /);
});

test('a form made by zod checks what zod would', () => {
  const schema = z.toJSONSchema(z.object({ email: z.email(), when: z.iso.date() })) as JsonSchema;
  expect(checkSchema({ email: 'ada@example.org', when: '2026-11-23' }, schema).kind).toBe('passed');
  expect(checkSchema({ email: 'nobody', when: '2026-11-23' }, schema).kind).toBe('failed');
});

/** Level n holds level n + 1 twice: 2ⁿ visits. */
function doublingSchema(levels: number): JsonSchema {
  const $defs: JsonSchema = {};
  for (let level = 0; level < levels; level++) {
    const below = { $ref: `#/$defs/l${level + 1}` };
    $defs[`l${level}`] = { allOf: [below, below] };
  }
  return { $defs: { ...$defs, [`l${levels}`]: {} }, $ref: '#/$defs/l0' };
}
