import { describe, expect, test } from 'vitest';
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
    detail: '$.items[0]["unit price"] must be a number, not "12".',
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
