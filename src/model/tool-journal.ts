/**
 * Tool calls as journaled: a call with a result is not made again, a `once` call that was under way is not repeated.
 * What the model sees of a failure is the same when it is replayed.
 */
import type { Clock } from '../clock.ts';
import type { Store } from '../engine/store.ts';
import { type ErrorCode, listErrorCodes, PlanwrightError, toErrorRecord } from '../errors.ts';
import type { ToolEffect } from '../execute/tool.ts';
import type { Json } from '../json.ts';
import { freeTryKey, refuseMismatch } from './call-journal.ts';
import type { CallRecord, CallScope } from './call-record.ts';
import { redactSecrets } from './model-error.ts';
import { hashToolRequest } from './request-hash.ts';
import { noUsage } from './usage.ts';

const maxErrorCharacters = 8000;

export interface ToolCall {
  /** From `toolCallKey`. */
  key: string;
  name: string;
  input: Json;
  effect: ToolEffect;
  scope: CallScope;
  store: Pick<Store, 'findCall' | 'putCall'>;
  clock: Clock;
  /** Aborted when the attempt is cancelled: the call then is not journaled as failed. A tool's own timeout is a failure. */
  signal?: AbortSignal;
  /**
   * Has the last word before the call acts; not asked about a call that is in the journal. Resolves to null, or to why the
   * call is refused, which is then its error. What it throws is thrown on, and nothing is recorded.
   */
  admit?: (requestHash: string) => Promise<string | null>;
  run(): Promise<Json>;
}

/**
 * @returns the result as JSON keeps it.
 * @throws {PlanwrightError} `replay-mismatch`; `tool-outcome-unknown` when a `once` call was under way at a crash; else
 * what the tool threw, as it will be replayed.
 */
export async function callTool(call: ToolCall): Promise<Json> {
  const requestHash = hashToolRequest(call.name, call.input);
  const journaled = await call.store.findCall(call.key);
  if (journaled !== undefined) {
    refuseMismatch(journaled, requestHash);
    return replayTool(journaled);
  }
  const refusal = (await call.admit?.(requestHash)) ?? null;
  const record: CallRecord = {
    version: 1,
    ...call.scope,
    ...noUsage,
    key: call.key,
    kind: 'tool',
    name: call.name,
    requestHash,
    outcome: 'started',
    response: null,
    error: null,
    costUsd: 0,
    startedMs: call.clock.now(),
    endedMs: call.clock.now(),
  };
  if (refusal !== null) {
    const error = writeError(new Error(refusal));
    await call.store.putCall({ ...record, outcome: 'failed', error });
    throw restoreError(error);
  }
  if (call.effect === 'once') await call.store.putCall(record);
  const outcome = await runTool(call);
  const ended = { ...record, endedMs: call.clock.now() };
  switch (outcome.kind) {
    case 'succeeded':
      await call.store.putCall({ ...ended, outcome: 'succeeded', response: outcome.response });
      return parseResult(outcome.response);
    case 'failed':
      await call.store.putCall({ ...ended, outcome: 'failed', error: outcome.error });
      throw restoreError(outcome.error);
    case 'aborted':
      // Whether a `once` tool has acted is not known: its record stays `started`.
      if (call.effect !== 'once') {
        const key = await freeTryKey(call.store, call.key);
        await call.store.putCall({ ...ended, key, outcome: 'aborted', error: 'The call was cancelled.' });
      }
      throw outcome.reason;
  }
}

type ToolOutcome =
  | { kind: 'succeeded'; response: string }
  | { kind: 'failed'; error: string }
  | { kind: 'aborted'; reason: unknown };

async function runTool(call: ToolCall): Promise<ToolOutcome> {
  try {
    call.signal?.throwIfAborted();
    const result: unknown = await call.run();
    return { kind: 'succeeded', response: JSON.stringify(result) ?? 'null' };
  } catch (thrown) {
    return call.signal?.aborted ? { kind: 'aborted', reason: call.signal.reason } : { kind: 'failed', error: writeError(thrown) };
  }
}

function replayTool(journaled: CallRecord): Json {
  if (journaled.outcome === 'succeeded' && journaled.response !== null) return parseResult(journaled.response);
  if (journaled.outcome === 'failed') throw restoreError(journaled.error ?? '');
  throw new PlanwrightError(
    'tool-outcome-unknown',
    `Tool "${journaled.name}" acts at most once, and was under way when the process ended (call ${journaled.key}). ` +
      'Find out whether it has acted; the call is not repeated. Cancel the run, or fork it from an earlier event.',
    { details: { key: journaled.key, tool: journaled.name } },
  );
}

function parseResult(response: string): Json {
  return JSON.parse(response) as Json;
}

/** `code: message`; a foreign error's code is `error`. */
function writeError(thrown: unknown): string {
  const code = thrown instanceof PlanwrightError ? thrown.code : 'error';
  return `${code}: ${redactSecrets(toErrorRecord(thrown).message.slice(0, maxErrorCharacters))}`;
}

function restoreError(text: string): Error {
  const colon = text.indexOf(': ');
  const code = text.slice(0, Math.max(0, colon));
  const message = text.slice(colon + 2);
  return isErrorCode(code) ? new PlanwrightError(code, message) : new Error(message);
}

function isErrorCode(text: string): text is ErrorCode {
  return listErrorCodes().some(({ code }) => code === text);
}
