/** JSON-RPC messages from a stream of lines, each line bounded. A line that is no message is passed over, or answers for itself. */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { z } from 'zod';

/** Of one line. */
export const maxMessageBytes = 8 * 1024 * 1024;

const id = z.union([z.string(), z.number()]);
const params = z.looseObject({}).optional();
const version = z.literal('2.0');
const messageSchema = z.union([
  z.object({ jsonrpc: version, id, method: z.string(), params }),
  z.object({ jsonrpc: version, method: z.string(), params }).strict(),
  z.object({ jsonrpc: version, id, result: z.looseObject({}) }),
  z.object({
    jsonrpc: version,
    id: id.optional(),
    error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }),
  }),
]);
const answerSchema = z.object({ id: z.number(), method: z.undefined().optional() });

/** The code of the error that takes the place of an answer that can't be read (JSON-RPC 2.0, section 5.1: parse error). */
export const unreadableCode = -32_700;

export class MessageLines {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** @returns the lines that are whole now. @throws {Error} when one is longer than it may be. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      this.#keep(chunk.subarray(from, end));
      lines.push(Buffer.concat(this.#chunks, this.#bytes).toString('utf8'));
      this.#chunks = [];
      this.#bytes = 0;
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
    return lines;
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > maxMessageBytes) throw new Error(`it sent a message of more than ${maxMessageBytes} bytes`);
    if (part.length > 0) this.#chunks.push(part);
  }
}

/** null: not a message at all. */
export function readMessage(line: string): JSONRPCMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const message = messageSchema.safeParse(value);
  if (message.success) return value as JSONRPCMessage;
  const answer = answerSchema.safeParse(value);
  if (!answer.success) return null;
  return { jsonrpc: '2.0', id: answer.data.id, error: { code: unreadableCode, message: 'The answer is no JSON-RPC message.' } };
}
