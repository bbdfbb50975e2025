import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BuiltInName, builtInNames } from './built-in-patterns.ts';
import { readRedact } from './redact-rules.ts';
import { createRedactor } from './redactor.ts';

const named = (name: BuiltInName) => createRedactor(readRedact([name]));

test.each<[BuiltInName, string, string]>([
  ['email', 'Write to ann.o-neil+x@mail.example.org, please.', 'Write to [email], please.'],
  ['email', 'jörg@müller.example and a @mention', '[email] and a @mention'],
  ['phone', 'Call +49 (0)89 1234-5678 or (089) 123 456 or 089/1234567.', 'Call [phone] or [phone] or [phone].'],
  ['phone', 'In 2024, 1234567 of 20261126-012213 things', 'In 2024, 1234567 of 20261126-012213 things'],
  ['iban', 'DE89 3704 0044 0532 0130 00, not DE88370400440532013000', '[iban], not DE88370400440532013000'],
  ['card', '4111 1111 1111 1111 and 378282246310005', '[card] and [card]'],
  [
    'card',
    '4111 1111 1111 1112 fails its checksum, 1700000000000 is a time',
    '4111 1111 1111 1112 fails its checksum, 1700000000000 is a time',
  ],
  ['ipv4', 'from 192.168.0.1 to 10.0.0.255, not 1.2.3 or 999.1.1.1', 'from [ipv4] to [ipv4], not 1.2.3 or 999.1.1.1'],
  ['aws-key', 'AKIAIOSFODNN7EXAMPLE', '[aws-key]'],
  ['private-key', 'a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb', 'a\n[private-key]\nb'],
  ['private-key', 'a\n-----BEGIN PRIVATE KEY-----\nMII cut of', 'a\n[private-key]'],
  ['jwt', 'token eyJhbGciOi.eyJzdWIiOi.SflKxw_c-1', 'token [jwt]'],
  ['bearer-token', 'Authorization: Bearer abcdef123456==', 'Authorization: [bearer-token]'],
])('%s: %s', (name, text, expected) => {
  expect(named(name).text(text)).toBe(expected);
});

test('patterns of one’s own apply in their order, with a replacement of one’s own', () => {
  const patterns = [{ name: 'ticket', pattern: '\\bT-\\d+\\b' }, 'email' as const];
  const redactor = createRedactor(readRedact({ patterns, replacement: '<{name} removed>' }));
  expect(redactor.text('T-12 by a@b.example')).toBe('<ticket removed> by <email removed>');
});

test('an empty replacement takes a match out, and what then meets is looked at again', () => {
  const redactor = createRedactor(readRedact({ patterns: [{ name: 'x', pattern: 'ab' }], replacement: '' }));
  expect(redactor.text('aabb, ab')).toBe(', ');
});

/** Patterns that match replacements, ids, nothing, or everything. */
const hostile = fc.constantFrom('.*', '[0-9]', 'a', '^', '^a', 'a$', '\\b', '.', '(?s).+', '[^b]c', '\\[', 'x*', 'card', '\\w+');
const rules = fc.record({
  patterns: fc.array(fc.record({ name: fc.constantFrom('card', 'a', 'n1'), pattern: hostile }), { minLength: 1, maxLength: 3 }),
  replacement: fc.constantFrom('[{name}]', '', 'aaa', '{name}0a0'),
});
const text = fc.oneof(fc.string(), fc.stringMatching(/^[abc0-9 [\]card-]{0,30}$/), fc.constant('[card] a [card]1'));

test('redacting twice is redacting once, whatever the patterns', () => {
  fc.assert(
    fc.property(rules, text, (given, before) => {
      const redactor = createRedactor(readRedact(given));
      const once = redactor.text(before);
      expect(redactor.text(once)).toBe(once);
    }),
    { numRuns: 2000 },
  );
});

test('no match of a pattern is left outside a replacement', () => {
  fc.assert(
    fc.property(fc.constantFrom('a', '[0-9]', '\\w+', '[^b]c'), text, (pattern, before) => {
      const after = createRedactor(readRedact([{ name: 'n', pattern }])).text(before);
      for (const part of after.split('[n]')) expect(part).not.toMatch(new RegExp(pattern));
    }),
    { numRuns: 500 },
  );
});

test('a million characters in which no built-in pattern matches come back as they are', () => {
  const long = 'The quick brown fox, 2026-01-02, jumps over 12 dogs at 10:20.\n'.repeat(16_000);
  const redactor = createRedactor(readRedact([...builtInNames]));
  expect(redactor.text(long)).toBe(long);
});
