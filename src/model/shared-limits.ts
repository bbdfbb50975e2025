/**
 * What the processes that share a store have to agree on before a call is made: how many calls of a model are under way, how
 * many began within the last minute, until when a provider wants quiet and, where several processes work on one run, its budgets.
 */
import type { ModelLimits, RunLimits } from '../team/team.ts';
import type { ModelSpec } from './model.ts';

export interface SharedAsk {
  rootRunId: string;
  model: ModelSpec;
  /** Estimated prompt tokens + the most it may answer. */
  tokens: number;
  /** null when the model has no known price. */
  usd: number | null;
  /** The asker's limits of this model; what they are held against is counted over all runs of the store. */
  modelLimits: ModelLimits;
  /** From the run's own budget down to that of the sub-team that asks. Empty: none has one. */
  budgets: readonly Budget[];
}

/** The budget of a run, the runs of its sub-teams included. */
export interface Budget {
  runId: string;
  limits: Pick<RunLimits, 'calls' | 'tokens' | 'usd'>;
}

export type BudgetName = 'calls' | 'tokens' | 'usd';

export type SharedAnswer =
  | { kind: 'granted'; reservation: string }
  /** Ask again after `waitMs`, or as soon as something changes. */
  | { kind: 'wait'; waitMs: number; because: 'concurrency' | 'rate' | 'pause' | 'budget' }
  /** For good: what is spent leaves no room, whatever the calls under way settle for. */
  | { kind: 'spent'; budget: Budget; name: BudgetName; spent: number; needed: number };

export interface SharedLimits {
  /**
   * Whether `budgets` of an ask are kept. A store whose runs are each worked on by one process leaves them to that process.
   */
  readonly keepsBudgets: boolean;
  /** Atomic over all processes: of two who ask for the last place, one gets it. */
  reserve(ask: SharedAsk): Promise<SharedAnswer>;
  /**
   * Gives a reservation back; a second time does nothing. `tokens`: what was used, which takes the estimate's place in the
   * last minute; null when the call was not made, and then it leaves no trace. What was spent is the calls' records: they are
   * to be put first.
   */
  settle(reservation: string, tokens: number | null): Promise<void>;
  /** No process begins a call of this model before then; of two pauses the longer one holds. */
  pause(model: ModelSpec, untilMs: number): Promise<void>;
  /** Resolves when something may have changed that a waiting ask depends on, at the latest after `atMostMs`; rejects with the signal's reason. */
  changed(atMostMs: number, signal: AbortSignal): Promise<void>;
}

/** Of an ask that nothing has to be remembered for; settling it does nothing. */
export const unlimitedReservation = '';

export function isUnlimited(limits: ModelLimits): boolean {
  return limits.concurrency === undefined && limits.requestsPerMinute === undefined && limits.tokensPerMinute === undefined;
}
