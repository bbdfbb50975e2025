/**
 * One who follows a run: reads a feed from where it was before, in messages of the event stream.
 *
 * 1. Every event behind the given cursor comes once, whatever the order in which this feed has them.
 * 2. Nothing is kept of what was not asked for: a slow reader costs its place in the feed and some deltas.
 */
import type { LiveDelta, RunStatus } from '../index.ts';
import { type EventCursor, writeCursor } from './event-cursor.ts';
import type { FeedEntry, FeedListener, FeedRun, RunFeed } from './run-feed.ts';

/** A text that is handed out at once grows no longer. */
const batchCharacters = 64_000;
/** More of them are about what is over already. */
const maxDeltas = 50;

export class FeedReader implements FeedListener {
  readonly #feed: RunFeed;
  readonly #cursor: EventCursor;
  #place = 0;
  #toldStatus: RunStatus | null = null;
  #deltas: string[] = [];
  #wake: (() => void) | null = null;
  #isDone = false;

  constructor(feed: RunFeed, cursor: EventCursor) {
    this.#feed = feed;
    this.#cursor = cursor;
    feed.listeners.add(this);
  }

  /** Whether the cursor is behind everything that this run will ever bring. */
  get isAtEnd(): boolean {
    return this.#feed.root.endSeq !== null && this.#feed.isClosed && !this.#feed.entries.some((entry) => !this.#hasRead(entry));
  }

  /** Whether the cursor names an event that is there. */
  get isPlausible(): boolean {
    if (this.#cursor.seq > this.#feed.root.seq) return false;
    for (const [runId, seq] of this.#cursor.below) if (seq > (this.#feed.runs.get(runId)?.seq ?? -1)) return false;
    return true;
  }

  /**
   * The next messages.
   * @param patienceMs Resolves after so long without any; the text is then a comment, which keeps the connection alive.
   * @returns null when nothing comes any more.
   */
  async next(patienceMs: number): Promise<string | null> {
    for (;;) {
      const text = this.#take();
      if (text !== '') return text;
      if (this.#isDone) return null;
      if (this.#feed.isClosed) {
        this.#isDone = true;
        // Stopped with the server: the run goes on, and a reader comes again.
        return this.#feed.root.endSeq === null ? null : message('end', { status: this.#feed.status });
      }
      if (!(await this.#wait(patienceMs))) return ': waiting\n\n';
    }
  }

  stop(): void {
    this.#feed.listeners.delete(this);
    this.#isDone = true;
    this.wake();
  }

  wake(): void {
    this.#wake?.();
  }

  delta(runId: string, delta: LiveDelta): void {
    if (this.#deltas.length >= maxDeltas || this.#place < this.#feed.entries.length) return;
    this.#deltas.push(message('delta', { runId, delta }));
    this.wake();
  }

  #take(): string {
    let text = '';
    if (this.#toldStatus !== this.#feed.status) {
      this.#toldStatus = this.#feed.status;
      text = message('status', { status: this.#feed.status });
    }
    for (; text.length < batchCharacters; this.#place += 1) {
      const entry = this.#feed.entries[this.#place];
      if (entry === undefined) break;
      if (this.#hasRead(entry)) continue;
      this.#move(entry);
      text += `id: ${writeCursor(this.#cursor, this.#feed.root.runId)}\nevent: run-event\ndata: ${entry.data}\n\n`;
    }
    if (this.#deltas.length > 0) text += this.#deltas.splice(0).join('');
    return text;
  }

  #hasRead({ node, seq }: FeedEntry): boolean {
    return seq <= this.#readOf(node);
  }

  /** How far a run was read. */
  #readOf(run: FeedRun): number {
    if (run.parent === null) return this.#cursor.seq;
    const named = this.#cursor.below.get(run.runId);
    if (named !== undefined) return named;
    const isOver = run.finishSeq !== null && run.finishSeq <= this.#readOf(run.parent);
    return isOver ? Number.POSITIVE_INFINITY : 0;
  }

  #move({ node, seq, settles }: FeedEntry): void {
    const { below } = this.#cursor;
    // A sub-team's run that is not read to its end has to be named from now on.
    if (settles !== null && settles !== node && !below.has(settles.runId)) below.set(settles.runId, this.#readOf(settles));
    if (node.parent === null) this.#cursor.seq = seq;
    else below.set(node.runId, seq);
    if (settles !== null) this.#forget(settles);
  }

  /** What is over and read whole needs no name. */
  #forget(run: FeedRun): void {
    const { parent, finishSeq, endSeq, runId } = run;
    if (parent === null || finishSeq === null || endSeq === null) return;
    if (this.#readOf(run) >= endSeq && this.#readOf(parent) >= finishSeq) this.#cursor.below.delete(runId);
  }

  /** @returns false when the patience was over first. */
  #wait(patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (isAwake: boolean): void => {
        clearTimeout(timer);
        this.#wake = null;
        resolve(isAwake);
      };
      const timer = setTimeout(() => done(false), patienceMs);
      timer.unref();
      this.#wake = () => done(true);
    });
  }
}

function message(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
