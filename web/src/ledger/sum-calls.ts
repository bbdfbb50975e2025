/** Calls added up by purpose, role and subtask: what the ledger's tables and the graph's nodes show. */
import type { CallRecord } from 'planwright/browser';

/** Of a call, so much is needed here; the text of its answer is not. */
export type CountedCall = Pick<
  CallRecord,
  | 'runId'
  | 'subtaskId'
  | 'role'
  | 'purpose'
  | 'kind'
  | 'outcome'
  | 'inputTokens'
  | 'outputTokens'
  | 'costUsd'
  | 'startedMs'
  | 'endedMs'
>;

export interface CallSum {
  calls: number;
  toolCalls: number;
  /** Input + output. */
  tokens: number;
  inputTokens: number;
  outputTokens: number;
  /** null while any call is unpriced. */
  costUsd: number | null;
  /** Of its calls together, one after the other. */
  ms: number;
}

export interface CallSums {
  total: CallSum;
  byPurpose: ReadonlyMap<string, CallSum>;
  byRole: ReadonlyMap<string, CallSum>;
  /** By `subtaskKey`; what a sub-team took is its subtasks'. */
  bySubtask: ReadonlyMap<string, CallSum>;
  /** By run: of a sub-team's run, without the teams below it. */
  byRun: ReadonlyMap<string, CallSum>;
}

export function subtaskKey(runId: string, subtaskId: string): string {
  return `${runId} ${subtaskId}`;
}

export function sumCalls(calls: readonly CountedCall[]): CallSums {
  const total = emptySum();
  const byPurpose = new Map<string, CallSum>();
  const byRole = new Map<string, CallSum>();
  const bySubtask = new Map<string, CallSum>();
  const byRun = new Map<string, CallSum>();
  for (const call of calls) {
    add(total, call);
    add(entry(byPurpose, call.purpose), call);
    add(entry(byRole, call.role), call);
    add(entry(bySubtask, subtaskKey(call.runId, call.subtaskId)), call);
    add(entry(byRun, call.runId), call);
  }
  return { total, byPurpose, byRole, bySubtask, byRun };
}

export const noCalls: CallSums = sumCalls([]);

function emptySum(): CallSum {
  return { calls: 0, toolCalls: 0, tokens: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, ms: 0 };
}

function entry(sums: Map<string, CallSum>, name: string): CallSum {
  const known = sums.get(name) ?? emptySum();
  sums.set(name, known);
  return known;
}

function add(sum: CallSum, call: CountedCall): void {
  sum.ms += Math.max(0, call.endedMs - call.startedMs);
  if (call.kind === 'tool') {
    sum.toolCalls += 1;
    return;
  }
  sum.calls += 1;
  sum.inputTokens += call.inputTokens;
  sum.outputTokens += call.outputTokens;
  sum.tokens += call.inputTokens + call.outputTokens;
  sum.costUsd = sum.costUsd === null || call.costUsd === null ? null : sum.costUsd + call.costUsd;
}

/** Of a subtask, its sub-team's run included. */
export function tokensOfSubtask({ bySubtask, byRun }: CallSums, key: string, teamRunId: string | null): number {
  let tokens = bySubtask.get(key)?.tokens ?? 0;
  if (teamRunId === null) return tokens;
  for (const [runId, sum] of byRun) if (runId === teamRunId || runId.startsWith(`${teamRunId}.`)) tokens += sum.tokens;
  return tokens;
}
