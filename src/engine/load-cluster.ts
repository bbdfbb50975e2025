/** The engine for more than one machine, loaded when it is asked for: it needs packages of its own. */
import { PlanwrightError } from '../errors.ts';
import type * as cluster from './dbos/index.ts';
import { loadOptional } from './open-store.ts';
import { isPostgresUrl } from './postgres/postgres-url.ts';

/** @throws {PlanwrightError} `usage` when the packages are not installed, or `location` is no `postgres://…`. */
export async function loadCluster(location: string): Promise<typeof cluster> {
  if (!isPostgresUrl(location)) {
    throw new PlanwrightError(
      'usage',
      'Workers meet in a store on PostgreSQL: --store postgres://user@host/database. One process needs no worker.',
    );
  }
  return loadOptional(() => import('./dbos/index.ts'));
}
