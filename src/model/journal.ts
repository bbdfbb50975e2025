/**
 * One attempt's model as its executor sees it: limited, priced, journaled and replayed, tried again and replaced where its
 * provider fails. Between it and the provider's model nothing else counts or stores calls. The AI SDK is not to retry.
 *
 * Invariants
 * 1. A step's answer is durable before it is handed on; for a stream, before its finish part is.
 * 2. A journaled answer is handed out again without a reservation, a request or a new record.
 * 3. Each request made gives exactly one record and one settlement, however it ends.
 * 4. The step advances only when a call succeeds; failed tries are `key#1`, `key#2`, …, of whichever model.
 * 5. A stream of which something was handed on is not tried again: going on from there is its reader's.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider';
import { type Clock, type Random, seededRandom } from '../clock.ts';
import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import { modelCallKey } from '../ids.ts';
import type { LiveDelta } from '../live.ts';
import { askModels } from './ask-models.ts';
import { classifyFailure, isTrouble } from './call-failure.ts';
import { refuseMismatch } from './call-journal.ts';
import type { CallScope } from './call-record.ts';
import type { CallNews } from './circuit-breaker.ts';
import { idempotencyHeader, idempotencyKey } from './idempotency-key.ts';
import type { Limiter } from './limiter.ts';
import { beginStream, meterStream } from './metered-stream.ts';
import type { Model } from './model.ts';
import { type ModelCircuits, processCircuits } from './model-circuits.ts';
import { describeThrown } from './model-error.ts';
import { type CallEnd, OpenCall } from './open-call.ts';
import { hashModelRequest, hashParts } from './request-hash.ts';
import { readAnswer } from './response-json.ts';
import { streamAnswer } from './stream-content.ts';
import { defaultAnswerTokens, estimateTokens, promptCharacters } from './usage.ts';

export interface MeterOptions {
  model: Model;
  /** Asked for a step, in this order, when `model` fails for its provider's reasons or its circuit is open. Default none. */
  fallbackModels?: readonly Model[];
  scope: CallScope;
  store: Pick<Store, 'findCall' | 'putCall'>;
  limiter: Limiter;
  clock: Clock;
  /** One request, from when the limiter let it through; a stream to its end. */
  callTimeoutMs: number;
  /** Between two parts of a stream. Default 60,000. */
  idleTimeoutMs?: number;
  /** Tries after the first, when a request fails for a passing reason. Default 2. */
  retries?: number;
  /** Of the waits between tries. Default: seeded by the call's key. */
  random?: Random;
  /** Default: those of this process. */
  circuits?: ModelCircuits;
  onDelta?: (delta: LiveDelta) => void;
}

const defaultRetries = 2;
const defaultIdleTimeoutMs = 60_000;

export interface MeteredModel extends LanguageModelV4 {
  /** Resolves when the call under way, if there is one, has been recorded and settled: to be awaited before the store is closed. */
  drain(): Promise<void>;
  /**
   * What the latest call threw; undefined after one that succeeded. `streamText` hides it: a call that fails before its
   * first part rejects the result's promises with NoOutputGeneratedError.
   */
  failure(): unknown;
}

/**
 * For one attempt; its calls are made one after another.
 * @throws (from calls) {PlanwrightError} `replay-mismatch`, `budget-spent`, `model-timeout`, `model-output-invalid`,
 * `model-unavailable`, `model-failed` for what the provider answered or did not; the signal's reason when it aborts; else what
 * the model's own code threw.
 */
export function meterModel(options: MeterOptions): MeteredModel {
  const { languageModel } = options.model;
  const attempt = new MeteredAttempt(options);
  return {
    specificationVersion: 'v4',
    provider: languageModel.provider,
    modelId: languageModel.modelId,
    get supportedUrls() {
      return languageModel.supportedUrls;
    },
    doGenerate: (request) => attempt.generate(request),
    doStream: (request) => attempt.stream(request),
    drain: () => attempt.drain(),
    failure: () => attempt.failure,
  };
}

type Opened = { kind: 'shut' } | { kind: 'opened'; call: OpenCall };

/** A request as it stands in the journal. */
interface Step {
  request: LanguageModelV4CallOptions;
  key: string;
  characters: number;
  inputTokens: number;
}

class MeteredAttempt {
  failure: unknown;
  readonly #options: MeterOptions;
  readonly #circuits: ModelCircuits;
  #step = 1;
  /** The call between its opening and its record. */
  #current: OpenCall | undefined;
  #asking = false;
  /** Of the latest call: its settlement follows its record. */
  #closed: Promise<void> = Promise.resolve();
  /** What the other processes are being told of a model that failed. */
  #telling: Promise<unknown> = Promise.resolve();

  constructor(options: MeterOptions) {
    this.#options = options;
    this.#circuits = options.circuits ?? processCircuits;
  }

