/** One model or tool call as it is journaled: the unit of replay and of the ledger. */

export type CallPurpose = 'gate' | 'plan' | 'replan' | 'execute' | 'verify' | 'synthesize' | 'manage';

/**
 * Whose call it is. Work that belongs to no subtask has a reserved id that no plan can hold: `@plan`, `@replan`,
 * `@synthesize`.
 */
export interface CallScope {
  runId: string;
  /** The outermost run: budgets and the ledger count the whole tree. */
  rootRunId: string;
  subtaskId: string;
  attempt: number;
  role: string;
  purpose: CallPurpose;
}

export interface TokenUsage {
  inputTokens: number;
  /** Part of inputTokens that was read from the provider's cache. */
  cachedInputTokens: number;
  /** Part of inputTokens that was written to the provider's cache, which some charge more for. Absent: none. */
  cacheWriteInputTokens?: number;
  outputTokens: number;
  /** Part of outputTokens that was reasoning. */
  reasoningTokens: number;
}

export interface CallRecord extends CallScope, TokenUsage {
  version: 1;
  /** `runId/subtaskId/attempt/step` for a model call, `…/step/toolIndex` for a tool call; `#n` behind it for the n-th failed try. */
  key: string;
  kind: 'model' | 'tool';
  /** Model spec, or tool name. */
  name: string;
  /** SHA-256 over the request less abort signal and headers. */
  requestHash: string;
  /** `started` is written for a `once` tool before it acts. */
  outcome: 'started' | 'succeeded' | 'failed' | 'aborted';
  /** JSON text of the response (model) or of the tool's result; null unless it succeeded. */
  response: string | null;
  error: string | null;
  /** null when the model has no known price; 0 when it costs nothing or the call is a tool's. */
  costUsd: number | null;
  /** The provider did not report all token counts; they are characters ÷ 4. Absent: they are the provider's. */
  estimated?: true;
  startedMs: number;
  endedMs: number;
}
