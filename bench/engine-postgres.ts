/** The figures that need PostgreSQL: on a server of their own, or left out where there is none. */
import { initStore } from '../src/engine/dbos/index.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../test/support/postgres.ts';
import type { Figure } from './figure.ts';

export async function withPostgres(measure: (server: PostgresServer) => Promise<Figure[]>): Promise<Figure[]> {
  const { skip, because } = postgresAvailability();
  if (skip) return [{ what: `skipped${because}`, measured: 0, digits: 0 }];
  const server = await startPostgres();
  try {
    return await measure(server);
  } finally {
    await server.remove();
  }
}

/** @returns the URL of a new store in its own schema. */
export async function newStore(server: PostgresServer, schema: string): Promise<string> {
  const url = server.urlOf(schema);
  await initStore(url);
  return url;
}
