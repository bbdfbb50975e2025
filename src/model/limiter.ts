/** The limiter's port: everything that has to be asked before a call is made, and told after it. */

import type { RunLimits } from '../team/team.ts';
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

/** What calls add up to. */
export interface Amounts {
  calls: number;
  /** Input + output. */
  tokens: number;
  usd: number;
}

export interface Reservation {
  /**
   * Gives back what was reserved and counts what was used instead. Once, and after the call's record was put: who reads the
   * records then finds what is no longer reserved.
   */
  settle(actual: { usage: TokenUsage; costUsd: number | null }): Promise<void>;
  /** Gives back what was reserved, when the call was not made after all. Nothing is counted. */
  cancel(): Promise<void>;
}

/** A sub-team's own part of the budgets. */
export interface BudgetShare {
  /** The sub-team's run; the runs below it count too. */
  runId: string;
  /** The sub-team's name, for messages. */
  team: string;
  limits: Pick<RunLimits, 'calls' | 'tokens' | 'usd'>;
  /** What its records add up to already, on resume. */
  spent: Amounts;
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
  /** A limiter below this one: a call needs room in both, and counts in both. Rates and concurrency are the models' and stay here. */
  carve(share: BudgetShare): Limiter;
  /** A provider asked for quiet: no call of this model begins before then, of two pauses the longer one holds. */
  pause(model: ModelSpec, untilMs: number): Promise<void>;
}
