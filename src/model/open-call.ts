/** One request that has been let through: it ends once, in a record and a settlement, however many things end it. */
import type { LanguageModelV4GenerateResult, LanguageModelV4Usage } from '@ai-sdk/provider';
import type { Clock } from '../clock.ts';
import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import type { LiveDelta } from '../live.ts';
import { freeTryKey } from './call-journal.ts';
import type { CallRecord, CallScope } from './call-record.ts';
import type { Reservation } from './limiter.ts';
import type { Model, ModelSpec } from './model.ts';
import { describeThrown, findPlanwrightError } from './model-error.ts';
import { writeAnswer } from './response-json.ts';
import { answerCharacters, answerTooLarge, maxAnswerCharacters } from './stream-content.ts';
import { type MeasuredUsage, measureUsage, noUsage } from './usage.ts';

export interface OpenCallOptions {
  model: Model;
  scope: CallScope;
  store: Pick<Store, 'findCall' | 'putCall'>;
  clock: Clock;
  callTimeoutMs: number;
  idleTimeoutMs: number;
  onDelta?: (delta: LiveDelta) => void;
  key: string;
  requestHash: string;
  reservation: Reservation;
  promptCharacters: number;
  callerSignal: AbortSignal | undefined;
}

/** What is known of an answer that broke off. */
export interface PartialAnswer {
  /** The model had begun to answer: tokens were spent. */
  started: boolean;
  characters: number;
  usage?: LanguageModelV4Usage;
}

/** How a call ended, for its attempt. `error` is what its caller gets. */
export type CallEnd =
  | { kind: 'succeeded' }
  | { kind: 'failed'; error: unknown }
  /** `begun`: the model was answering. */
  | { kind: 'aborted'; error: unknown; begun: boolean };

const nothingReported: LanguageModelV4Usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

export class OpenCall {
  /** Aborts with the caller's signal, at the timeout, and when the call has failed. */
  readonly signal: AbortSignal;
  /** Resolves, never rejects, when the call has been recorded or could not be. */
  readonly closed: Promise<void>;
  readonly #options: OpenCallOptions;
  readonly #controller = new AbortController();
  readonly #startedMs: number;
  readonly #stopTimer = new AbortController();
  readonly #abortByCaller: () => void;
  readonly #markClosed: () => void;
  #listener: (end: CallEnd) => void = () => undefined;
  #timedOut = false;
  /** Since when a part of a stream is waited for; undefined while its reader is at work on the last one. */
  #waitingSinceMs: number | undefined;
  #failing: Promise<unknown> | undefined;
  #succeeding = false;

  constructor(options: OpenCallOptions) {
    this.#options = options;
    this.signal = this.#controller.signal;
    this.#startedMs = options.clock.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#markClosed = resolve;
    this.#abortByCaller = () => this.#controller.abort(options.callerSignal?.reason);
    options.callerSignal?.addEventListener('abort', this.#abortByCaller, { once: true });
    if (options.callerSignal?.aborted) this.#abortByCaller();
    const { clock, callTimeoutMs, model, key } = options;
    clock.sleep(callTimeoutMs, this.#stopTimer.signal).then(
      () =>
        this.#timeOut(
          `${model.spec} did not finish its answer within ${callTimeoutMs} ms (call ${key}). Raise limits.callTimeoutMs of the role, or use a faster model.`,
        ),
      // Stopped: the call ended in time.
      () => undefined,
    );
  }

  get spec(): ModelSpec {
    return this.#options.model.spec;
  }

