import { expect, test } from 'vitest';
import { createSseParser, type SseMessage } from './sse-parser.ts';

function parse(...pieces: string[]): SseMessage[] {
  const messages: SseMessage[] = [];
  const parser = createSseParser((message) => messages.push(message));
  for (const piece of pieces) parser.push(piece);
  return messages;
}

const text = ': hello\n\nid: 7\nevent: entry\ndata: {"a":\ndata: 1}\n\nevent: end\n\n';
const wanted = [
  { event: 'entry', id: '7', data: '{"a":\n1}' },
  { event: 'end', id: null, data: '' },
];

test('messages are whole, comments are none', () => {
  expect(parse(text)).toEqual(wanted);
});

test('the pieces in which text arrives make no difference', () => {
  expect(parse(...text.split(''))).toEqual(wanted);
  expect(parse(text.replaceAll('\n', '\r\n'))).toEqual(wanted);
});

test('what has not ended is not handed on', () => {
  expect(parse('data: 1\n')).toEqual([]);
});
