/**
 * fetch as a remote agent gets it.
 *
 * Invariants
 * 1. Every request goes to the origin that the team names, whatever the agent's card says: headers hold secrets, and a card must
 *    not be a door to another network.
 * 2. No redirect is followed.
 * 3. An answer has an end: so many bytes, whoever counts on more.
 */
import { APICallError } from '@ai-sdk/provider';
import type { AgentAddress } from './agent-address.ts';
import { agentFailed } from './agent-failure.ts';

const mebibyte = 1024 * 1024;
/** Of one answer. */
const maxBodyBytes = 16 * mebibyte;
/** Of one stream of events: every state of an artifact may be sent again. */
const maxStreamBytes = 64 * mebibyte;
/** Of an error's body, to be quoted. */
const maxErrorCharacters = 300;

export function agentFetch({ url: own, headers }: AgentAddress, shown: string): typeof fetch {
  return async (input, init) => {
    const target = new URL(input instanceof Request ? input.url : String(input));
    if (target.origin !== own.origin) {
      throw agentFailed(
        shown,
        `names the address ${target.origin}, which is another than its own: name that one in the team file if it is meant`,
      );
    }
    const response = await fetch(target, {
      ...init,
      headers: { ...plainHeaders(init?.headers), ...headers },
      redirect: 'manual',
    });
    if (isRefused(response)) throw await refusal(response, target);
    if (response.body === null) return response;
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
    const body = response.body.pipeThrough(limitBytes(isStream ? maxStreamBytes : maxBodyBytes, shown));
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  };
}

function plainHeaders(headers: RequestInit['headers']): Record<string, string> {
  return Object.fromEntries(new Headers(headers));
}

/** An error of the protocol may come with any other status; its body says more than the number. */
function isRefused({ status }: Response): boolean {
  return status >= 500 || (status >= 300 && status < 400) || [401, 403, 404, 405, 407, 408, 410, 429].includes(status);
}

/** What classifies like a model's server that refuses: one that may be asked again in a moment, or one that may not. */
async function refusal(response: Response, target: URL): Promise<APICallError> {
  const { status, headers } = response;
  const location = headers.get('location');
  const said = location === null ? (await readBeginning(response)).trim() : `it redirects to ${location}, which is not followed`;
  await response.body?.cancel().catch(() => undefined);
  return new APICallError({
    message: said === '' ? `HTTP ${status}` : said.replace(/\s+/g, ' ').slice(0, maxErrorCharacters),
    url: target.origin,
    requestBodyValues: {},
    statusCode: status,
    responseHeaders: Object.fromEntries(headers),
  });
}

async function readBeginning({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  if (reader === undefined) return '';
  try {
    const { value } = await reader.read();
    return new TextDecoder().decode(value?.subarray(0, maxErrorCharacters * 4));
  } catch {
    return '';
  } finally {
    reader.releaseLock();
  }
}

function limitBytes(maxBytes: number, shown: string): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) controller.enqueue(chunk);
      else controller.error(agentFailed(shown, `sent more than ${maxBytes} bytes for one request and was cut off`));
    },
  });
}
