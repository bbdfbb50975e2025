import { reportRun, type Store } from 'planwright';

/** Everything that a store has of its runs, by id. */
export async function readAll(store: Store) {
  const runs = (await store.listRuns()).toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
  const all = [];
  for (const record of runs) {
    const { runId } = record;
    const entries = await store.readEvents(runId);
    const signals = (await store.readSignals(runId)).map(({ signal }) => signal);
    const calls = await store.listCalls(runId);
    all.push({ record, entries, signals, calls, outcome: await store.getOutcome(runId), report: await reportRun(store, runId) });
  }
  return all;
}
