/** Exit codes, from how a run or a command ended. */
import type { ErrorCode, RunReport } from '../index.ts';

export const exitCodes = { succeeded: 0, failed: 1, usage: 2, spent: 3, waiting: 4, cancelled: 5, interrupted: 130 } as const;

export function exitCodeOfRun({ status, endReason }: Pick<RunReport, 'status' | 'endReason'>): number {
  switch (status) {
    case 'succeeded':
      return exitCodes.succeeded;
    case 'waiting':
      return exitCodes.waiting;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'interrupted':
    case 'running':
      return exitCodes.interrupted;
    case 'partial':
    case 'failed':
      return endReason === 'budget' || endReason === 'time' ? exitCodes.spent : exitCodes.failed;
    default:
      return status satisfies never;
  }
}

/** 2 for what the caller has to correct before trying again: the command, the team, the plan, the model or the store. */
export function exitCodeOfError(code: ErrorCode): number {
  switch (code) {
    case 'usage':
    case 'team-invalid':
    case 'plan-invalid':
    case 'plan-unreadable':
    case 'secret-missing':
    case 'model-unknown':
    case 'model-unpriced':
    case 'tool-unknown':
    case 'check-unavailable':
    case 'depth-exceeded':
    case 'run-unknown':
    case 'run-ended':
    case 'run-busy':
    case 'store-corrupt':
    case 'store-newer':
    case 'store-missing':
    case 'store-older':
    case 'archive-invalid':
      return exitCodes.usage;
    case 'budget-spent':
    case 'time-spent':
      return exitCodes.spent;
    case 'cancelled':
      return exitCodes.cancelled;
    default:
      return exitCodes.failed;
  }
}
