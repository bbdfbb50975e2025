import { defaultStorePath, openStore, PlanwrightError, type Store } from '../index.ts';
import { isThere } from './store-place.ts';

/**
 * Opens the store that `--store` names, hands it over, and closes it.
 * @throws {PlanwrightError} `store-missing` when there is none: looking at a store must not make one.
 */
export async function withGivenStore(given: string | undefined, use: (store: Store) => Promise<number>): Promise<number> {
  const location = given ?? defaultStorePath;
  if (!isThere(location)) {
    throw new PlanwrightError('store-missing', `There is no store at ${location}. Name another with --store.`);
  }
  const store = await openStore(location);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
