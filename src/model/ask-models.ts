/**
 * One step, asked of a role's models until one answers: tries with waits between them, the circuit of each model, the models that
 * stand in. What a try is, is its caller's.
 *
 * Invariants
 * 1. The first model is asked unless its circuit is open; the next only when those before it failed for their provider's reasons
 *    or may not be asked now.
 * 2. A model is tried `retries` + 1 times at the most, and again only after a passing failure.
 * 3. Every wait ends by the clock or with the signal; none holds a slot or a reservation.
 */
import type { Clock, Random } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import { backoffMs } from './backoff.ts';
import { type CallFailure, classifyFailure, isProvidersFault, pausesModel } from './call-failure.ts';
import type { Limiter } from './limiter.ts';
import type { Model } from './model.ts';
import type { ModelCircuits } from './model-circuits.ts';
import { describeThrown, toModelError } from './model-error.ts';
import { maxStatedWaitMs } from './retry-after.ts';

export interface ModelsAsked {
  /** In the order in which they are meant; at least one. */
  models: readonly Model[];
  circuits: ModelCircuits;
  limiter: Limiter;
  clock: Clock;
  random: Random;
  /** Tries of a model after the first. */
  retries: number;
  /** How long a step waits for a model whose circuit is open; a further try begins at most this and ten minutes after the first. */
  callTimeoutMs: number;
  signal: AbortSignal;
}

/** `shut`: the model's circuit let nobody through when its turn came; nothing was asked. */
export type Tried<Result> = { kind: 'answered'; result: Result } | { kind: 'failed'; error: unknown } | { kind: 'shut' };

/** One request to one model. */
export type TryModel<Result> = (model: Model) => Promise<Tried<Result>>;

interface FailedModel {
  model: Model;
  error: unknown;
}

/** While another call probes a model, its end is looked for this often. */
const probePollMs = 500;

/** @throws {PlanwrightError} `model-unavailable`; else what the tries failed with, the first model's before those of its stand-ins. */
export async function askModels<Result>(asked: ModelsAsked, tryModel: TryModel<Result>): Promise<Result> {
  const startedMs = asked.clock.now();
  const tries = new Map<Model, number>();
  const failed: FailedModel[] = [];
  let remaining = asked.models;
  while (remaining.length > 0) {
    const model = await awaitAdmissible(asked, remaining, startedMs, failed);
    const outcome = await askModel(asked, { model, tries, startedMs }, tryModel);
    if (outcome.kind === 'answered') return outcome.result;
    if (outcome.kind === 'failed') {
      if (!outcome.passOn) throw outcome.error;
      failed.push({ model, error: outcome.error });
      remaining = remaining.filter((other) => other !== model);
    }
  }
  throw describeFailures(failed);
}

type ModelOutcome<Result> =
  | { kind: 'answered'; result: Result }
  | { kind: 'failed'; error: unknown; passOn: boolean }
  | { kind: 'shut' };

async function askModel<Result>(
  asked: ModelsAsked,
  { model, tries, startedMs }: { model: Model; tries: Map<Model, number>; startedMs: number },
  tryModel: TryModel<Result>,
): Promise<ModelOutcome<Result>> {
  const { clock, limiter, random, retries, callTimeoutMs, signal, circuits } = asked;
  for (;;) {
    const tried = await tryModel(model);
    if (tried.kind !== 'failed') return tried;
    signal.throwIfAborted();
    const madeTries = (tries.get(model) ?? 0) + 1;
    tries.set(model, madeTries);
    const nowMs = clock.now();
    const failure = classifyFailure(tried.error, nowMs);
    if (failure.kind !== 'passing')
      return { kind: 'failed', error: named(tried.error, model), passOn: isProvidersFault(failure) };
    const statedMs = failure.waitMs;
    if (statedMs !== undefined && statedMs > maxStatedWaitMs)
      return { kind: 'failed', error: asksTooMuch(model, failure, nowMs), passOn: true };
    if (pausesModel(failure)) await limiter.pause(model.spec, nowMs + failure.waitMs);
    const waitMs = statedMs ?? backoffMs(madeTries, random);
    if (madeTries > retries || nowMs + waitMs > startedMs + callTimeoutMs + maxStatedWaitMs)
      return { kind: 'failed', error: named(tried.error, model), passOn: true };
    if (circuits.lookAt(model, nowMs).kind === 'wait') return { kind: 'shut' };
    await clock.sleep(waitMs, signal);
    if (circuits.lookAt(model, clock.now()).kind === 'wait') return { kind: 'shut' };
  }
}

