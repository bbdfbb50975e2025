import { loadOptional, loadPostgres, openStore } from './open-store.ts';
import { isPostgresUrl, readPostgresUrl } from './postgres/postgres-url.ts';

/** What was done. Versions are those of the schema. */
export interface StoreInitialization {
  location: string;
  /** null for a file, which every opening makes or brings up to date. */
  fromVersion: number | null;
  version: number | null;
}

/**
 * Makes a store, or brings it up to date; where nothing is missing it does nothing. On PostgreSQL nothing else does that.
 * @param location A path, or `postgres://user@host:5432/database?schema=planwright`.
 * @throws {PlanwrightError} `usage` for a bad address, or when the packages for PostgreSQL are not installed; `store-newer`,
 *   untouched; `store-failed`.
 */
export async function initStore(location: string): Promise<StoreInitialization> {
  if (isPostgresUrl(location)) {
    const { schema } = readPostgresUrl(location);
    const { initPostgresStore } = await loadPostgres();
    const { migrateDbos } = await loadOptional(() => import('./dbos/migrate-dbos.ts'));
    return initPostgresStore(location, { also: (client) => migrateDbos(client, schema) });
  }
  const store = await openStore(location);
  await store.close();
  return { location: store.location, fromVersion: null, version: null };
}
