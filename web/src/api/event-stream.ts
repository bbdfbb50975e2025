/**
 * Server-sent events that survive a lost connection: it is opened anew with `Last-Event-ID`, and what was seen before is
 * skipped. `EventSource` does the first half; it neither says why it failed nor lets a page retry at once.
 */
import { ApiError, openStream } from './request.ts';
import { createSseParser, type SseMessage } from './sse-parser.ts';

export type Connection =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** Tried again by itself after `retryMs`. */
  | { kind: 'lost'; reason: string; retryMs: number }
  /** Nothing more will come. */
  | { kind: 'closed' }
  /** Trying again would not help. */
  | { kind: 'refused'; reason: string };

export interface StreamOptions {
  onMessage: (message: SseMessage) => void;
  onConnection: (connection: Connection) => void;
  /** Id of the last event that was taken; '' before the first. */
  lastEventId: () => string;
}

const firstRetryMs = 500;
const longestRetryMs = 8000;
/** The server sends a comment at least each 15 s; a connection that is silent for longer is dead. */
const silenceMs = 40_000;

/** @returns ends it. */
export function followStream(path: string, { onMessage, onConnection, lastEventId }: StreamOptions): () => void {
  const closing = new AbortController();
  let hasEnded = false;
  let retryMs = firstRetryMs;
  let wake: (() => void) | null = null;

  const connectOnce = async (): Promise<void> => {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    closing.signal.addEventListener('abort', stop);
    window.addEventListener('offline', stop);
    let silence = setTimeout(stop, silenceMs);
    try {
      const last = lastEventId();
      const headers: Record<string, string> = last === '' ? {} : { 'last-event-id': last };
      const { body, status } = await openStream(path, headers, attempt.signal);
      // 204: it has ended, and nothing is behind the last event.
      if (status === 204) hasEnded = true;
      if (body === null || hasEnded) return;
      onConnection({ kind: 'live' });
      const parser = createSseParser((message) => {
        if (message.event === 'end') hasEnded = true;
        onMessage(message);
      });
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        retryMs = firstRetryMs;
        clearTimeout(silence);
        silence = setTimeout(stop, silenceMs);
        parser.push(value);
      }
    } finally {
      clearTimeout(silence);
      closing.signal.removeEventListener('abort', stop);
      window.removeEventListener('offline', stop);
    }
  };

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, retryMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const onOnline = () => wake?.();

  const follow = async (): Promise<void> => {
    window.addEventListener('online', onOnline);
    onConnection({ kind: 'connecting' });
    while (!closing.signal.aborted && !hasEnded) {
      let reason = 'The connection was closed.';
      try {
        await connectOnce();
      } catch (error) {
        if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
          onConnection({ kind: 'refused', reason: error.message });
          return;
        }
        if (error instanceof ApiError) reason = error.message;
      }
      if (closing.signal.aborted || hasEnded) break;
      onConnection({ kind: 'lost', reason, retryMs });
      await pause();
      retryMs = Math.min(longestRetryMs, retryMs * 2);
    }
    if (hasEnded) onConnection({ kind: 'closed' });
  };

  follow()
    .catch((error: unknown) => onConnection({ kind: 'refused', reason: String(error) }))
    .finally(() => window.removeEventListener('online', onOnline));
  return () => {
    closing.abort();
    wake?.();
  };
}
