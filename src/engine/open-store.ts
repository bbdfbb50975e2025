import { type Clock, systemClock } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import type * as Postgres from './postgres/index.ts';
import { isPostgresUrl } from './postgres/postgres-url.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

/** Where runs are kept unless something else is said: a folder below the working directory. */
export const defaultStorePath = '.planwright';

/**
 * An open store as it is; `postgres://…` is opened there, where `initPostgresStore` (`planwright store init`) has made it;
 * a path is opened as SQLite, and made when there is nothing yet.
 * @param store Default `.planwright`.
 * @throws {PlanwrightError} `usage` when the packages for PostgreSQL are not installed; `store-corrupt`, `store-newer`,
 *   `store-failed`.
 */
export async function openStore(store: Store | string | undefined, clock: Clock = systemClock): Promise<Store> {
  if (typeof store === 'object') return store;
  const location = store ?? defaultStorePath;
  if (!isPostgresUrl(location)) return openSqliteStore(location, { clock });
  const { openPostgresStore } = await loadPostgres();
  return openPostgresStore(location, { clock });
}

/**
 * The engine on PostgreSQL, loaded when it is asked for and not before: it is an optional part with packages of its own.
 * @throws {PlanwrightError} `usage` when those are not installed.
 */
export function loadPostgres(): Promise<typeof Postgres> {
  return loadOptional(() => import('./postgres/index.ts'));
}

/**
 * Loads what needs the packages for PostgreSQL.
 * @throws {PlanwrightError} `usage` when those are not installed.
 */
export async function loadOptional<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  try {
    return await load();
  } catch (thrown) {
    if (!isMissingPackage(thrown)) throw thrown;
    throw new PlanwrightError(
      'usage',
      'A store on PostgreSQL needs two packages that are not installed: npm install pg @dbos-inc/dbos-sdk',
      { cause: thrown },
    );
  }
}

export function isMissingPackage(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'ERR_MODULE_NOT_FOUND') return false;
  return /'(?:pg|@dbos-inc\/dbos-sdk)'/.test(thrown.message);
}
