/**
 * One attempt's model as its executor sees it: limited, priced, journaled and replayed. Between it and the provider's
 * model nothing else counts or stores calls. Retries are the AI SDK's: it calls again for the same step.
 *
 * Invariants
 * 1. A step's answer is durable before it is handed on; for a stream, before its finish part is.
 * 2. A journaled answer is handed out again without a reservation, a request or a new record.
 * 3. Each request made gives exactly one record and one settlement, however it ends.
 * 4. The step advances only when a call succeeds; failed tries are `key#1`, `key#2`, …
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider';
import type { Clock } from '../clock.ts';
import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import { modelCallKey } from '../ids.ts';
import type { LiveDelta } from '../live.ts';
import { refuseMismatch } from './call-journal.ts';
import type { CallScope } from './call-record.ts';
import type { Limiter } from './limiter.ts';
import { meterStream } from './metered-stream.ts';
import type { Model } from './model.ts';
import { OpenCall } from './open-call.ts';
import { hashModelRequest } from './request-hash.ts';
import { readAnswer } from './response-json.ts';
import { streamAnswer } from './stream-content.ts';
import { defaultAnswerTokens, estimateTokens, promptCharacters } from './usage.ts';

export interface MeterOptions {
  model: Model;
  scope: CallScope;
  store: Pick<Store, 'findCall' | 'putCall'>;
  limiter: Limiter;
  clock: Clock;
  /** One request, from when the limiter let it through; a stream to its end. */
  callTimeoutMs: number;
  onDelta?: (delta: LiveDelta) => void;
}

export interface MeteredModel extends LanguageModelV4 {
  /** Resolves when the call under way, if there is one, has been recorded: to be awaited before the store is closed. */
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
 * `model-failed` for a stream that breaks off; the signal's reason when it aborts; else the provider's error as it is.
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

type Opened = { kind: 'replayed'; answer: LanguageModelV4GenerateResult } | { kind: 'opened'; call: OpenCall };

class MeteredAttempt {
  failure: unknown;
  readonly #options: MeterOptions;
  #step = 1;
  /** The call between its opening and its record. */
  #current: OpenCall | undefined;
  #opening = false;

  constructor(options: MeterOptions) {
    this.#options = options;
  }

  async generate(request: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
    const opened = await this.#open(request);
    if (opened.kind === 'replayed') return opened.answer;
    const { call } = opened;
    const { languageModel } = this.#options.model;
    try {
      const answer = await call.start((abortSignal) => languageModel.doGenerate({ ...request, abortSignal }));
      await call.succeed(answer);
      return answer;
    } catch (thrown) {
      throw await call.fail(thrown);
    }
  }

  async stream(request: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    const opened = await this.#open(request);
    if (opened.kind === 'replayed') return { stream: streamAnswer(opened.answer) };
    const { call } = opened;
    const { languageModel } = this.#options.model;
    try {
      const result = await call.start((abortSignal) => languageModel.doStream({ ...request, abortSignal }));
      return { ...result, stream: meterStream(result.stream, call) };
    } catch (thrown) {
      throw await call.fail(thrown);
    }
  }

  async drain(): Promise<void> {
    await this.#current?.closed;
  }

  async #open(request: LanguageModelV4CallOptions): Promise<Opened> {
    const { scope } = this.#options;
    if (this.#opening || this.#current !== undefined) {
      throw new PlanwrightError(
        'internal',
        `Two model calls at once in ${modelCallKey(scope, this.#step)}: the calls of an attempt are made one after another.`,
      );
    }
    this.#opening = true;
    try {
      return await this.#openAlone(request);
    } catch (thrown) {
      this.failure = thrown;
      throw thrown;
    } finally {
      this.#opening = false;
    }
  }

  async #openAlone(request: LanguageModelV4CallOptions): Promise<Opened> {
    const { model, scope, store, limiter } = this.#options;
    request.abortSignal?.throwIfAborted();
    const key = modelCallKey(scope, this.#step);
    const requestHash = hashModelRequest(request, model.spec);
    const journaled = await store.findCall(key);
    if (journaled?.outcome === 'succeeded' && journaled.response !== null) {
      refuseMismatch(journaled, requestHash);
      const answer = readAnswer(journaled.response);
      this.#step += 1;
      this.failure = undefined;
      return { kind: 'replayed', answer };
    }
    const characters = promptCharacters(request);
    const inputTokens = estimateTokens(characters);
    const outputTokens = request.maxOutputTokens ?? defaultAnswerTokens;
    const usd = model.price({ inputTokens, cachedInputTokens: 0, outputTokens, reasoningTokens: 0 });
    const reservation = await limiter.reserve(
      { rootRunId: scope.rootRunId, model: model.spec, tokens: inputTokens + outputTokens, usd },
      request.abortSignal ?? new AbortController().signal,
    );
    const call = new OpenCall({
      ...this.#options,
      key,
      requestHash,
      reservation,
      promptCharacters: characters,
      callerSignal: request.abortSignal,
    });
    this.#current = call;
    call.onClosed((end) => {
      if (end.kind === 'succeeded') this.#step += 1;
      this.failure = end.kind === 'succeeded' ? undefined : end.error;
      this.#current = undefined;
    });
    return { kind: 'opened', call };
  }
}
