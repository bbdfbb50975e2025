/**
 * DBOS's own tables, in the store's schema. DBOS would create the schema itself, which needs a right on the whole database even
 * when the schema is there; a role that owns one schema has no such right, so that one statement is left out.
 */

import { allMigrations } from '@dbos-inc/dbos-sdk/internal/sysdb_migrations/internal/migrations';
import { getCurrentSysDBVersion, runSysMigrationsPg } from '@dbos-inc/dbos-sdk/internal/sysdb_migrations/migration_runner';
import type { ClientBase } from 'pg';

/** Takes the steps that are missing; none when they are all there. */
export async function migrateDbos(client: ClientBase, schema: string): Promise<void> {
  await runSysMigrationsPg(client, listSteps(schema), schema, {
    onWarn: () => {},
    isCockroach: false,
  });
}

/** Whether every step that this version of DBOS needs has been taken. */
export async function isDbosMigrated(client: ClientBase, schema: string): Promise<boolean> {
  const taken = await getCurrentSysDBVersion(client, schema);
  return taken >= listSteps(schema).length;
}

function listSteps(schema: string) {
  return allMigrations(schema, { useListenNotify: true, isCockroach: false }).map(({ pg: statements, ...step }) => ({
    ...step,
    ...(statements === undefined ? {} : { pg: statements.filter((sql) => !/^\s*create schema/i.test(sql)) }),
  }));
}
