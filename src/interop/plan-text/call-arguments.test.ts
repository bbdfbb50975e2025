import { expect, test } from 'vitest';
import { readCallArguments, takeOffQuotes } from './call-arguments.ts';

const values = (text: string) => readCallArguments(text)?.values ?? null;

test('literals of Python and JSON', () => {
  expect(values(`'Mount Everest'`)).toEqual(['Mount Everest']);
  expect(values(`"a (b), c", 2, -1.5e3, True, None, null`)).toEqual(['a (b), c', 2, -1500, true, null, null]);
  expect(values(`"x", ["$1", '\${2}'], ('a', [1,]), {"k": {'n': $3}}`)).toEqual([
    'x',
    ['$1', '${2}'],
    ['a', [1]],
    { k: { n: '$3' } },
  ]);
  expect(values(String.raw`'it\'s', "a\nb", "\u00e9\q"`)).toEqual(["it's", 'a\nb', 'é\\q']);
  expect(values('')).toEqual([]);
  expect(readCallArguments('"x", limit=3, query = "y"')).toEqual({ values: ['x'], named: { limit: 3, query: 'y' } });
});

test('what is open at the end is closed there', () => {
  expect(values('"if 1.3 times slower?", ["$1"')).toEqual(['if 1.3 times slower?', ['$1']]);
  expect(values('"no end')).toEqual(['no end']);
  expect(values('{"a": [1')).toEqual([{ a: [1] }]);
});

test('a text is no list', () => {
  for (const text of [
    'Mount Everest',
    "Arthur's",
    "'Arthur's Magazine'",
    '$1 / $2',
    '"a" "b"',
    '1 + 2',
    '[1 2]',
    '{1: 2}',
    '01',
    '==',
  ])
    expect({ text, read: readCallArguments(text) }).toEqual({ text, read: null });
  expect(readCallArguments('['.repeat(1000))).toBeNull();
  expect(takeOffQuotes("'Arthur's Magazine'")).toBe("Arthur's Magazine");
  expect(takeOffQuotes(' "')).toBe('"');
});

test('a name that objects inherit is a field like any other', () => {
  const named = readCallArguments('__proto__="x"')?.named ?? {};
  expect(Object.keys(named)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(named)).toBe(Object.prototype);
});

test('a million brackets or quotes take no time that grows with their square', () => {
  expect(values('"a",'.repeat(200_000))).toHaveLength(200_000);
  expect(values(`"${'\\'.repeat(500_000)}`)?.[0]).toHaveLength(250_000);
});
