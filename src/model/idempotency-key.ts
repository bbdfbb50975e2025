/** The name under which a provider may know a call again: the same for every try of it, in this process and after a crash. */
import { createHash } from 'node:crypto';

/** RFC draft `The Idempotency-Key HTTP Header Field`; OpenAI's own clients send it with their retries. */
export const idempotencyHeader = 'idempotency-key';

/** The key of a call says whose it is, the hash what was asked: a call that is asked otherwise is another one. */
export function idempotencyKey(callKey: string, requestHash: string): string {
  return `planwright-${createHash('sha256').update(`${callKey}\n${requestHash}`).digest('hex')}`;
}
