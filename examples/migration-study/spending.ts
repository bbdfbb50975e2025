/** What runs took, in numbers that can be added up. */
import type { Ledger } from 'planwright';
import { millionTokensUsd } from './parameters.ts';

export interface Spending {
  calls: number;
  tokens: number;
  /** Tokens at the declared price: the ledger knows none for a simulated model. */
  usd: number;
  seconds: number;
  /** Of the calls and tokens, those that are not work on the task itself: planning, and what was handed over. */
  overhead: { calls: number; tokens: number };
}

export function countSpending({ calls, callsByPurpose, tokensByPurpose, handoffTokens, ...ledger }: Ledger): Spending {
  const tokens = ledger.inputTokens + ledger.outputTokens;
  return {
    calls,
    tokens,
    usd: (tokens * millionTokensUsd) / 1e6,
    seconds: ledger.makespanMs / 1000,
    overhead: {
      calls: calls - (callsByPurpose.execute ?? 0),
      tokens: tokens - (tokensByPurpose.execute ?? 0) + handoffTokens,
    },
  };
}

/** Means of a run; 0 without runs. */
export function meanSpending(spendings: readonly Spending[]): Spending {
  const mean = (value: (spending: Spending) => number): number =>
    spendings.reduce((sum, spending) => sum + value(spending), 0) / Math.max(1, spendings.length);
  return {
    calls: mean(({ calls }) => calls),
    tokens: mean(({ tokens }) => tokens),
    usd: mean(({ usd }) => usd),
    seconds: mean(({ seconds }) => seconds),
    overhead: { calls: mean(({ overhead }) => overhead.calls), tokens: mean(({ overhead }) => overhead.tokens) },
  };
}

/** The coordination tax: overhead ÷ the rest, as the ledger defines it, over all runs together. */
export function taxOf({ calls, tokens, overhead }: Spending): { turns: number; tokens: number } {
  return { turns: overhead.calls / (calls - overhead.calls), tokens: overhead.tokens / (tokens - overhead.tokens) };
}
