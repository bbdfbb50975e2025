/** A run by what a person types: its id, the beginning of it, or `last`. */
import { defaultStorePath, openStore, PlanwrightError, type RunRecord, type Store } from '../index.ts';
import { isThere } from './store-place.ts';
import { toOneLine } from './terminal-text.ts';

/** What commands about stored runs have in common. */
export interface StoreFlags {
  store?: string;
  json?: boolean;
}

/** Opens the store, hands over the run that is meant, and closes the store. */
export async function withRun(
  wanted: string,
  { store: given }: StoreFlags,
  use: (store: Store, run: RunRecord) => Promise<number>,
): Promise<number> {
  const location = given ?? defaultStorePath;
  if (!isThere(location)) {
    throw new PlanwrightError(
      'run-unknown',
      `No run "${toOneLine(wanted)}": there is no store at ${location}. Name another with --store.`,
    );
  }
  const store = await openStore(location);
  try {
    return await use(store, await findRun(store, wanted));
  } finally {
    await store.close();
  }
}

/** @throws {PlanwrightError} `run-unknown`; `usage` when several runs begin so. */
export async function findRun(store: Store, wanted: string): Promise<RunRecord> {
  const exact = wanted === '' ? undefined : await store.getRun(wanted);
  if (exact !== undefined) return exact;
  const roots = await store.listRuns({ rootsOnly: true, ...(wanted === 'last' ? { limit: 1 } : {}) });
  const matching = wanted === 'last' ? roots : roots.filter(({ runId }) => wanted !== '' && runId.startsWith(wanted));
  const [run] = matching;
  if (run === undefined) {
    throw new PlanwrightError(
      'run-unknown',
      `No run "${toOneLine(wanted)}" in ${store.location}. List the runs with: planwright runs`,
    );
  }
  if (matching.length > 1) {
    const named = matching.slice(0, 5).map(({ runId }) => runId);
    const more = matching.length > named.length ? ` and ${matching.length - named.length} more` : '';
    throw new PlanwrightError(
      'usage',
      `"${wanted}" begins ${matching.length} runs: ${named.join(', ')}${more}. Give more of the id.`,
    );
  }
  return run;
}
