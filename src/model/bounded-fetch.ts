/** fetch with an end: a server that never stops sending is cut off before it fills the memory. */
import { PlanwrightError } from '../errors.ts';

const mebibyte = 1024 * 1024;

/** A whole answer: 4 Mi characters of text, escaped. */
const maxBodyBytes = 16 * mebibyte;

/** A stream spends about 250 bytes on a token. */
const maxStreamBytes = 128 * mebibyte;

/** Redirects are not followed: a key goes to the server it is meant for and to no other. */
export const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'manual' }).catch((thrown: unknown) => {
    throw nameLimit(thrown, hostOf(input)) ?? thrown;
  });
  if (response.ok) refusePage(response);
  if (response.body === null) return response;
  const streamed = response.headers.get('content-type')?.includes('text/event-stream') === true;
  const body = response.body.pipeThrough(limitBytes(streamed ? maxStreamBytes : maxBodyBytes));
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
};

function hostOf(input: string | URL | Request): string {
  const address = input instanceof Request ? input.url : String(input);
  return URL.canParse(address) ? new URL(address).host : 'its address';
}

/** Node's fetch (undici) has limits of its own, whose errors say only `fetch failed`. undefined: another error. */
export function nameLimit(thrown: unknown, host: string): PlanwrightError | undefined {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new PlanwrightError(
      'model-failed',
      `No connection to ${host} was made within 10 s. Check the address, and that the server is up and takes connections.`,
    );
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT') {
    return new PlanwrightError(
      'model-timeout',
      `${host} took the request and sent nothing for 300 s, the longest that Node waits for an answer to begin. Use a faster model, or ask for less at once.`,
    );
  }
  return undefined;
}

/** A proxy's page with status 200 would be read as a stream without an event. @throws {PlanwrightError} `model-failed`. */
function refusePage(response: Response): void {
  const type = response.headers.get('content-type') ?? '';
  if (!/^\s*(text\/html|application\/xhtml|image\/|audio\/|video\/)/i.test(type)) return;
  response.body?.cancel().catch(() => undefined);
  throw new PlanwrightError(
    'model-failed',
    `The model's server answered with ${type.slice(0, 100)} where JSON or an event stream is expected. Check its address: a proxy or a web page may stand in its place.`,
  );
}

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
