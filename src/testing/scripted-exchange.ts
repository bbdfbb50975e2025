/** One request to the scripted server, answered as its script says. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Json } from '../json.ts';
import { type ChatAnswer, type ChatRequestBody, type ChatUsage, writeChunks, writeCompletion } from './chat-protocol.ts';

export interface ScriptedRequest {
  /** From 0, over all chat requests. */
  index: number;
  body: ChatRequestBody;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The messages' text in one. */
  text: string;
  receivedMs: number;
  /** null while it is being answered. */
  endedMs: number | null;
  /** The client closed the connection before the answer was complete. */
  abandoned: boolean;
}

export interface AnswerReply {
  /** A list streams as so many chunks; `delayMs` is waited before its chunk. */
  text?: string | readonly (string | { text: string; delayMs: number })[];
  toolCalls?: readonly { name: string; input: Json; id?: string }[];
  /** Default: characters ÷ 4, rounded up, of the messages' text and of the answer. `null`: none is reported. */
  usage?: ChatUsage | null;
  finishReason?: string;
  /** Waited before the first byte. Default: the server's. */
  latencyMs?: number;
  /** Closes the connection after so many chunks of a stream (after the head of an answer that is not streamed). */
  cutAfterChunks?: number;
}

export interface RefusalReply {
  status: number;
  message?: string;
  /** Sent as `retry-after-ms`. */
  retryAfterMs?: number;
  headers?: Readonly<Record<string, string>>;
  latencyMs?: number;
}

/** Takes the request and never answers; `afterChunks` of the text are streamed first. */
export interface HangReply {
  hang: true;
  text?: AnswerReply['text'];
  afterChunks?: number;
}

/** Bytes as they are, with status 200: garbage, a page, an answer that comes a byte at a time. */
export interface RawReply {
  raw: readonly (string | Uint8Array | { bytes: string | Uint8Array; delayMs: number })[];
  /** Default `application/json`, or `text/event-stream` for a request that asks for a stream. `null`: none is sent. */
  contentType?: string | null;
  /** The last piece again and again, until the client goes. */
  endless?: boolean;
}

export type ScriptedReply = string | AnswerReply | RefusalReply | HangReply | RawReply;

/** What the server knows of one exchange. */
export interface Exchange {
  request: ScriptedRequest;
  response: ServerResponse;
  /** Aborts when the connection is closed or the server closes. */
  signal: AbortSignal;
  clock: Clock;
  /** The server's, where the reply states none. */
  latencyMs: number;
  /** Called once, when an answer is complete and before its last byte is sent. */
  complete(usage: ChatUsage): void;
  /** Called before the server closes the connection itself. */
  cut(): void;
}

/** @throws the signal's reason when the client goes away while it is being answered. */
export async function playReply(reply: ScriptedReply, exchange: Exchange): Promise<void> {
  if (typeof reply === 'string') return playAnswer({ text: reply }, exchange);
  if ('status' in reply) {
    await pause(reply.latencyMs ?? exchange.latencyMs, exchange);
    return sendRefusal(exchange.response, reply);
  }
  if ('hang' in reply) {
    if (reply.afterChunks !== undefined)
      await streamChunks({ text: reply.text ?? '', cutAfterChunks: reply.afterChunks }, exchange);
    return;
  }
  if ('raw' in reply) return playRaw(reply, exchange);
  return playAnswer(reply, exchange);
}

async function playRaw({ raw, contentType, endless = false }: RawReply, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const usual = request.body.stream === true ? 'text/event-stream' : 'application/json';
  response.writeHead(200, contentType === null ? {} : { 'content-type': contentType ?? usual });
  response.flushHeaders();
  for (let index = 0; index < raw.length || endless; index += 1) {
    const piece = raw[Math.min(index, raw.length - 1)] ?? '';
    const { bytes, delayMs } = typeof piece === 'object' && 'bytes' in piece ? piece : { bytes: piece, delayMs: 0 };
    await pause(delayMs, exchange);
    await write(bytes, exchange);
  }
  response.end();
}