/** The first model that may be asked, now or when a cool-down is over. */
async function awaitAdmissible(
  { circuits, clock, callTimeoutMs, signal }: ModelsAsked,
  models: readonly Model[],
  startedMs: number,
  failed: readonly FailedModel[],
): Promise<Model> {
  for (;;) {
    const nowMs = clock.now();
    let wakeMs = Number.POSITIVE_INFINITY;
    for (const model of models) {
      const admission = circuits.lookAt(model, nowMs);
      if (admission.kind === 'admitted') return model;
      wakeMs = Math.min(wakeMs, admission.untilMs ?? nowMs + probePollMs);
    }
    if (wakeMs > startedMs + callTimeoutMs) {
      const shut = models.map((model) => ({ model, error: unavailable(circuits, model, callTimeoutMs) }));
      throw describeFailures([...failed, ...shut]);
    }
    await clock.sleep(wakeMs - nowMs, signal);
  }
}

function unavailable(circuits: ModelCircuits, model: Model, callTimeoutMs: number): PlanwrightError {
  const { untilMs, lastError } = circuits.view(model);
  const last = lastError === null ? '' : ` The last error: ${lastError.replace(/[.\s]+$/, '')}.`;
  const again = untilMs === null ? 'It is being tried at this moment.' : `It will be tried again at ${timeOf(untilMs)}.`;
  return new PlanwrightError(
    'model-unavailable',
    `${model.spec} is not asked: its calls kept failing, and it did not come back within ${callTimeoutMs} ms.${last} ${again} Resume the run then, or give the role fallbackModels.`,
    { details: { model: model.spec, ...(untilMs === null ? {} : { retryAtMs: untilMs }) } },
  );
}

function asksTooMuch(
  model: Model,
  { status, waitMs = 0 }: Extract<CallFailure, { kind: 'passing' }>,
  nowMs: number,
): PlanwrightError {
  return new PlanwrightError(
    'model-unavailable',
    `${model.spec} answered HTTP ${status} and asks to be left alone for ${Math.ceil(waitMs / 1000)} s; a call waits ${maxStatedWaitMs / 1000} s at the most. Resume the run after ${timeOf(nowMs + waitMs)}, or give the role fallbackModels.`,
    { details: { model: model.spec, status, retryAtMs: nowMs + waitMs } },
  );
}

/** A provider may name a time that no date can hold. */
function timeOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'a time too far to name' : date.toISOString();
}

/** An AI SDK error would be tried again by the AI SDK; everything else is handed on as it is. */
function named(error: unknown, model: Model): unknown {
  return isSdkError(error) ? toModelError(error, model.spec) : error;
}

function isSdkError(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('AI_');
}

function describeFailures(failed: readonly FailedModel[]): unknown {
  const [first, ...others] = failed;
  if (first === undefined || others.length === 0) return first?.error;
  const meant = toModelError(first.error, first.model.spec);
  const after = others.map(({ model, error }) => `${model.spec} was asked in its place: ${describeThrown(error)}`);
  return new PlanwrightError(meant.code, [meant.message, ...after].join(' '), {
    cause: others.at(-1)?.error,
    details: { ...meant.details, fallbackModels: others.map(({ model }) => model.spec) },
  });
}