  generate(request: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
    return this.#alone(async () => {
      const replayed = await this.#replay(request);
      if (replayed !== undefined) return replayed;
      return this.#ask(request, async (call, languageModel, asked) => {
        const answer = await call.start((abortSignal) => languageModel.doGenerate({ ...asked, abortSignal }));
        await call.succeed(answer);
        return answer;
      });
    });
  }

  stream(request: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    return this.#alone(async () => {
      const replayed = await this.#replay(request);
      if (replayed !== undefined) return { stream: streamAnswer(replayed) };
      return this.#ask(request, async (call, languageModel, asked) => {
        const { result, begun } = await call.start(async (abortSignal) => {
          const streaming = await languageModel.doStream({ ...asked, abortSignal });
          return { result: streaming, begun: await beginStream(streaming.stream, call) };
        });
        return { ...result, stream: meterStream(begun, call) };
      });
    });
  }

  async drain(): Promise<void> {
    await this.#closed;
    await this.#telling;
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#asking || this.#current !== undefined) {
      throw new PlanwrightError(
        'internal',
        `Two model calls at once in ${modelCallKey(this.#options.scope, this.#step)}: the calls of an attempt are made one after another.`,
      );
    }
    this.#asking = true;
    try {
      return await work();
    } catch (thrown) {
      this.failure = thrown;
      throw thrown;
    } finally {
      this.#asking = false;
    }
  }

  /** The journaled answer, whichever of the models gave it. */
  async #replay(request: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult | undefined> {
    const { scope, store } = this.#options;
    request.abortSignal?.throwIfAborted();
    const journaled = await store.findCall(modelCallKey(scope, this.#step));
    if (journaled?.outcome !== 'succeeded' || journaled.response === null) return undefined;
    const models = this.#models();
    const { spec } = models.find((model) => model.spec === journaled.name) ?? this.#options.model;
    refuseMismatch(journaled, hashModelRequest(request, spec));
    const answer = readAnswer(journaled.response);
    this.#step += 1;
    this.failure = undefined;
    return answer;
  }

  #models(): readonly Model[] {
    return [this.#options.model, ...(this.#options.fallbackModels ?? [])];
  }

  #ask<Result>(
    request: LanguageModelV4CallOptions,
    answer: (call: OpenCall, model: LanguageModelV4, request: LanguageModelV4CallOptions) => Promise<Result>,
  ): Promise<Result> {
    const { model: meant, scope, limiter, clock, callTimeoutMs, retries = defaultRetries } = this.#options;
    const key = modelCallKey(scope, this.#step);
    const characters = promptCharacters(request);
    const step: Step = { request, key, characters, inputTokens: estimateTokens(characters) };
    // A stand-in that cannot hold the prompt would only fail in another way.
    const models = this.#models().filter((model) => model === meant || step.inputTokens < model.contextTokens);
    const random = this.#options.random ?? seededRandom(Number.parseInt(hashParts({ key: [key] }).slice(0, 8), 16));
    const signal = request.abortSignal ?? new AbortController().signal;
    return askModels(
      { models, circuits: this.#circuits, limiter, clock, random, retries, callTimeoutMs, signal },
      async (model) => {
        const requestHash = hashModelRequest(request, model.spec);
        const opened = await this.#open(step, model, requestHash);
        if (opened.kind === 'shut') return opened;
        const { call } = opened;
        const headers = model.idempotent
          ? { ...request.headers, [idempotencyHeader]: idempotencyKey(key, requestHash) }
          : undefined;
        try {
          const asked = headers === undefined ? request : { ...request, headers };
          return { kind: 'answered', result: await answer(call, model.languageModel, asked) };
        } catch (thrown) {
          return { kind: 'failed', error: await call.fail(thrown) };
        }
      },
    );
  }

  /** Room for one request, and leave to make it. */
  async #open({ request, key, characters, inputTokens }: Step, model: Model, requestHash: string): Promise<Opened> {
    const { scope, limiter, clock, idleTimeoutMs = defaultIdleTimeoutMs } = this.#options;
    const outputTokens = request.maxOutputTokens ?? defaultAnswerTokens;
    const usd = model.price({ inputTokens, cachedInputTokens: 0, outputTokens, reasoningTokens: 0 });
    const reservation = await limiter.reserve(
      { rootRunId: scope.rootRunId, model: model.spec, tokens: inputTokens + outputTokens, usd },
      request.abortSignal ?? new AbortController().signal,
    );
    // It may have opened while the call waited for its place.
    const admission = this.#circuits.admit(model, clock.now());
    if (admission.kind === 'wait') {
      await reservation.cancel();
      return { kind: 'shut' };
    }
    const call = new OpenCall({
      ...this.#options,
      model,
      idleTimeoutMs,
      key,
      requestHash,
      reservation,
      promptCharacters: characters,
      callerSignal: request.abortSignal,
    });
    this.#current = call;
    this.#closed = call.closed;
    call.onClosed((end) => {
      if (end.kind === 'succeeded') this.#step += 1;
      this.failure = end.kind === 'succeeded' ? undefined : end.error;
      this.#current = undefined;
      this.#report(model, admission.probe, end);
    });
    return { kind: 'opened', call };
  }

  #report(model: Model, probe: boolean, end: CallEnd): void {
    const { clock, limiter } = this.#options;
    const nowMs = clock.now();
    const openUntilMs = this.#circuits.report(model, { ...newsOf(end, nowMs), probe, nowMs });
    if (openUntilMs === undefined) return;
    // Whether the others hear of it changes nothing here: this process does not ask the model before then.
    this.#telling = limiter.pause(model.spec, openUntilMs).catch(() => undefined);
  }
}

/** What a call's end says about its provider. */
function newsOf(end: CallEnd, nowMs: number): { news: CallNews; error?: string } {
  if (end.kind === 'succeeded') return { news: 'answered' };
  if (end.kind === 'aborted') return { news: end.begun ? 'answered' : 'unknown' };
  const failure = classifyFailure(end.error, nowMs);
  if (failure.kind === 'own') return { news: 'unknown' };
  return isTrouble(failure) ? { news: 'failed', error: describeThrown(end.error) } : { news: 'answered' };
}
