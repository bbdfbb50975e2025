import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';

test('text: its beginning, its end, its size, and where to read on', () => {
  const text = `${'a'.repeat(5000)}${'z'.repeat(5000)}`;
  const digest = digestOf(text, text, { name: 'facts', characters: 500 }) ?? '';
  expect(digest.length).toBe(498);
  const [, from = ''] = /"from":(\d+)/.exec(digest) ?? [];
  const [, beginning = '', end = ''] = /Beginning:\n(a+)\n\[…\]\nEnd:\n(z+)$/.exec(digest) ?? [];
  expect(digest.split('\n')[0]).toBe(
    `This is a digest of 10000 characters (about 2500 tokens). Read on with read_result {"result":"facts","from":${from}}.`,
  );
  expect(beginning.length).toBe(Number(from));
  expect(end.length).toBeGreaterThan(50);
});

test('JSON has an outline, as a value and as text', () => {
  const value = {
    items: Array.from({ length: 300 }, (_, id) => ({ id, name: `name ${id}`, tags: ['x', { deep: [1] }] })),
    next: null,
  };
  const outline = 'Outline: { items: list of 300 × { id: number, name: text of 6, tags: list of 2 }, next: null }';
  const text = JSON.stringify(value);
  const fenced = `\`\`\`json\n${JSON.stringify(value, null, 1)}\n\`\`\``;
  for (const [shown, of] of [
    [text, value],
    [text, text],
    [fenced, fenced],
  ] as const) {
    expect(digestOf(shown, of, { name: 'facts', characters: 1000 })?.split('\n')[1]).toBe(outline);
  }
});

test('so little room that nothing of it could be shown: none', () => {
  const text = 'x'.repeat(10_000);
  expect(digestOf(text, text, { name: 'facts', characters: 399 })).toBeNull();
  expect(digestOf(text, text, { name: 'n'.repeat(500), characters: 600 })).toBeNull();
});

test('no digest is longer than its room, and no character is cut in two', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4000 }), fc.constantFrom('🦆', 'naïve 🦆', '{"a":', '\n'), (characters, unit) => {
      const text = unit.repeat(3000);
      const digest = digestOf(text, text, { name: 'a', characters });
      expect(digest === null || (digest.length <= characters && digest.isWellFormed())).toBe(true);
      expect(digest === null).toBe(characters < 400);
    }),
  );
});
