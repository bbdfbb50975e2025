/** Runs that version 0.1.0 stored (test/fixtures/make-stored-runs.ts), for any store. */
import { readFileSync } from 'node:fs';
import type { CallRecord, JournalEntry, Json, RunRecord, Store } from 'planwright';

export interface StoredRuns {
  title: string;
  runs: { record: RunRecord; entries: JournalEntry[] }[];
  calls: CallRecord[];
  values: Json[];
}

export const storedRuns = JSON.parse(
  readFileSync(new URL('../fixtures/stored-runs-0.1.0.json', import.meta.url), 'utf8'),
) as StoredRuns[];

export async function restoreRuns<Kind extends Store>(store: Kind, { runs, calls, values }: StoredRuns): Promise<Kind> {
  for (const { record, entries } of runs) {
    await store.createRun(record);
    await store.appendEvents(record.runId, entries);
  }
  for (const call of calls) await store.putCall(call);
  for (const value of values) await store.putValue(value);
  return store;
}

export function findStoredRuns(title: string): StoredRuns {
  const found = storedRuns.find((dump) => dump.title === title);
  if (found === undefined) throw new Error(`No stored run "${title}".`);
  return found;
}
