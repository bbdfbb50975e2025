import { describe, expect, test } from 'vitest';
import { MessageLines, maxMessageBytes, readMessage } from './message-lines.ts';

describe('lines', () => {
  test('are whole however the bytes come, multi-byte characters included', () => {
    const text = Buffer.from('{"a":"é"}\n\n{"b":1}\nrest');
    for (let size = 1; size <= text.length; size += 1) {
      const lines = new MessageLines();
      const found: string[] = [];
      for (let from = 0; from < text.length; from += size) found.push(...lines.push(text.subarray(from, from + size)));
      expect(found).toEqual(['{"a":"é"}', '', '{"b":1}']);
    }
  });

  test('longer than 8 MiB are refused before they are whole', () => {
    const lines = new MessageLines();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let sent = 0; sent < maxMessageBytes; sent += chunk.length) expect(lines.push(chunk)).toEqual([]);
    expect(() => lines.push(Buffer.from('x'))).toThrow('it sent a message of more than 8388608 bytes');
  });
});

describe('messages', () => {
  test.each([
    '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1}}',
    '{"jsonrpc":"2.0","id":"a","result":{"content":[],"more":1}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}',
    '{"jsonrpc":"2.0","error":{"code":-1,"message":"no"}}',
  ])('%s', (line) => {
    expect(readMessage(line)).toEqual(JSON.parse(line));
  });

  test.each([
    '',
    'Listening on port 1',
    '7',
    'null',
    '[]',
    '{}',
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"1.0","method":"a"}',
    '{"id":"x"}',
  ])('%s is none', (line) => {
    expect(readMessage(line)).toBeNull();
  });

  test('what answers us and is none becomes an error, so that nobody waits for it', () => {
    const error = { code: -32_700, message: 'The answer is no JSON-RPC message.' };
    for (const line of [
      '{"id":4,"result":{}}',
      '{"jsonrpc":"2.0","id":4,"result":7}',
      '{"jsonrpc":"2.0","id":4,"error":{"code":"x"}}',
    ]) {
      expect(readMessage(line)).toEqual({ jsonrpc: '2.0', id: 4, error });
    }
  });
});
