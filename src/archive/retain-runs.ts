/** Retention: runs that ended long ago are removed. */
import { type Clock, systemClock } from '../clock.ts';
import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';

export interface RetainOptions {
  /** Runs that ended longer ago than this are removed, with all below them. Whole or part days, from 0. */
  keepDays: number;
  /** Says what would be removed and removes nothing. Default false. */
  dryRun?: boolean;
  clock?: Clock;
}

export interface Retention {
  /** Ids of outermost runs, oldest first. */
  removed: string[];
  /** Outermost runs that stay. */
  kept: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Removes runs that have ended; those that run, wait or were interrupted stay, however old. What they had in values and
 * files goes with the next `collectGarbage`.
 * @throws {PlanwrightError} `usage` for a number of days that is none.
 */
export async function retainRuns(store: Store, options: RetainOptions): Promise<Retention> {
  const { keepDays, dryRun = false, clock = systemClock } = options;
  if (!Number.isFinite(keepDays) || keepDays < 0) {
    throw new PlanwrightError('usage', `Days to keep are a number from 0 on, not ${keepDays}.`);
  }
  const beforeMs = clock.now() - keepDays * dayMs;
  const runs = await store.listRuns({ rootsOnly: true });
  const removed: string[] = [];
  for (const { runId, endedMs } of runs.toReversed()) {
    if (endedMs === null || endedMs >= beforeMs) continue;
    if (dryRun || (await removeRun(store, runId))) removed.push(runId);
  }
  return { removed, kept: runs.length - removed.length };
}

/** A run that somebody holds just now, to report it, stays until the next time. */
async function removeRun(store: Store, runId: string): Promise<boolean> {
  try {
    return await store.deleteRun(runId);
  } catch (thrown) {
    if (thrown instanceof PlanwrightError && thrown.code === 'run-busy') return false;
    throw thrown;
  }
}
