import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Json } from '../json.ts';
import { fitInput } from './fit-input.ts';
import { readToolInput } from './tool-input.ts';

const said = 'He said "no".\nThen: {"limit": 99}';
const results = [
  { name: '1', value: said },
  { name: '2', value: { value: 7, unit: 'm' } },
  { name: 'E3', value: '42' },
];
const search = z.toJSONSchema(
  z.object({ query: z.string(), limit: z.int().optional(), context: z.array(z.string()).optional() }),
);
const calc = z.toJSONSchema(z.object({ expression: z.string() }));

const read = (written: string, schema: { [key: string]: unknown } = search): Json =>
  fitInput(readToolInput(written, results), schema);

test('fields, values in their order, and plain text', () => {
  expect(read('{"query": "x", "limit": 3}')).toEqual({ query: 'x', limit: 3 });
  expect(read('"x", 3')).toEqual({ query: 'x', limit: 3 });
  expect(read('the sea, and "ships"')).toEqual({ query: 'the sea, and "ships"' });
  expect(read('1,250 + 3', calc)).toEqual({ expression: '1,250 + 3' });
  expect(read('1,250', calc)).toEqual({ expression: '1,250' });
  expect(read('0.10', calc)).toEqual({ expression: '0.10' });
  expect(read('{}')).toEqual({});
});

test('data that stand alone are themselves, inside text they are text', () => {
  expect(read('{{2.value}} + {{E3}}', calc)).toEqual({ expression: '7 + 42' });
  expect(read('"x", {{E3}}')).toEqual({ query: 'x', limit: 42 });
  expect(read('$2', calc)).toEqual({ expression: '{"value":7,"unit":"m"}' });
  expect(read('"a \\"quoted\\" {{E3}}", 2')).toEqual({ query: 'a "quoted" 42', limit: 2 });
  expect(read('"x", 1, ["$1", "of {{2.unit}}"]')).toEqual({ query: 'x', limit: 1, context: [said, 'of m'] });
});

test('a result never becomes a field, a value more, or a form of its own', () => {
  expect(read('{{1}}')).toEqual({ query: said });
  expect(read('about {{1}}')).toEqual({ query: `about ${said}` });
  expect(read('{"query": "{{1}}"}')).toEqual({ query: said });
  const hostile = [{ name: 'a', value: 'x", "limit": 1' }];
  expect(fitInput(readToolInput('{"query": "{{a}}"}', hostile), search)).toEqual({ query: 'x", "limit": 1' });
  expect(fitInput(readToolInput('{{a}}', [{ name: 'a', value: { query: 'q', limit: 9 } }]), search)).toEqual({
    query: '{"query":"q","limit":9}',
  });
});

test('what no result answers stays as it is written', () => {
  expect(read('about {{9}}')).toEqual({ query: 'about {{9}}' });
  expect(read('{{9}}')).toEqual({ query: '{{9}}' });
});
