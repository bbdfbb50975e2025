/**
 * The events of a run and of the runs of its sub-teams, read from the store once for all who follow them.
 *
 * 1. Events of one run come in the order of their `seq`, without gaps; those of a sub-team's run come before the event that
 *    ends its attempt, as far as they were entered before it.
 * 2. What is kept is each event's text, once, however many read it; a reader holds a place in it.
 * 3. The feed closes when the run has ended and everything that was entered is in it.
 */
import { type LiveDelta, type RunEvent, type RunStatus, type Store, subRunId } from '../index.ts';
import { statusOf } from './list-runs.ts';

export interface FeedEntry {
  node: FeedRun;
  seq: number;
  /** JSON of the update. */
  data: string;
  /** Whether the place of a sub-team's run changes with it: the attempt ends, or the run. */
  settles: FeedRun | null;
}

/** One run of the tree. */
export interface FeedRun {
  runId: string;
  parent: FeedRun | null;
  /** Of the last event in the feed. */
  seq: number;
  /** Of the parent's event that ended the attempt; null: it is under way. */
  finishSeq: number | null;
  /** Of the run's own last event; null: it has not ended. */
  endSeq: number | null;
  /** Names of roles that are teams. */
  composites: ReadonlySet<string>;
  /** Runs of sub-teams that may still bring events. */
  open: Map<string, FeedRun>;
}

export interface RunFeedOptions {
  store: Store;
  runId: string;
  /** How often the store is looked at when nobody says that there is something. */
  lookEveryMs: number;
  onError: (thrown: unknown) => void;
}

/** A reader that waits: `deltas` are for those that have read everything. */
export interface FeedListener {
  wake(): void;
  delta(runId: string, delta: LiveDelta): void;
}

/** Entries that are taken in at once: the texts of a long journal are not made in one go. */
const entriesAtOnce = 2000;
/** With many readers, one message of ten events costs a tenth of ten messages. */
const gatherMs = 15;

export class RunFeed {
  readonly entries: FeedEntry[] = [];
  readonly root: FeedRun;
  /** Every run of the tree that has come up, by id. */
  readonly runs = new Map<string, FeedRun>();
  readonly listeners = new Set<FeedListener>();
  #status: RunStatus = 'running';
  #endStatus: RunStatus | null = null;
  #isClosed = false;
  readonly #options: RunFeedOptions;
  #looking: Promise<void> | null = null;
  #lookAgain = false;
  #isSoon = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RunFeedOptions) {
    this.#options = options;
    this.root = createFeedRun(options.runId, null);
    this.runs.set(options.runId, this.root);
  }

  get status(): RunStatus {
    return this.#status;
  }

  /** Nothing comes any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Reads what is new. Looks that are asked for while one is under way become one after it. */
  async look(): Promise<void> {
    if (this.#looking !== null) {
      this.#lookAgain = true;
      return this.#looking;
    }
    this.#looking = this.#lookOn();
    try {
      await this.#looking;
    } finally {
      this.#looking = null;
    }
  }

  /** Somebody says that there is something: looks soon, and once for all that is said meanwhile. */
  lookSoon(): void {
    if (this.#isSoon || this.#isClosed) return;
    this.#isSoon = true;
    setTimeout(() => {
      this.#isSoon = false;
      this.look().catch(this.#options.onError);
    }, gatherMs);
  }

  /** For what is not entered. */
  tell(runId: string, delta: LiveDelta): void {
    for (const listener of this.listeners) listener.delta(runId, delta);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isClosed = true;
    for (const listener of this.listeners) listener.wake();
  }

  async #lookOn(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.#readAll();
    } finally {
      // Also after a failure: a store that does not answer now may do so later.
      if (!this.#isClosed) {
        this.#timer = setTimeout(() => {
          this.look().catch(this.#options.onError);
        }, this.#options.lookEveryMs);
        this.#timer.unref();
      }
    }
  }

  async #readAll(): Promise<void> {
    do {
      this.#lookAgain = false;
      const known = this.entries.length;
      const status = await this.#readStatus();
      await this.#read(this.root);
      this.#isClosed ||= await this.#isOver();
      // The run's record follows its last event, which says it too.
      const now = this.#isClosed ? await this.#readStatus() : status;
      const isOther = now !== this.#status;
      this.#status = now;
      if (isOther || this.#isClosed || this.entries.length > known) for (const listener of this.listeners) listener.wake();
    } while (this.#lookAgain && !this.#isClosed);
  }

  /** A sub-team's last events may come after those of the run that withdrew it, as long as somebody holds the run. */
  async #isOver(): Promise<boolean> {
    if (this.root.endSeq === null) return false;
    if (this.root.open.size === 0) return true;
    if (await this.#options.store.isDriven(this.root.runId)) return false;
    await this.#readOpen(this.root);
    return true;
  }

  /** As the list of runs has it. */
  async #readStatus(): Promise<RunStatus> {
    const { store, runId } = this.#options;
    if (this.#endStatus !== null) return this.#endStatus;
    const record = await store.getRun(runId);
    return record === undefined ? this.#status : statusOf(store, record);
  }

  async #read(run: FeedRun): Promise<void> {
    const entries = await this.#options.store.readEvents(run.runId, run.seq);
    for (const [index, entry] of entries.entries()) {
      if (index % entriesAtOnce === entriesAtOnce - 1) await new Promise((resolve) => setImmediate(resolve));
      const { event, seq } = entry;
      const finished = this.#findFinished(run, event);
      if (finished !== null) await this.#read(finished);
      run.seq = seq;
      this.#take(run, event, finished);
      this.entries.push({
        node: run,
        seq,
        data: JSON.stringify({ runId: run.runId, ...entry }),
        settles: finished ?? (event.type === 'run-ended' ? run : null),
      });
    }
    await this.#readOpen(run);
  }

  async #readOpen(run: FeedRun): Promise<void> {
    for (const child of run.open.values()) {
      await this.#read(child);
      if (child.finishSeq !== null && child.endSeq !== null && child.open.size === 0) run.open.delete(child.runId);
    }
  }

  #findFinished(run: FeedRun, event: RunEvent): FeedRun | null {
    if (event.type !== 'attempt-finished') return null;
    return this.runs.get(subRunId(run.runId, event.subtaskId, event.attempt)) ?? null;
  }

  #take(run: FeedRun, event: RunEvent, finished: FeedRun | null): void {
    if (finished !== null) finished.finishSeq = run.seq;
    if (event.type === 'run-ended') {
      run.endSeq = run.seq;
      if (run === this.root) this.#endStatus = event.status;
    } else if (event.type === 'run-started') {
      const { roles } = event.settings;
      run.composites = new Set(Object.keys(roles).filter((name) => roles[name]?.composite === true));
    } else if (event.type === 'attempt-started' && run.composites.has(event.role)) {
      const child = createFeedRun(subRunId(run.runId, event.subtaskId, event.attempt), run);
      this.runs.set(child.runId, child);
      run.open.set(child.runId, child);
    }
  }
}

function createFeedRun(runId: string, parent: FeedRun | null): FeedRun {
  return { runId, parent, seq: 0, finishSeq: null, endSeq: null, composites: new Set(), open: new Map() };
}
