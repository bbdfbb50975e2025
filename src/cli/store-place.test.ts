import { expect, test } from 'vitest';
import { hidePasswords, isAddress, isThere } from './store-place.ts';

test.each([
  ['postgres://ada:secret@h:5432/d?schema=s', 'postgres://ada@h:5432/d?schema=s'],
  ['postgresql://ada:s%40crét:x@h/d', 'postgresql://ada@h/d'],
  ['postgres://h/d?user=ada&password=secret&sslmode=require', 'postgres://h/d?user=ada&password=…&sslmode=require'],
  ["argument 'mysql://ada:secret@h/d' is invalid", "argument 'mysql://ada@h/d' is invalid"],
  ['postgres://ada@h:5432/d', 'postgres://ada@h:5432/d'],
  ['./a b/runs.db', './a b/runs.db'],
  ['http://127.0.0.1:8080/v1#model', 'http://127.0.0.1:8080/v1#model'],
])('%s is shown as %s', (text, shown) => {
  expect(hidePasswords(text)).toBe(shown);
});

test('an address is there as far as anybody can say without asking it; a path is there or not', () => {
  expect(['postgres://h/d', 'POSTGRESQL://h/d', 'mysql://h/d', 'postgres'].map(isAddress)).toEqual([true, true, false, false]);
  expect([isThere('postgres://h/d'), isThere('no-such-folder'), isThere('.')]).toEqual([true, false, true]);
});
