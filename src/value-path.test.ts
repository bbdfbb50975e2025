import { expect, test } from 'vitest';
import type { Json } from './json.ts';
import { readPath, valueAt } from './value-path.ts';

const facts = { items: [{ name: 'first' }], text: '{"rows":[1,2]}' };

test.each<[text: string, path: string[] | null]>([
  ['.items.0.name', ['items', '0', 'name']],
  ['[2]["full \\"name\\""]', ['2', 'full "name"']],
  ['.a[x]', null],
  ['.a..b', null],
  ['.a b .c', ['a b', 'c']],
])('the path %s', (text, path) => {
  expect(readPath(text)).toEqual(path);
});

test.each<[value: Json, path: string[]]>([
  [facts, ['constructor']],
  [facts, ['__proto__', 'toString']],
  [[1, 2], ['length']],
  [[1, 2], ['2']],
  [[1, 2], ['-1']],
  ['text', ['length']],
  ['not {json', ['a']],
  [null, ['a']],
])('%j has nothing at %j', (value, path) => {
  expect(valueAt(value, path)).toBeUndefined();
});

test('text is looked into only by who can read it', () => {
  expect(valueAt(facts, ['text', 'rows', '1'])).toBeUndefined();
  expect(valueAt(facts, ['text', 'rows', '1'], (text) => JSON.parse(text) as Json)).toBe(2);
  expect(valueAt(facts, ['items', '0', 'name'])).toBe('first');
});
