import { type Clock, systemClock } from '../clock.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

/** Where runs are kept unless something else is said: a folder below the working directory. */
export const defaultStorePath = '.planwright';

/** An open store as it is; a path is opened as SQLite. */
export async function openStore(store: Store | string | undefined, clock: Clock = systemClock): Promise<Store> {
  return typeof store === 'object' ? store : openSqliteStore(store ?? defaultStorePath, { clock });
}
