/** What is asked of DBOS from outside its workflows: to enqueue work, to look at it, to withdraw it. */
import { DBOSClient } from '@dbos-inc/dbos-sdk';
import { Pool } from 'pg';
import type { PostgresTarget } from '../postgres/postgres-url.ts';

/**
 * Work in flight is taken up by code of the same version only; docs/deploy.md says how to upgrade. Raise it when an order, or
 * what is done with one, changes so that the code before it can't go on with it.
 */
export const workVersion = 'planwright-1';
export const applicationName = 'planwright';

/** Names under which workers know what to do. */
export const runWorkflow = 'planwright.run';
export const workWorkflow = 'planwright.work';

export interface DbosClient {
  readonly dbos: DBOSClient;
  readonly pool: Pool;
  /** Of the work that is enqueued through it. */
  readonly version: string;
  close(): Promise<void>;
}

/** DBOS with connections of its own, so that its polling can't hold up the journal. */
export async function openDbosClient(
  { connectionString, schema }: PostgresTarget,
  version: string = workVersion,
): Promise<DbosClient> {
  const pool = openDbosPool(connectionString, 4);
  const dbos = await DBOSClient.create({
    systemDatabaseUrl: connectionString,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: schema,
    applicationName,
    logger: silent,
  });
  return {
    dbos,
    pool,
    version,
    close: async () => {
      await dbos.destroy();
      await pool.end();
    },
  };
}

export function openDbosPool(connectionString: string, connections: number): Pool {
  const pool = new Pool({
    connectionString,
    max: connections,
    application_name: 'planwright-dbos',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // A connection that breaks while it is idle is replaced by the pool.
  pool.on('error', () => {});
  return pool;
}

/** What DBOS would print says nothing that a worker does not report itself. */
export const silent = { info: () => {}, debug: () => {}, warn: () => {}, error: () => {} };
