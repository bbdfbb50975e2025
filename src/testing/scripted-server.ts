/**
 * A real HTTP server on the loopback address that speaks OpenAI's chat-completions protocol and answers by a script:
 * streams, tool calls, refusals with retry-after, streams cut in the middle, garbage, and hangs. It counts on its own what it
 * was asked and what it said, so that a ledger can be checked against it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Clock, systemClock } from '../clock.ts';
import { type ChatRequestBody, messageText } from './chat-protocol.ts';
import { playReply, type ScriptedReply, type ScriptedRequest, sendJson, sendRefusal } from './scripted-exchange.ts';

/** `index` is the request's. What it throws becomes a 500 that is not to be retried. */
export type ServerScript = (request: ScriptedRequest, index: number) => ScriptedReply | Promise<ScriptedReply>;

export interface ScriptedServerOptions {
  /** Default 0. */
  latencyMs?: number;
  /** Default `scripted`. */
  modelId?: string;
  /**
   * A request whose `idempotency-key` was answered before gets that answer again: the script is not asked, and no tokens are
   * counted. Default: every request is a new one.
   */
  idempotent?: boolean;
  clock?: Clock;
}

export interface ScriptedServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/v1`. */
  url: string;
  /** A model spec: `http://127.0.0.1:PORT/v1#scripted`. */
  spec: string;
  /** Chat requests so far, in order. */
  readonly requests: readonly ScriptedRequest[];
  /** `requests` counts every chat request; tokens those of complete answers, as reported or as they would have been. */
  counts(): { requests: number; promptTokens: number; completionTokens: number };
  /** The most requests that were under way at once. */
  peakConcurrency(): number;
  /** Resolves when so many requests have come. */
  received(count: number): Promise<void>;
  /** Ends hanging connections too. */
  close(): Promise<void>;
}

const maxRequestBytes = 64 * 1024 * 1024;

const chatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string() })),
});

export async function startScriptedServer(script: ServerScript, options: ScriptedServerOptions = {}): Promise<ScriptedServer> {
  return new ScriptedChat(script, options).start();
}

class ScriptedChat {
  readonly #script: ServerScript;
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #modelId: string;
  /** By idempotency key. Absent: keys mean nothing. */
  readonly #answered: Map<string, ScriptedReply> | undefined;
  readonly #server: Server;
  readonly #requests: ScriptedRequest[] = [];
  readonly #waiters = new Set<{ count: number; resolve: () => void }>();
  readonly #closing = new AbortController();
  #promptTokens = 0;
  #completionTokens = 0;
  #underWay = 0;
  #peak = 0;

  constructor(script: ServerScript, options: ScriptedServerOptions) {
    this.#script = script;
    this.#clock = options.clock ?? systemClock;
    this.#latencyMs = options.latencyMs ?? 0;
    this.#modelId = options.modelId ?? 'scripted';
    this.#answered = options.idempotent === true ? new Map() : undefined;
    this.#server = createServer((incoming, response) => {
      this.#handle(incoming, response).catch((thrown: unknown) => {
        const message = `The script failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
        if (response.headersSent) response.destroy();
        else sendRefusal(response, { status: 500, message, headers: { 'x-should-retry': 'false' } });
      });
    });
  }

  async start(): Promise<ScriptedServer> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const url = `http://127.0.0.1:${port}/v1`;
    const close = () => this.#close();
    return {
      url,
      spec: `${url}#${this.#modelId}`,
      requests: this.#requests,
      counts: () => ({
        requests: this.#requests.length,
        promptTokens: this.#promptTokens,
        completionTokens: this.#completionTokens,
      }),
      peakConcurrency: () => this.#peak,
      received: (count) => this.#received(count),
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  #received(count: number): Promise<void> {
    if (this.#requests.length >= count) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.add({ count, resolve });
    });
  }

  async #close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (incoming.method === 'GET' && incoming.url === '/v1/models') {
      sendJson(
        response,
        200,
        JSON.stringify({ object: 'list', data: [{ id: this.#modelId, object: 'model', created: 0, owned_by: 'planwright' }] }),
      );
      return;
    }
    if (incoming.method !== 'POST' || incoming.url !== '/v1/chat/completions') {
      sendRefusal(response, { status: 404, message: `There is no ${incoming.method} ${incoming.url} here.` });
      return;
    }
    const body = await readChatRequest(incoming);
    if (body === undefined) sendRefusal(response, { status: 400, message: 'The body is not a chat request in JSON.' });
    else await this.#answer(this.#take(body, incoming), response);
  }

  #take(body: ChatRequestBody, incoming: IncomingMessage): ScriptedRequest {
    const request: ScriptedRequest = {
      index: this.#requests.length,
      body,
      headers: incoming.headers,
      text: messageText(body.messages),
      receivedMs: this.#clock.now(),
      endedMs: null,
      abandoned: false,
    };
    this.#requests.push(request);
    for (const waiter of this.#waiters) {
      if (this.#requests.length < waiter.count) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
    return request;
  }

  async #answer(request: ScriptedRequest, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    let cut = false;
    this.#underWay += 1;
    this.#peak = Math.max(this.#peak, this.#underWay);
    response.once('close', () => {
      this.#underWay -= 1;
      request.endedMs = this.#clock.now();
      request.abandoned = !response.writableEnded && !cut && !this.#closing.signal.aborted;
      gone.abort();
    });
    const signal = AbortSignal.any([gone.signal, this.#closing.signal]);
    const key = String(request.headers['idempotency-key'] ?? '');
    const known = key === '' ? undefined : this.#answered?.get(key);
    try {
      const reply = known ?? (await this.#script(request, request.index));
      await playReply(reply, {
        request,
        response,
        signal,
        clock: this.#clock,
        latencyMs: this.#latencyMs,
        complete: ({ promptTokens, completionTokens }) => {
          if (known !== undefined) return;
          if (key !== '') this.#answered?.set(key, reply);
          this.#promptTokens += promptTokens;
          this.#completionTokens += completionTokens;
        },
        cut: () => {
          cut = true;
        },
      });
    } catch (thrown) {
      // The client has gone, or the server closes: there is nobody to answer.
      if (!signal.aborted) throw thrown;
    }
  }
}

/** undefined when it is too large or no chat request. */
async function readChatRequest(incoming: IncomingMessage): Promise<ChatRequestBody | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    bytes += piece.byteLength;
    if (bytes > maxRequestBytes) return undefined;
    pieces.push(piece);
  }
  try {
    return chatRequest.parse(JSON.parse(Buffer.concat(pieces).toString('utf8'))) as ChatRequestBody;
  } catch {
    return undefined;
  }
}
