import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { redactAnswer, redactJson } from './redact-json.ts';
import { readRedact } from './redact-rules.ts';
import { createRedactor } from './redactor.ts';

const redactor = createRedactor(readRedact([{ name: 'd', pattern: '[0-9]+' }]));

test('texts are redacted; keys, numbers and references are not', () => {
  const value = { a1: 'x 12', list: [3, '4', null, true], deep: { 'k 5': { kind: 'stored', hash: '67', characters: 8 } } };
  expect(redactJson(value, redactor)).toEqual({
    a1: 'x [d]',
    list: [3, '[d]', null, true],
    deep: { 'k 5': { kind: 'stored', hash: '67', characters: 8 } },
  });
});

test('of a subtask its words are redacted: not ids, roles, code, expressions, or where it looks', () => {
  const subtask = {
    id: 's1',
    role: 'r2',
    instruction: 'do 3',
    dependsOn: ['s4'],
    map: { over: 's5', path: 'items.6' },
    assumes: ['7 holds', { subtask: 's8', holds: { contains: '9' }, text: '10' }],
    accept: [
      { kind: 'predicate', contains: ['11'], matches: '1+2' },
      { kind: 'code', language: 'javascript', tests: 'assert(13)' },
      { kind: 'critic', role: 'c14', focus: 'on 15' },
    ],
  };
  expect(redactJson(subtask, redactor)).toEqual({
    ...subtask,
    instruction: 'do [d]',
    assumes: ['[d] holds', { subtask: 's8', holds: { contains: '[d]' }, text: '[d]' }],
    accept: [
      { kind: 'predicate', contains: ['[d]'], matches: '1+2' },
      { kind: 'code', language: 'javascript', tests: 'assert(13)' },
      { kind: 'critic', role: 'c14', focus: 'on [d]' },
    ],
  });
});

test.each([
  ['{"a": "1", "n": 2}', '{"a":"[d]","n":2}'],
  ['{"a": "x",  "n": 2}', '{"a": "x",  "n": 2}'],
  ['```json\n["1"]\n```\n', '```json\n["[d]"]\n```\n'],
  ['See 1: ```json\n["2"]\n```', 'See [d]: ```json\n["[d]"]\n```'],
  ['{"a": 1', '{"a": [d]'],
  ['["{\\"in\\": \\"1\\", \\"n\\": 2}"]', '["{\\"in\\":\\"[d]\\",\\"n\\":2}"]'],
])('a text that is JSON as a whole keeps its form: %s', (text, expected) => {
  expect(redactAnswer(text, redactor)).toBe(expected);
});

test('hostile texts take no long time: fences of line ends, and nesting deeper than can be written', () => {
  for (const text of [`\`\`\`\n${'\n'.repeat(1_000_000)}1`, '['.repeat(100_000) + ']'.repeat(100_000), '{"a":'.repeat(50_000)])
    expect(redactAnswer(text, redactor)).toBe(text.endsWith('1') ? `${text.slice(0, -1)}[d]` : text);
});

test('redacting twice is redacting once, in any value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('[0-9]', 'a', '.*', '"', '[{}]', '\\w+'), (value, pattern) => {
      const hostile = createRedactor(readRedact([{ name: 'a1', pattern }]));
      const once = redactJson(value as Json, hostile);
      expect(redactJson(once, hostile)).toEqual(once);
      const text = redactAnswer(JSON.stringify(value), hostile);
      expect(redactAnswer(text, hostile)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test('what becomes JSON by being redacted is redacted as JSON, too', () => {
  const patterns = [
    { name: 'x', pattern: '^x' },
    { name: 'a', pattern: '^a' },
  ];
  const removing = createRedactor(readRedact({ patterns, replacement: '' }));
  const once = redactAnswer('x{"k":"abc"}', removing);
  expect(once).toBe('{"k":"bc"}');
  expect(redactAnswer(once, removing)).toBe(once);
});
