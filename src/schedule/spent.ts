/** A budget that is used up: whose it is decides what stops. */
import type { ErrorRecord } from '../errors.ts';
import type { EndReason } from '../events.ts';
import type { RunState } from './state.ts';
import { stopStarting } from './stop.ts';

/** The reason for which a run ends whose own work met this error; null for any other error. */
export function spentReason(error: ErrorRecord): EndReason | null {
  if (error.code === 'budget-spent') return 'budget';
  return error.code === 'share-spent' ? 'share' : null;
}

/** A sub-team that has used up its part fails its subtask like any other failure: the team above it goes on. */
export function stopIfSpent(state: RunState, error: ErrorRecord, role?: string): void {
  const isAnothersShare = error.code === 'share-spent' && role !== undefined && state.settings.roles[role]?.composite === true;
  const reason = spentReason(error);
  if (reason !== null && !isAnothersShare) stopStarting(state, reason, error.message);
}
