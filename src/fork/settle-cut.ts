import type { JournalEntry, RunEvent } from '../events.ts';

/**
 * Where a journal can be cut so that a run goes on from there: an event and what was entered with it in the same breath (a
 * start, a question, the end) stay together. What would begin with the end of a run begins before what ended it.
 * @param seq So many events are wanted.
 * @returns how many are taken; 0 when there is nothing before the end.
 */
export function settleCut(entries: readonly JournalEntry[], seq: number): number {
  const endAt = entries.findIndex(({ event }) => event.type === 'run-ended');
  let cut = Math.min(seq, entries.length);
  while (isConsequence(entries[cut]?.event)) cut += 1;
  if (endAt === -1 || cut <= endAt) return cut;
  let causeAt = endAt;
  while (isConsequence(entries[causeAt]?.event)) causeAt -= 1;
  return Math.max(0, causeAt);
}

/** Entered by the fold itself, with its cause (engine/fold.ts). */
function isConsequence(event: RunEvent | undefined): boolean {
  switch (event?.type) {
    case 'attempt-started':
    case 'run-ended':
      return true;
    case 'approval-asked':
      return event.request.kind === 'attempt';
    default:
      return false;
  }
}
