/** fetch with an end: a server that never stops sending is cut off before it fills the memory. */
import { PlanwrightError } from '../errors.ts';

const mebibyte = 1024 * 1024;

/** A whole answer: 4 Mi characters of text, escaped. */
const maxBodyBytes = 16 * mebibyte;

/** A stream spends about 250 bytes on a token. */
const maxStreamBytes = 128 * mebibyte;

/** Redirects are not followed: a key goes to the server it is meant for and to no other. */
export const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'manual' });
  if (response.body === null) return response;
  const streamed = response.headers.get('content-type')?.includes('text/event-stream') === true;
  const body = response.body.pipeThrough(limitBytes(streamed ? maxStreamBytes : maxBodyBytes));
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
};

export function limitBytes(maxBytes: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        controller.error(
          new PlanwrightError(
            'model-output-invalid',
            `The model's server sent more than ${maxBytes} bytes for one call; it was cut off.`,
          ),
        );
        return;
      }
      controller.enqueue(chunk);
    },
  });
}
