/** The feeds of all runs that somebody follows, and the streams that read them. */
import type { LiveDelta, Store } from '../index.ts';
import { ApiError } from './api-error.ts';
import { type EventCursor, readCursor } from './event-cursor.ts';
import { FeedReader } from './feed-reader.ts';
import { RunFeed } from './run-feed.ts';

export interface FeedHubOptions {
  store: Store;
  onError: (thrown: unknown) => void;
  /** How often the store is looked at for runs that other processes drive. Default 250. */
  lookEveryMs?: number;
  /** Between two comments on a quiet stream. Default 15,000. */
  heartbeatMs?: number;
  /** Streams at once. Default 1,000. */
  maxStreams?: number;
}

/** A feed that nobody reads is kept for so long: whoever has lost the connection comes back to it. */
const lingerMs = 5_000;

export class FeedHub {
  readonly #options: FeedHubOptions;
  readonly #feeds = new Map<string, RunFeed>();
  readonly #readers = new Set<FeedReader>();

  constructor(options: FeedHubOptions) {
    this.#options = options;
  }

  get streams(): number {
    return this.#readers.size;
  }

  /**
   * The events of a run as the body of a stream.
   * @param after The id of the last event that was seen; default: none was.
   * @returns null when the run has ended and nothing is behind `after`.
   * @throws {ApiError} `malformed` for an id that is none of this run's; `busy`.
   */
  async open(runId: string, after: string | undefined): Promise<ReadableStream<Uint8Array> | null> {
    const { maxStreams = 1000, heartbeatMs = 15_000 } = this.#options;
    if (this.#readers.size >= maxStreams) throw new ApiError('busy', `${maxStreams} streams are open, as many as may be.`);
    const cursor = after === undefined ? { seq: 0, below: new Map<string, number>() } : readCursor(after, runId);
    if (cursor === null) throw badCursor();
    const reader = await this.#read(runId, cursor);
    if (!reader.isPlausible) {
      this.#close(runId, reader);
      throw badCursor();
    }
    if (after !== undefined && reader.isAtEnd) {
      this.#close(runId, reader);
      return null;
    }
    const encoder = new TextEncoder();
    let isFirst = true;
    return new ReadableStream<Uint8Array>(
      {
        // Called when the one before was taken: what nobody takes is never made.
        pull: async (controller) => {
          const text = await reader.next(heartbeatMs);
          if (text === null) {
            this.#close(runId, reader);
            controller.close();
          } else controller.enqueue(encoder.encode(isFirst ? `retry: 1000\n\n${text}` : text));
          isFirst = false;
        },
        cancel: () => this.#close(runId, reader),
      },
      { highWaterMark: 0 },
    );
  }

  /** Something was entered in this run's tree. */
  wake(runId: string): void {
    this.#feeds.get(runId)?.lookSoon();
  }

  tell(rootRunId: string, runId: string, delta: LiveDelta): void {
    this.#feeds.get(rootRunId)?.tell(runId, delta);
  }

  /** Ends every stream. */
  close(): void {
    for (const feed of this.#feeds.values()) feed.stop();
    this.#feeds.clear();
  }

  async #read(runId: string, cursor: EventCursor): Promise<FeedReader> {
    const { store, onError, lookEveryMs = 250 } = this.#options;
    let feed = this.#feeds.get(runId);
    if (feed === undefined) {
      feed = new RunFeed({ store, runId, lookEveryMs, onError });
      this.#feeds.set(runId, feed);
    }
    // Before it looks: a feed with a reader is not given up.
    const reader = new FeedReader(feed, cursor);
    this.#readers.add(reader);
    try {
      await feed.look();
    } catch (thrown) {
      this.#close(runId, reader);
      throw thrown;
    }
    return reader;
  }

  #close(runId: string, reader: FeedReader): void {
    reader.stop();
    this.#readers.delete(reader);
    const feed = this.#feeds.get(runId);
    if (feed === undefined || feed.listeners.size > 0) return;
    const timer = setTimeout(() => {
      if (feed.listeners.size > 0 || this.#feeds.get(runId) !== feed) return;
      feed.stop();
      this.#feeds.delete(runId);
    }, lingerMs);
    timer.unref();
  }
}

function badCursor(): ApiError {
  return new ApiError('malformed', 'Last-Event-ID is no place in this run. Leave it out to read the events from the first one.');
}
