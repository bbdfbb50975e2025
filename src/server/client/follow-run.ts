/**
 * A run's events over the network, as if the connection never broke: after a break it asks again for what is behind the
 * last event that it has handed over, so none is lost and none comes twice.
 */

import type { StreamMessage } from '../schemas/event.ts';
import type { ApiFailure } from '../schemas/failure.ts';

export interface FollowRunOptions {
  /** Of the server: `http://127.0.0.1:7420`. */
  url: string;
  runId: string;
  token?: string;
  /** The id of the last event that was seen before. Default: none was. */
  after?: string;
  /** Ends the following; the run goes on. */
  signal?: AbortSignal;
  /** Between a break and the next try, doubled up to 30 times as long. Default 500. */
  retryMs?: number;
  /** Hears of each break. */
  onBreak?: (thrown: unknown) => void;
  /** Default: the platform's. */
  fetch?: typeof fetch;
}

/** `id`: of a `run-event`; hand it over as `after` to go on behind it. */
export type FollowedMessage = StreamMessage & { id: string | null };

/**
 * Ends after the message `end`, at once when nothing is behind `after` and the run has ended, and with the signal.
 * @throws {Error} when the server refuses: what it says, with the status.
 */
export async function* followRun(options: FollowRunOptions): AsyncGenerator<FollowedMessage> {
  const { retryMs = 500, onBreak } = options;
  let after = options.after;
  let waitMs = retryMs;
  for (;;) {
    if (isAborted(options)) return;
    try {
      const response = await ask(options, after);
      if (response.status === 204) return;
      await refuse(response);
      for await (const message of readMessages(response)) {
        waitMs = retryMs;
        after = message.id ?? after;
        yield message;
        if (message.name === 'end') return;
      }
    } catch (thrown) {
      if (thrown instanceof Refusal) throw thrown;
      if (isAborted(options)) return;
      onBreak?.(thrown);
    }
    await sleep(waitMs, options.signal);
    waitMs = Math.min(waitMs * 2, retryMs * 30);
  }
}

class Refusal extends Error {}

function isAborted({ signal }: FollowRunOptions): boolean {
  return signal?.aborted === true;
}

function ask({ url, runId, token, signal, fetch = globalThis.fetch }: FollowRunOptions, after: string | undefined) {
  const path = `/api/runs/${encodeURIComponent(runId)}/events`;
  return fetch(`${url.replace(/\/$/, '')}${path}`, {
    headers: {
      accept: 'text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(after === undefined ? {} : { 'last-event-id': after }),
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What the server will say again is not asked again. */
async function refuse(response: Response): Promise<void> {
  if (response.ok) return;
  const text = await response.text();
  if (response.status >= 500) throw new Error(`The server answered ${response.status}.`);
  let message = text.slice(0, 200);
  try {
    ({ message } = (JSON.parse(text) as ApiFailure).error);
  } catch {
    // A proxy answers in its own way.
  }
  throw new Refusal(`${response.status}: ${message}`);
}

/** The messages of an event stream (HTML Living Standard, 9.2.6), of which the server uses `id`, `event` and one line of `data`. */
async function* readMessages(response: Response): AsyncGenerator<FollowedMessage> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const message = readMessage(block);
        if (message !== null) yield message;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** null for a comment, and for what a later server may send. */
function readMessage(block: string): FollowedMessage | null {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)] as const;
    }),
  );
  const name = fields.get('event');
  const data = fields.get('data');
  if (data === undefined || !names.some((known) => known === name)) return null;
  return { id: fields.get('id') ?? null, name, data: JSON.parse(data) } as FollowedMessage;
}

const names = ['run-event', 'status', 'delta', 'end'] as const satisfies readonly StreamMessage['name'][];

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
