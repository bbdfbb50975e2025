/** MCP over streamable HTTP: the SDK's transport, with bounds on what a server may send. Redirects stay within the origin. */
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { maxMessageBytes } from './message-lines.ts';

/** Of one answer; a stream of events may hold progress besides its one message. */
const maxAnswerBytes = 2 * maxMessageBytes;

/** @param headers Of every request. */
export function openHttpTransport(url: URL, headers: Record<string, string>): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(url, {
    requestInit: { headers },
    fetch: boundedFetch,
    reconnectionOptions: {
      initialReconnectionDelay: 200,
      maxReconnectionDelay: 1000,
      reconnectionDelayGrowFactor: 2,
      maxRetries: 1,
    },
  });
}

const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  const bounded = new Response(response.body.pipeThrough(limitBytes(maxAnswerBytes)), {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
  // The SDK compares it with where it asked.
  Object.defineProperty(bounded, 'url', { value: response.url });
  return bounded;
};

function limitBytes(maxBytes: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) controller.enqueue(chunk);
      else controller.error(new Error(`it sent more than ${maxBytes} bytes for one request`));
    },
  });
}
