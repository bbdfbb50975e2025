/** What journaled model and tool calls have in common. */

import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import { failedTryKey } from '../ids.ts';
import type { CallRecord } from './call-record.ts';
import { describeChanges } from './request-hash.ts';

/** The key for the next failed try: those of an earlier process keep theirs. */
export async function freeTryKey(store: Pick<Store, 'findCall'>, key: string): Promise<string> {
  for (let failedTry = 1; ; failedTry += 1) {
    const tryKey = failedTryKey(key, failedTry);
    if ((await store.findCall(tryKey)) === undefined) return tryKey;
  }
}

/** @throws {PlanwrightError} `replay-mismatch`, naming the call and what changed. */
export function refuseMismatch(journaled: CallRecord, requestHash: string): void {
  if (journaled.requestHash === requestHash) return;
  const changed = describeChanges(journaled.requestHash, requestHash);
  throw new PlanwrightError(
    'replay-mismatch',
    `Call ${journaled.key} is not the call that was journaled: ${changed.join(', ')} changed. ` +
      'A run resumes with the team, files and version it was started with; put them back, or start a new run.',
    { details: { key: journaled.key, changed } },
  );
}
