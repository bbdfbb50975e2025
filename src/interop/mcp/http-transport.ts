/**
 * MCP over streamable HTTP: the SDK's transport, with a bound on what a server may send. Redirects stay within the origin, so
 * that a key goes to no other server.
 */
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { maxMessageBytes } from './message-lines.ts';

/** Of one answer; a stream of events may hold progress besides its one message. */
const maxAnswerBytes = 2 * maxMessageBytes;

export interface HttpLink {
  transport: StreamableHTTPClientTransport;
  /** null unless the connection was given up for what the server did. */
  endReason(): string | null;
}

/** @param headers Of every request. */
export function openHttpLink(url: URL, headers: Record<string, string>): HttpLink {
  let reason: string | null = null;
  const giveUp = (): void => {
    reason = `it sent more than ${maxAnswerBytes} bytes for one request`;
    // A stream that breaks off is not an answer: without this whoever waits for one goes on waiting.
    transport.close().catch(() => {});
  };
  const boundedFetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    const { status, statusText, headers: own } = response;
    const bounded = new Response(response.body.pipeThrough(limitBytes(giveUp)), { status, statusText, headers: own });
    // The SDK compares it with where it asked.
    Object.defineProperty(bounded, 'url', { value: response.url });
    return bounded;
  };
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers },
    fetch: boundedFetch,
    reconnectionOptions: {
      initialReconnectionDelay: 200,
      maxReconnectionDelay: 1000,
      reconnectionDelayGrowFactor: 2,
      maxRetries: 1,
    },
  });
  return { transport, endReason: () => reason };
}

function limitBytes(onExceeded: () => void): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes <= maxAnswerBytes) controller.enqueue(chunk);
      else {
        onExceeded();
        controller.error(new Error('too much'));
      }
    },
  });
}