async function playAnswer(reply: AnswerReply, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  await pause(reply.latencyMs ?? exchange.latencyMs, exchange);
  if (request.body.stream === true) {
    if (!(await streamChunks(reply, exchange))) cutOff(exchange);
  } else if (reply.cutAfterChunks !== undefined) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    await write('{"id":', exchange);
    cutOff(exchange);
  } else {
    const answer = toChatAnswer(reply, request);
    exchange.complete(answer.usage ?? countUsage(request, answer));
    sendJson(response, 200, writeCompletion(answer));
  }
}

/** @returns false when it stopped at `cutAfterChunks`. */
async function streamChunks(reply: AnswerReply, exchange: Exchange): Promise<boolean> {
  const { request, response } = exchange;
  const answer = toChatAnswer(reply, request);
  const chunks = writeChunks(answer, request.body.stream_options?.include_usage === true);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  for (const [index, chunk] of chunks.entries()) {
    if (index === reply.cutAfterChunks) return false;
    const step = typeof reply.text === 'object' ? reply.text[index] : undefined;
    await pause(typeof step === 'object' ? step.delayMs : 0, exchange);
    await write(`data: ${chunk}\n\n`, exchange);
  }
  exchange.complete(answer.usage ?? countUsage(request, answer));
  response.end('data: [DONE]\n\n');
  return true;
}

function toChatAnswer(reply: AnswerReply, request: ScriptedRequest): ChatAnswer {
  const { text } = reply;
  const steps = typeof text === 'string' ? [text] : (text ?? []);
  const answer = {
    id: `chat-${request.index}`,
    model: request.body.model,
    deltas: steps.map((step) => (typeof step === 'string' ? step : step.text)),
    toolCalls: (reply.toolCalls ?? []).map((call, index) => ({
      id: call.id ?? `call-${request.index}-${index}`,
      name: call.name,
      arguments: JSON.stringify(call.input),
    })),
  };
  return {
    ...answer,
    finishReason: reply.finishReason ?? (answer.toolCalls.length > 0 ? 'tool_calls' : 'stop'),
    usage: reply.usage === undefined ? countUsage(request, answer) : reply.usage,
  };
}

function countUsage(request: ScriptedRequest, answer: Pick<ChatAnswer, 'deltas' | 'toolCalls'>): ChatUsage {
  const said = answer.deltas.join('').length + answer.toolCalls.reduce((sum, call) => sum + call.arguments.length, 0);
  return { promptTokens: Math.ceil(request.text.length / 4), completionTokens: Math.ceil(said / 4) };
}

export function sendRefusal(response: ServerResponse, refusal: RefusalReply): void {
  const retry = refusal.retryAfterMs === undefined ? {} : { 'retry-after-ms': String(refusal.retryAfterMs) };
  const message = refusal.message ?? `The script refuses with ${refusal.status}.`;
  sendJson(response, refusal.status, JSON.stringify({ error: { message, type: 'scripted', code: null } }), {
    ...retry,
    ...refusal.headers,
  });
}

export function sendJson(
  response: ServerResponse,
  status: number,
  json: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(json);
}

async function pause(ms: number, { clock, signal }: Exchange): Promise<void> {
  if (ms > 0) await clock.sleep(ms, signal);
}

/** Waits until it has been sent, so that a cut comes behind it. */
async function write(text: string | Uint8Array, { response, signal }: Exchange): Promise<void> {
  signal.throwIfAborted();
  if (!response.write(text)) await once(response, 'drain', { signal });
}

function cutOff(exchange: Exchange): void {
  const { response } = exchange;
  exchange.cut();
  // What is written so far goes out; then the connection closes without the end that the protocol asks for.
  setImmediate(() => response.destroy());
}
