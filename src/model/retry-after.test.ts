import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStatedWait } from './retry-after.ts';

const nowMs = Date.UTC(2026, 0, 1);

test.each<[string, Record<string, string>, number | undefined]>([
  ['milliseconds, which come before seconds', { 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
  ['seconds', { 'retry-after': '2' }, 2000],
  ['seconds with a fraction', { 'retry-after': '0.25' }, 250],
  ['an HTTP date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
  ['an HTTP date that is over', { 'retry-after': 'Wed, 31 Dec 2025 23:59:00 GMT' }, 0],
  ['nonsense', { 'retry-after': 'soon', 'retry-after-ms': '-5' }, undefined],
  ['a year, which is no date', { 'retry-after': 'in 2027' }, undefined],
  ['nothing', {}, undefined],
  [
    'OpenAI: the limit that is used up',
    {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m30.5s',
      'x-ratelimit-remaining-tokens': '90',
      'x-ratelimit-reset-tokens': '20ms',
    },
    90_500,
  ],
  ['OpenAI: none is used up', { 'x-ratelimit-reset-requests': '8s', 'x-ratelimit-reset-tokens': '20ms' }, 20],
  [
    'Anthropic: every limit that is used up',
    {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:10Z',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:40Z',
    },
    40_000,
  ],
  ['the word itself before the limits', { 'retry-after': '1', 'x-ratelimit-reset-requests': '8s' }, 1000],
])('%s', (_, headers, waitMs) => {
  expect(readStatedWait(headers, nowMs)).toBe(waitMs);
});

test('whatever a server sends, it is a time or nothing', () => {
  const names = fc.constantFrom('retry-after', 'retry-after-ms', 'x-ratelimit-reset-tokens', 'anthropic-ratelimit-x-reset');
  fc.assert(
    fc.property(
      fc.dictionary(names, fc.oneof(fc.string(), fc.date({ noInvalidDate: true }).map(String), fc.double().map(String))),
      (headers) => {
        const waitMs = readStatedWait(headers, nowMs);
        expect(waitMs === undefined || waitMs >= 0).toBe(true);
      },
    ),
  );
});
