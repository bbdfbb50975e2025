import { expect, test } from 'vitest';
import { cleanText } from './clean-text.ts';
import { measureDepth, tameSchema } from './tame-schema.ts';

test('prose is cleaned and cut, properties that are called like prose are not prose', () => {
  const schema = {
    type: 'object',
    description: `Say\u{200B} this.${'x'.repeat(5000)}`,
    properties: {
      description: { type: 'string', description: 'ok\u{202E}' },
      title: { type: 'number' },
      pattern: { type: 'string' },
    },
    required: ['title'],
  };
  expect(tameSchema(schema)).toEqual({
    kind: 'tamed',
    schema: {
      type: 'object',
      description: `Say this.${'x'.repeat(991)}…`,
      properties: { description: { type: 'string', description: 'ok' }, title: { type: 'number' }, pattern: { type: 'string' } },
      required: ['title'],
    },
  });
});

test('a pattern that is no expression is left to the server; references within the schema stay', () => {
  const node = { type: 'string', pattern: '^a\\_b$' };
  expect(tameSchema({ type: 'object', properties: { a: node, b: { $ref: '#/properties/a' } } })).toEqual({
    kind: 'tamed',
    schema: { type: 'object', properties: { a: { type: 'string' }, b: { $ref: '#/properties/a' } } },
  });
});

test('members that would change the copy’s prototype are left out', () => {
  const tamed = tameSchema(JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"},"a":{"type":"string"}}}'));
  expect(JSON.stringify(tamed)).toBe('{"kind":"tamed","schema":{"type":"object","properties":{"a":{"type":"string"}}}}');
});

test.each([
  [null, 'its input has no schema'],
  [[], 'its input has no schema'],
  [{ type: 'string' }, 'its input is not an object'],
  [
    { type: 'object', properties: { a: { type: 'text' } } },
    'its input schema cannot be used at $.properties.a.type: "text" is not a type: ',
  ],
])('%j is refused', (schema, reason) => {
  expect(tameSchema(schema)).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) });
});

test('depth counts the levels below, and stops once it is too deep', () => {
  expect([measureDepth('a'), measureDepth([]), measureDepth({ a: [1] })]).toEqual([0, 0, 2]);
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(measureDepth(deep, 40)).toBe(41);
});

test('text keeps its lines and tabs, and loses what a reader does not see', () => {
  expect(cleanText('\u0000a\tb\r\nc\u{00AD}d\u{2028}e\u{E0041}\u{FE0F}', 100)).toBe('a\tb\ncde');
  expect(cleanText('abcdef', 3)).toBe('abc…');
});
