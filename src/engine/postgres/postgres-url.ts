/**
 * Where a store on PostgreSQL is: `postgres://user:password@host:port/database?schema=NAME`. Every other query parameter
 * goes to the client library (`sslmode`, `application_name`, …), which also reads PGPASSWORD and ~/.pgpass.
 */
import { PlanwrightError } from '../../errors.ts';

export const defaultSchema = 'planwright';

export interface PostgresTarget {
  /** For the client library: the URL without `schema`. Holds the password. */
  connectionString: string;
  schema: string;
  /** For messages: user, host, port, database and schema; never a password or another parameter. */
  location: string;
}

const shapeAdvice = 'It has to look like postgres://user@host:5432/database?schema=planwright.';
/** A folder of Unix sockets is a host; these two may stand in the query. */
const addressParameters = ['host', 'port'];
const schemaPattern = /^[a-z_][a-z0-9_]{0,62}$/;

export function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//i.test(text);
}

/** @throws {PlanwrightError} `usage` for what is no such URL, or a schema that is no plain lower-case name; it does not quote the URL. */
export function readPostgresUrl(text: string): PostgresTarget {
  const url = parseUrl(text);
  const schema = url.searchParams.get('schema') ?? defaultSchema;
  if (!schemaPattern.test(schema) || schema.startsWith('pg_') || schema === 'information_schema') {
    throw new PlanwrightError(
      'usage',
      `The schema "${schema.slice(0, 80)}" of the store's URL cannot be used. Take up to 63 lower-case letters, digits and underscores, and no name of PostgreSQL's own.`,
    );
  }
  url.searchParams.delete('schema');
  return { connectionString: url.href, schema, location: describe(url, schema) };
}

function parseUrl(text: string): URL {
  const url = isPostgresUrl(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw new PlanwrightError('usage', `The store's URL cannot be read. ${shapeAdvice}`);
  if (url.pathname.length < 2) throw new PlanwrightError('usage', `The store's URL names no database. ${shapeAdvice}`);
  return url;
}

function describe(url: URL, schema: string): string {
  const shown = new URL('postgres://shown');
  shown.host = url.host;
  const user = url.username === '' ? '' : `${url.username}@`;
  const parameters = new URLSearchParams();
  for (const name of addressParameters) {
    const value = url.searchParams.get(name);
    if (value !== null) parameters.set(name, value);
  }
  parameters.set('schema', schema);
  return `postgres://${user}${url.host}${url.pathname}?${parameters.toString()}`;
}
