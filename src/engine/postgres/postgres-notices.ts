/**
 * Who waits for a change hears of it, in whatever process it is made: one channel a schema, one connection that listens.
 *
 * A notice is a hint and no more: it is sent after the change is committed, in a transaction of its own (many at once), and
 * may be lost. So listeners are also called every second while nothing is heard, every five seconds otherwise, and whenever
 * the connection is back.
 */
import { hash } from 'node:crypto';
import type pg from 'pg';
import { type Clock, systemClock } from '../../clock.ts';
import type { PostgresConnection } from './postgres-connection.ts';

/** What has changed: signals, events or results of a run; limits of a model; what a worker may take up, or has to stop. */
export type NoticeKind = 'signal' | 'events' | 'results' | 'limits' | 'work' | 'withdrawn';

const deafPollMs = 1_000;
const pollMs = 5_000;
const sendPatienceMs = 1_000;
const longestPauseMs = 1_000;
/** PostgreSQL's limit is 8,000 bytes. */
const maximumPayloadBytes = 7_900;

type Listener = () => void;

export class PostgresNotices {
  readonly #connection: PostgresConnection;
  readonly #clock: Clock = systemClock;
  readonly #channel: string;
  /** By `kind:runId`; `kind:` for all of a kind. */
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #closing = new AbortController();
  #outgoing = new Set<string>();
  #sending: Promise<void> | undefined;
  #listening: Promise<void> | undefined;
  #isHearing = false;
  #lastPollMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: PostgresConnection) {
    this.#connection = connection;
    const name = `planwright_${connection.target.schema}`;
    this.#channel = name.length <= 63 ? name : `planwright_${hash('sha256', name).slice(0, 40)}`;
  }

  /** Whether the listening connection stands. */
  get isHearing(): boolean {
    return this.#isHearing;
  }

  /**
   * @param runId null: whatever the run. For `limits` it is the model.
   * @param listener Called after a change, now and then without one, and not with what has changed: it reads that itself.
   * @returns what ends it.
   */
  onChange(kind: NoticeKind, runId: string | null, listener: Listener): () => void {
    const topic = `${kind}:${runId ?? ''}`;
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    this.#start();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
    };
  }

  /** Tells everybody, soon. */
  post(kind: NoticeKind, runId: string): void {
    const payload = `${kind}:${runId}`;
    if (this.#closing.signal.aborted || !payload.isWellFormed() || payload.includes('\u0000')) return;
    if (Buffer.byteLength(payload) > maximumPayloadBytes) return;
    this.#outgoing.add(payload);
    this.#sending ??= this.#send();
  }

  async close(): Promise<void> {
    await this.#sending;
    this.#closing.abort();
    clearInterval(this.#timer);
    await this.#listening;
    this.#listeners.clear();
  }

  async #send(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#outgoing.size > 0) {
      const payloads = [...this.#outgoing];
      this.#outgoing = new Set();
      // Nothing is lost with it that polling does not find, so its commit need not wait for the disk.
      const sent = this.#connection.run(
        (session) =>
          session.query(
            "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, payload) FROM unnest($2::text[]) AS payload",
            [this.#channel, payloads],
          ),
        sendPatienceMs,
      );
      await sent.catch(() => undefined);
    }
    this.#sending = undefined;
  }

  #start(): void {
    if (this.#closing.signal.aborted) return;
    this.#timer ??= setInterval(() => this.#poll(), deafPollMs).unref();
    this.#listening ??= this.#listen();
  }

  #poll(): void {
    const nowMs = performance.now();
    if (this.#isHearing && nowMs - this.#lastPollMs < pollMs) return;
    this.#lastPollMs = nowMs;
    this.#callAll();
  }

  async #listen(): Promise<void> {
    const { signal } = this.#closing;
    for (let pauseMs = 50; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const heard = await this.#hear(signal);
      if (heard) pauseMs = 50;
      await this.#clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  /** Until the connection ends. @returns whether it stood at all. */
  async #hear(signal: AbortSignal): Promise<boolean> {
    const client = this.#connection.openClient();
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve);
      client.on('error', () => resolve());
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      await client.connect();
      client.on('notification', ({ payload }) => this.#dispatch(payload ?? ''));
      await client.query(`LISTEN "${this.#channel}"`);
      this.#isHearing = true;
      unrefSocket(client);
      this.#callAll();
      await ended;
      return true;
    } catch {
      return false;
    } finally {
      this.#isHearing = false;
      await endClient(client);
    }
  }

  #dispatch(payload: string): void {
    const kind = payload.slice(0, payload.indexOf(':') + 1);
    call(this.#listeners.get(payload));
    if (kind !== payload) call(this.#listeners.get(kind));
  }

  #callAll(): void {
    for (const listeners of this.#listeners.values()) call(listeners);
  }
}

function call(listeners: ReadonlySet<Listener> | undefined): void {
  // One that begins to listen meanwhile is not called.
  for (const listener of new Set(listeners)) listener();
}

/** A connection that is cut off never says that it has ended. */
async function endClient(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), systemClock.sleep(500)]);
}

/** Listening alone keeps no process alive. */
function unrefSocket(client: pg.Client): void {
  const { stream } = client.connection;
  if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
}
