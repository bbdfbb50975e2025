/** What a store refuses, in the same words in every implementation. */
import { PlanwrightError } from '../errors.ts';
import type { JournalEntry } from '../events.ts';
import type { RunRecord } from './store.ts';

export function runUnknown(runId: string, location: string): PlanwrightError {
  return new PlanwrightError('run-unknown', `No run "${runId}" is in ${location}. "planwright runs" lists those that are.`, {
    details: { runId },
  });
}

export function notRoot({ runId, rootRunId }: Pick<RunRecord, 'runId' | 'rootRunId'>): PlanwrightError {
  return new PlanwrightError(
    'usage',
    `Run "${runId}" is that of a sub-team and cannot be deleted by itself. Delete "${rootRunId}", which it is a part of.`,
    { details: { runId, rootRunId } },
  );
}

export function storeClosed(location: string): PlanwrightError {
  return new PlanwrightError('store-failed', `The store ${location} was closed. Open it again to go on.`);
}

export function valueMissing(hash: string, location: string): PlanwrightError {
  return new PlanwrightError('store-corrupt', `The value ${hash} is not in ${location}, although something refers to it.`, {
    details: { hash },
  });
}

/** Who holds a run; `process` alone for a store that lives inside one process. */
export interface LeaseHolder {
  pid: number;
  host: string;
  /** Milliseconds since the Unix epoch. */
  sinceMs: number;
}

export function runBusy(runId: string, holder: LeaseHolder): PlanwrightError {
  const since = new Date(holder.sinceMs).toISOString();
  return new PlanwrightError(
    'run-busy',
    `Run "${runId}" is driven by process ${holder.pid} on ${holder.host} since ${since}. Wait until it ends, or stop that process.`,
    { details: { runId, ...holder } },
  );
}

export function leaseLost(runId: string): PlanwrightError {
  return new PlanwrightError('run-busy', `Run "${runId}" was taken over by another process, which goes on with it.`, {
    details: { runId },
  });
}

/**
 * A journal grows by exactly the next entry.
 * @throws {PlanwrightError} `run-busy` for a seq that is there already (somebody else went on with the run); `internal` for a gap.
 */
export function checkSequence(runId: string, lastSeq: number, entries: readonly Pick<JournalEntry, 'seq'>[]): void {
  let expected = lastSeq + 1;
  for (const { seq } of entries) {
    if (seq !== expected) throw sequenceError(runId, lastSeq, expected, seq);
    expected += 1;
  }
}

function sequenceError(runId: string, lastSeq: number, expected: number, seq: number): PlanwrightError {
  const details = { runId, lastSeq, seq };
  if (seq <= lastSeq) {
    return new PlanwrightError(
      'run-busy',
      `Event ${seq} of run "${runId}" is in the journal already, which ends at ${lastSeq}: another process has gone on with this run.`,
      { details },
    );
  }
  return new PlanwrightError('internal', `Event ${seq} of run "${runId}" came where ${expected} was due; nothing was appended.`, {
    details,
  });
}
