import type { CallRecord } from '../model/call-record.ts';
import { tokensOf } from './ledger.ts';

/** What journaled calls have used of a run's budgets: where the limiter goes on after a resume. */
export function spentBy(calls: CallRecord[]): { calls: number; tokens: number; usd: number } {
  const spent = { calls: 0, tokens: 0, usd: 0 };
  for (const call of calls) {
    if (call.kind !== 'model') continue;
    spent.calls += 1;
    spent.tokens += tokensOf(call);
    spent.usd += call.costUsd ?? 0;
  }
  return spent;
}
