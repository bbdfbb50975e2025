/** JSON-RPC over HTTP, from a web Request to a web Response: bounded bodies, one answer or a stream of events. */
import type { JsonRpcTransportHandler, ServerCallContext } from '@a2a-js/sdk/server';

type Answered = Awaited<ReturnType<JsonRpcTransportHandler['handle']>>;
type Answer = Exclude<Answered, AsyncGenerator>;

/** Codes of JSON-RPC 2.0. */
const codes = { parse: -32700, invalid: -32600 } as const;

const maxBodyBytes = 2_000_000;
/** Events that a reader may be behind. */
const mostUnread = 1000;

/** null: it was refused, with the answer. */
export async function readBody(
  request: Request,
): Promise<{ kind: 'read'; body: string } | { kind: 'refused'; response: Response }> {
  const type = request.headers.get('content-type') ?? '';
  // A form of another site can send neither type.
  if (!/^application\/(a2a\+)?json\b/i.test(type)) {
    return { kind: 'refused', response: refuse(415, 'The content type must be application/json.') };
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) return { kind: 'refused', response: refuse(413, `A message has at most ${maxBodyBytes} bytes.`) };
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks).toString('utf8');
  try {
    JSON.parse(body);
  } catch {
    return { kind: 'refused', response: refuse(200, 'The body is no JSON.', codes.parse) };
  }
  return { kind: 'read', body };
}

export function refuse(status: number, message: string, code: number = codes.invalid): Response {
  return Response.json({ jsonrpc: '2.0', id: null, error: { code, message } }, { status });
}

/** A failure before the first event is an answer of its own; one after it is the stream's last event. */
export async function answerRpc(
  handler: JsonRpcTransportHandler,
  { body, context, toError }: { body: string; context: ServerCallContext; toError: (thrown: unknown) => unknown },
): Promise<Response> {
  const failed = (thrown: unknown): unknown => ({ jsonrpc: '2.0', id: idOf(body), error: toError(thrown) });
  try {
    const answered = await handler.handle(body, context);
    if (!isStream(answered)) return Response.json(answered);
    const first = await answered.next();
    return streamEvents(first, answered, failed);
  } catch (thrown) {
    return Response.json(failed(thrown));
  }
}

/**
 * Whether or not anybody reads them, events are taken as they come: the SDK keeps the task's state only as far as it is asked for
 * the next one.
 */
function streamEvents(
  first: IteratorResult<Answer>,
  rest: AsyncGenerator<Answer>,
  failed: (thrown: unknown) => unknown,
): Response {
  const encoder = new TextEncoder();
  let isRead = true;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (event: unknown): void => {
        if (!isRead) return;
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
        if ((controller.desiredSize ?? 0) > -mostUnread) return;
        // Who reads so slowly asks after the task.
        isRead = false;
        controller.close();
      };
      const pump = async (): Promise<void> => {
        for (let next = first; next.done !== true; next = await rest.next()) send(next.value);
      };
      pump()
        .catch((thrown: unknown) => send(failed(thrown)))
        .finally(() => {
          if (isRead) controller.close();
        });
    },
    cancel: () => {
      isRead = false;
    },
  });
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };
  return new Response(stream, { headers });
}

function isStream(answered: Answered): answered is Extract<Answered, AsyncGenerator> {
  return Symbol.asyncIterator in answered;
}

function idOf(body: string): string | number | null {
  const parsed: unknown = JSON.parse(body);
  const id: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'id') : null;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