  /** From its first part on, a stream may be silent for no longer than `idleTimeoutMs` while it is being read. */
  watchIdle(): void {
    this.#watchIdle().catch(
      // Stopped: the call ended in time.
      () => undefined,
    );
  }

  /** The next part of the stream, whose silence is measured. */
  async awaitPart<Part>(part: Promise<Part>): Promise<Part> {
    this.#waitingSinceMs = this.#options.clock.now();
    try {
      return await part;
    } finally {
      this.#waitingSinceMs = undefined;
    }
  }

  /** Ends the call as its caller's signal would. */
  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  /** Told once, before `succeed` or `fail` resolves. */
  onClosed(listener: (end: CallEnd) => void): void {
    this.#listener = listener;
  }

  /** Starts the request. Its result, or the reason of an abort that comes first: a provider may ignore its signal. */
  async start<Value>(request: (signal: AbortSignal) => PromiseLike<Value>): Promise<Value> {
    const { model, scope, onDelta } = this.#options;
    onDelta?.({ type: 'call-started', subtaskId: scope.subtaskId, attempt: scope.attempt, model: model.spec });
    this.signal.throwIfAborted();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => reject(this.signal.reason);
    this.signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([request(this.signal), aborted]);
    } finally {
      this.signal.removeEventListener('abort', abort);
    }
  }

  /**
   * Records the answer; durable when it resolves.
   * @throws {PlanwrightError} `model-failed` for an answer that its provider calls broken, `model-output-invalid` for one
   * that is too large; the caller passes both to `fail`.
   */
  async succeed(answer: LanguageModelV4GenerateResult): Promise<void> {
    const { unified, raw } = answer.finishReason;
    const said = answerCharacters(answer.content);
    const partial = { started: true, characters: said, usage: answer.usage };
    if (unified === 'error' || unified === 'interrupted') {
      const detail = raw === undefined ? '' : ` (${describeThrown(raw)})`;
      throw new BrokenAnswer(
        new PlanwrightError(
          'model-failed',
          `${this.#options.model.spec} broke off its answer${detail}. Try again, or resume the run later.`,
        ),
        partial,
      );
    }
    if (said > maxAnswerCharacters) throw new BrokenAnswer(answerTooLarge(), partial);
    const response = this.#write(answer, partial);
    if (this.#failing !== undefined) throw this.signal.reason;
    this.#succeeding = true;
    this.#release();
    const measured = measureUsage(answer.usage, { prompt: this.#options.promptCharacters, answer: said });
    await this.#close({ kind: 'succeeded' }, measured, { response, error: null });
  }

  /** Records the failure and stops the request. @returns what is to be thrown; the first failure counts. */
  fail(thrown: unknown, partial?: PartialAnswer): Promise<unknown> {
    if (this.#succeeding) return Promise.resolve(thrown);
    this.#failing ??= this.#fail(thrown, partial);
    return this.#failing;
  }

  #write(answer: LanguageModelV4GenerateResult, partial: PartialAnswer): string {
    try {
      return writeAnswer(answer);
    } catch (thrown) {
      throw new BrokenAnswer(thrown, partial);
    }
  }

  async #fail(thrown: unknown, partial: PartialAnswer | undefined): Promise<unknown> {
    const aborted = this.signal.aborted && !this.#timedOut;
    const error = this.signal.aborted
      ? this.signal.reason
      : thrown instanceof BrokenAnswer
        ? thrown.error
        : (findPlanwrightError(thrown) ?? thrown);
    this.#release();
    this.#controller.abort(error);
    const known = thrown instanceof BrokenAnswer ? thrown.partial : partial;
    const characters = { prompt: this.#options.promptCharacters, answer: known?.characters ?? 0 };
    const measured = known?.started
      ? measureUsage(known.usage ?? nothingReported, characters)
      : { usage: noUsage, estimated: false };
    try {
      const end: CallEnd = aborted ? { kind: 'aborted', error, begun: known?.started === true } : { kind: 'failed', error };
      await this.#close(end, measured, {
        response: null,
        error: describeThrown(error),
      });
    } catch (storeError) {
      return storeError;
    }
    return error;
  }

  async #watchIdle(): Promise<void> {
    const { clock, idleTimeoutMs, model, key } = this.#options;
    for (let waitMs = idleTimeoutMs; ; ) {
      await clock.sleep(waitMs, this.#stopTimer.signal);
      const silentMs = this.#waitingSinceMs === undefined ? 0 : clock.now() - this.#waitingSinceMs;
      if (silentMs >= idleTimeoutMs) {
        this.#timeOut(
          `${model.spec} began its answer and then sent nothing for ${idleTimeoutMs} ms (call ${key}). Raise limits.idleTimeoutMs of the role, or use another server.`,
        );
        return;
      }
      waitMs = idleTimeoutMs - silentMs;
    }
  }

  #timeOut(message: string): void {
    if (this.signal.aborted) return;
    this.#timedOut = true;
    this.#controller.abort(new PlanwrightError('model-timeout', message));
  }

  async #close(end: CallEnd, measured: MeasuredUsage, result: Pick<CallRecord, 'response' | 'error'>): Promise<void> {
    const { model, scope, store, clock, onDelta, requestHash, reservation } = this.#options;
    const { usage } = measured;
    let costUsd: number | null = null;
    try {
      costUsd = usage.inputTokens + usage.outputTokens === 0 ? 0 : model.price(usage);
      await store.putCall({
        version: 1,
        ...scope,
        ...usage,
        ...result,
        key: end.kind === 'succeeded' ? this.#options.key : await freeTryKey(store, this.#options.key),
        kind: 'model',
        name: model.spec,
        requestHash,
        outcome: end.kind,
        costUsd,
        ...(measured.estimated ? { estimated: true } : {}),
        startedMs: this.#startedMs,
        endedMs: clock.now(),
      });
      this.#listener(end);
    } catch (error) {
      this.#listener({ kind: 'failed', error });
      throw error;
    } finally {
      await reservation.settle({ usage, costUsd }).finally(this.#markClosed);
    }
    const { inputTokens, outputTokens } = usage;
    onDelta?.({ type: 'call-ended', subtaskId: scope.subtaskId, attempt: scope.attempt, inputTokens, outputTokens });
  }

  #release(): void {
    this.#stopTimer.abort();
    this.#options.callerSignal?.removeEventListener('abort', this.#abortByCaller);
  }
}

/** Carries what is known of a broken answer from `succeed` to `fail`. */
class BrokenAnswer extends Error {
  readonly error: unknown;
  readonly partial: PartialAnswer;

  constructor(error: unknown, partial: PartialAnswer) {
    super('A broken answer', { cause: error });
    this.error = error;
    this.partial = partial;
  }
}
