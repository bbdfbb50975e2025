/** The limiter's port: everything that has to be asked before a call is made, and told after it. */
import type { TokenUsage } from './call-record.ts';
import type { ModelSpec } from './model.ts';

export interface CallEstimate {
  rootRunId: string;
  model: ModelSpec;
  /** Estimated prompt tokens (characters ÷ 4) + the most it may answer. */
  tokens: number;
  /** null when the model has no known price. */
  usd: number | null;
}

export interface Reservation {
  /** Gives back what was reserved and counts what was used instead. Once. */
  settle(actual: { usage: TokenUsage; costUsd: number | null }): void;
  /** Gives back what was reserved, when the call was not made after all. Nothing is counted. */
  cancel(): void;
}

/**
 * One for a whole tree of runs. A reservation that a budget refuses waits while other calls are in flight, because
 * they may settle for less; only then is the budget spent.
 */
export interface Limiter {
  /**
   * Waits for the model's concurrency and rates.
   * @throws {PlanwrightError} `budget-spent`, naming the limit, or `share-spent` for a sub-team's own part of it; the signal's reason when it aborts.
   */
  reserve(estimate: CallEstimate, signal: AbortSignal): Promise<Reservation>;
}
