/** What a failed call says about its provider, and what is worth doing next. */
import { APICallError } from '@ai-sdk/provider';
import { PlanwrightError } from '../errors.ts';
import { innermost, lastTry } from './model-error.ts';
import { readStatedWait } from './retry-after.ts';

/**
 * `passing`: the same request may be answered in a moment; `waitMs` is what the provider asks for.
 * `hung`: it was stopped at a time limit; asked again it would hang as long.
 * `refused`: the provider will not answer this caller (key, quota, no such model), or the model's code threw; another model may.
 * `unusable`: the request or the answer itself is at fault, which another model does not change.
 * `own`: not the provider's doing: a budget, an abort, the journal, the store.
 */
export type CallFailure =
  | { kind: 'passing'; status?: number; waitMs?: number }
  | { kind: 'hung' | 'refused' | 'unusable' | 'own' };

/** Statuses after which others too should leave the model alone for as long as the answer says. */
const pausing: readonly number[] = [429, 503, 529];

/** Codes of undici (Node's fetch) for a server that keeps a connection open and says nothing for 300 s. */
const silentConnection = /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/;

/** Codes of undici and of Node for a connection that could not be made or was lost. */
const lostConnection =
  /^(UND_ERR_(CONNECT_TIMEOUT|SOCKET|CLOSED|DESTROYED)|ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|HPE_.*)$/;

const maxCauses = 8;

/** @param thrown What the call's caller gets. */
export function classifyFailure(thrown: unknown, nowMs: number): CallFailure {
  if (thrown instanceof PlanwrightError) return classifyOwn(thrown, nowMs);
  if (!(thrown instanceof Error)) return { kind: 'refused' };
  if (thrown.name === 'AbortError') return { kind: 'own' };
  const last = lastTry(thrown) ?? thrown;
  if (codesOf(last).some((code) => silentConnection.test(code))) return { kind: 'hung' };
  if (!APICallError.isInstance(last)) return losesConnection(last) ? { kind: 'passing' } : { kind: 'refused' };
  const { statusCode: status, responseHeaders } = last;
  if (status === undefined || status < 300) {
    // No status: the connection failed. A status of success: the answer that came with it could not be read.
    const inner = innermost(last);
    return inner instanceof PlanwrightError ? classifyOwn(inner, nowMs) : { kind: 'passing' };
  }
  if (last.isRetryable || status === 529) {
    const waitMs = readStatedWait(responseHeaders, nowMs);
    return { kind: 'passing', status, ...(waitMs === undefined ? {} : { waitMs }) };
  }
  return { kind: status === 400 || status === 413 || status === 422 ? 'unusable' : 'refused' };
}

function classifyOwn(error: PlanwrightError, nowMs: number): CallFailure {
  switch (error.code) {
    case 'model-timeout':
      return { kind: 'hung' };
    case 'model-failed':
      return classifyBroken(error.cause, nowMs);
    case 'model-output-invalid':
    case 'recording-missing':
      return { kind: 'unusable' };
    case 'model-unavailable':
      return { kind: 'refused' };
    default:
      return { kind: 'own' };
  }
}

/** An answer that broke off or could not be read may be whole the next time, unless the provider itself says otherwise. */
function classifyBroken(cause: unknown, nowMs: number): CallFailure {
  const last = cause instanceof Error ? (lastTry(cause) ?? cause) : undefined;
  if (last === undefined) return { kind: 'passing' };
  const failure = classifyFailure(last, nowMs);
  return failure.kind === 'refused' && !APICallError.isInstance(last) ? { kind: 'passing' } : failure;
}

/** Whether the wait holds for every caller of the model. */
export function pausesModel(failure: CallFailure): failure is { kind: 'passing'; status: number; waitMs: number } {
  return (
    failure.kind === 'passing' && failure.waitMs !== undefined && failure.status !== undefined && pausing.includes(failure.status)
  );
}

/** A full queue that says when to come back is a provider at work, not one in trouble. */
export function isTrouble(failure: CallFailure): boolean {
  if (failure.kind === 'hung') return true;
  return failure.kind === 'passing' && !(failure.status === 429 && failure.waitMs !== undefined);
}

/** Whether another model may be asked for the same step. */
export function isProvidersFault({ kind }: CallFailure): boolean {
  return kind === 'passing' || kind === 'hung' || kind === 'refused';
}

function losesConnection(thrown: Error): boolean {
  if (codesOf(thrown).some((code) => lostConnection.test(code))) return true;
  return causesOf(thrown).some((error) => error instanceof TypeError && /^(terminated|fetch failed)$/.test(error.message));
}

function codesOf(thrown: Error): string[] {
  return causesOf(thrown).flatMap((error) => ('code' in error && typeof error.code === 'string' ? [error.code] : []));
}

/** The error and what caused it, outermost first. */
function causesOf(thrown: Error): Error[] {
  const chain: Error[] = [];
  for (let current: unknown = thrown; chain.length < maxCauses && current instanceof Error; current = current.cause)
    chain.push(current);
  return chain;
}
