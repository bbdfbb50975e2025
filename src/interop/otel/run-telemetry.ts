/**
 * Follows one driven run and sends its spans as their ends become durable. Whoever holds the run's lease drives it, so a run has
 * one of these at a time.
 *
 * 1. It never slows or fails a run: what it hears it folds at once, all else happens in the background, and what goes wrong is told.
 * 2. Ends that were durable before it began are not sent again: the process that made them did.
 * 3. Calls that other processes made are found in the store.
 */
import { systemClock } from '../../clock.ts';
import type { Store } from '../../engine/store.ts';
import { toErrorRecord } from '../../errors.ts';
import type { JournalEntry } from '../../events.ts';
import type { CallRecord } from '../../model/call-record.ts';
import type { TextRedactor } from '../../redact/redactor.ts';
import type { Team } from '../../team/team.ts';
import { capturesContent } from './conventions.ts';
import { RunTreeSpans } from './run-tree-spans.ts';
import { cleanContent } from './span-content.ts';
import { openSpanSender, type SpanSender } from './span-sender.ts';
import type { TelemetryOptions } from './telemetry-options.ts';
import type { TraceSpan } from './trace-span.ts';

export interface RunTelemetry {
  /** The store, heard at: its calls become spans. */
  readonly store: Store;
  /** Reads what is there of a run that goes on. To be called once this process holds it, and before it is driven. */
  begin(): Promise<void>;
  enter(runId: string, entries: readonly JournalEntry[]): void;
  /** Sends what is left, for a while. */
  close(): Promise<void>;
}

export interface RunTelemetryOptions {
  store: Store;
  rootRunId: string;
  team: Team;
  telemetry: TelemetryOptions;
  env: Readonly<Record<string, string | undefined>>;
  /** Passed over all content. */
  redactor?: TextRedactor;
  /** Whether other processes make calls for it. */
  isShared: boolean;
}

const defaultFlushMs = 2_000;
/** A look through all calls of a run takes longer the more there are: it rests so many times as long as it took. */
const restPerLook = 20;
const leastRestMs = 1_000;

/** @throws {PlanwrightError} `usage` as `openSpanSender`. */
export async function openRunTelemetry(options: RunTelemetryOptions): Promise<RunTelemetry> {
  const { telemetry, env } = options;
  return new FollowedRun(options, await openSpanSender(telemetry, env));
}

class FollowedRun implements RunTelemetry {
  readonly store: Store;
  readonly #options: RunTelemetryOptions;
  readonly #sender: SpanSender;
  readonly #spans: RunTreeSpans;
  readonly #capturesContent: boolean;
  readonly #seen = new Set<string>();
  /** Heard before it began. */
  #early: CallRecord[] | null = [];
  /** Contents are read one after another, off the run's way. */
  #reading: Promise<void> = Promise.resolve();
  #looking: Promise<void> | null = null;
  #looksAtMs = 0;
  #hasFailed = false;

  constructor(options: RunTelemetryOptions, sender: SpanSender) {
    const { telemetry, env, rootRunId, team, store } = options;
    this.#options = options;
    this.#sender = sender;
    this.#spans = new RunTreeSpans(rootRunId, team);
    this.#capturesContent = telemetry.captureContent ?? capturesContent(env);
    this.store = hearCalls(store, (call) => this.#guard(() => this.#enterCall(call)));
  }

  async begin(): Promise<void> {
    const early = this.#early ?? [];
    try {
      await this.#readBefore(new Set(early.map(({ key }) => key)));
    } catch (thrown) {
      this.#tell(thrown);
    }
    this.#early = null;
    this.#guard(() => {
      for (const call of early) this.#enterCall(call);
    });
  }

  enter(runId: string, entries: readonly JournalEntry[]): void {
    this.#guard(() => {
      this.#send(this.#spans.enter(runId, entries));
      const madeCalls = entries.some(({ event }) => event.type === 'attempt-finished' || event.type === 'verdict-given');
      if (madeCalls && this.#options.isShared) this.#lookSoon();
    });
  }

  async close(): Promise<void> {
    try {
      await this.#looking;
      if (this.#options.isShared) await this.#look();
      await this.#reading;
      await this.#sender.flush(this.#options.telemetry.flushMs ?? defaultFlushMs);
    } catch (thrown) {
      this.#tell(thrown);
    }
    this.#sender.close();
  }

  /** Folds what is there without telling of it, less the calls that this process made and has not told yet. */
  async #readBefore(untold: ReadonlySet<string>): Promise<void> {
    const { store, rootRunId } = this.#options;
    if ((await store.getRun(rootRunId)) === undefined) return;
    const runs = await store.listRuns({ rootRunId });
    // A run's id begins with that of the run above it.
    for (const { runId } of runs.toSorted((a, b) => a.runId.length - b.runId.length)) {
      this.#spans.enter(runId, await store.readEvents(runId));
    }
    for (const { key, outcome } of await store.listCalls(rootRunId)) {
      if (outcome !== 'started' && !untold.has(key)) this.#seen.add(key);
    }
  }

  #enterCall(call: CallRecord): void {
    if (this.#early !== null) {
      this.#early.push(call);
      return;
    }
    if (call.outcome === 'started' || this.#seen.has(call.key)) return;
    this.#seen.add(call.key);
    const span = this.#spans.enterCall(call);
    if (span !== null) this.#send([span]);
  }

  #lookSoon(): void {
    if (this.#looking !== null || systemClock.now() < this.#looksAtMs) return;
    this.#looking = this.#look()
      .catch((thrown: unknown) => this.#tell(thrown))
      .finally(() => {
        this.#looking = null;
      });
  }

  async #look(): Promise<void> {
    const { store, rootRunId } = this.#options;
    const beganMs = systemClock.now();
    for (const call of await store.listCalls(rootRunId)) this.#enterCall(call);
    const endedMs = systemClock.now();
    this.#looksAtMs = endedMs + Math.max(leastRestMs, (endedMs - beganMs) * restPerLook);
  }

  #send(spans: readonly TraceSpan[]): void {
    for (const span of spans) {
      const { readContent } = span;
      if (!this.#capturesContent || readContent === undefined) this.#sender.send(span, null);
      else {
        this.#reading = this.#reading
          .then(async () => this.#sender.send(span, cleanContent(await readContent(this.#options.store), this.#options.redactor)))
          .catch((thrown: unknown) => {
            this.#sender.send(span, null);
            this.#tell(thrown);
          });
      }
    }
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.#tell(thrown);
    }
  }

  #tell(thrown: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const { onProblem } = this.#options.telemetry;
    const message = `The trace of run ${this.#options.rootRunId} is not whole: ${toErrorRecord(thrown).message}`;
    if (onProblem === undefined) process.emitWarning(message, 'PlanwrightTelemetry');
    else onProblem(message);
  }
}

/** The same store; `onCall` hears of each call once it is durable. */
function hearCalls(store: Store, onCall: (call: CallRecord) => void): Store {
  const putCall: Store['putCall'] = async (call) => {
    await store.putCall(call);
    onCall(call);
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'putCall') return putCall;
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}
