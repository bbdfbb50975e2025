import { expect, test } from 'vitest';
import type { CallRecord } from '../../model/call-record.ts';
import { capturesContent, captureVariable, errorTypeOf, namesOfModel } from './conventions.ts';

test.each([
  ['anthropic:claude-sonnet-4-5', { provider: 'anthropic', model: 'claude-sonnet-4-5' }],
  ['openai:gpt-5', { provider: 'openai', model: 'gpt-5' }],
  ['google:gemini-3-pro', { provider: 'gcp.gemini', model: 'gemini-3-pro' }],
  ['http://127.0.0.1:8080/v1#qwen', { provider: 'openai', model: 'qwen', server: { address: '127.0.0.1', port: 8080 } }],
  ['https://user:key@models.test/v1#m', { provider: 'openai', model: 'm', server: { address: 'models.test', port: 443 } }],
  ['http://[::1]/v1#m', { provider: 'openai', model: 'm', server: { address: '::1', port: 80 } }],
  ['offline', { provider: 'planwright', model: 'offline' }],
  ['custom:mine', { provider: 'planwright', model: 'custom:mine' }],
  ['recorded:calls.jsonl', { provider: 'planwright', model: 'recorded:calls.jsonl' }],
])('%s', (spec, names) => {
  expect(namesOfModel(spec)).toEqual(names);
});

const classOf = (kind: CallRecord['kind'], outcome: CallRecord['outcome'], error: string | null) =>
  errorTypeOf({ kind, outcome, error } as CallRecord);

test('an error’s class is a tool’s code, never its message; what was withdrawn is no error', () => {
  expect(classOf('tool', 'failed', 'path-outside-root: /etc/passwd')).toBe('path-outside-root');
  expect(classOf('tool', 'failed', 'no code, but: a colon')).toBe('_OTHER');
  expect(classOf('model', 'failed', 'secret: in a message')).toBe('_OTHER');
  expect(classOf('model', 'aborted', 'The call was cancelled.')).toBeUndefined();
  expect(classOf('model', 'succeeded', null)).toBeUndefined();
});

const captures = (value: string | undefined) => capturesContent({ [captureVariable]: value });

test('the conventions’ own switch', () => {
  expect(['true', 'SPAN_ONLY', 'span_and_event', ' 1 '].map(captures)).toEqual([true, true, true, true]);
  expect([undefined, '', 'false', 'NO_CONTENT', 'EVENT_ONLY', 'yes'].map(captures)).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});
