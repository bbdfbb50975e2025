/**
 * Whether a schema holds a store, and the steps that lead to one. `pw_meta` says how many were taken; opening a store takes
 * none, `initPostgresStore` takes all that are missing, in one transaction under a lock.
 */
import type { ClientBase } from 'pg';
import { PlanwrightError } from '../../errors.ts';
import { PostgresConnection, type PostgresSession } from './postgres-connection.ts';
import { functionsVersion1 } from './postgres-functions.ts';
import { limitFunctionsVersion1 } from './postgres-limit-functions.ts';
import { runsOfWorkersVersion2, tablesVersion1 } from './postgres-tables.ts';
import { type PostgresTarget, readPostgresUrl } from './postgres-url.ts';

/** steps[v] leads from version v to v + 1. A published step never changes. */
const steps: readonly string[] = [`${tablesVersion1}${functionsVersion1}${limitFunctionsVersion1}`, runsOfWorkersVersion2];

export const schemaVersion = steps.length;
const oldestServer = 140_000;
/** How long an unreachable server is tried when a store is opened or made. */
export const openPatienceMs = 10_000;

export interface InitOptions {
  /**
   * Takes part after our own steps, in the same schema, under the same lock and on the same connection, but after their
   * commit: for a library that has migrations of its own. Has to do nothing where nothing is missing.
   */
  also?: (client: ClientBase) => Promise<void>;
  /** Default 10,000. */
  patienceMs?: number;
}

/** What `initPostgresStore` did. */
export interface InitReport {
  location: string;
  /** 0 when there was none. */
  fromVersion: number;
  version: number;
}

/**
 * Makes the store, or brings it to this version; where nothing is missing it does nothing. Several at once: one does it.
 * The role needs no more than a schema that it owns; only where the schema is missing, the right to create one.
 * @throws {PlanwrightError} `store-newer`, untouched; `usage` for a bad URL; `store-failed`.
 */
export async function initPostgresStore(
  url: string,
  { also, patienceMs = openPatienceMs }: InitOptions = {},
): Promise<InitReport> {
  const target = readPostgresUrl(url);
  const connection = new PostgresConnection(target, { patienceMs, connections: 1 });
  try {
    return await connection.run((session) => initOn(session, target, also));
  } finally {
    await connection.close();
  }
}

async function initOn(session: PostgresSession, target: PostgresTarget, also: InitOptions['also']): Promise<InitReport> {
  await checkServer(session, target.location);
  const lock = [`planwright init ${target.schema}`];
  await session.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', lock);
  try {
    await session.query('BEGIN');
    const fromVersion = await takeSteps(session, target);
    await session.query('COMMIT');
    await also?.(session.client);
    return { location: target.location, fromVersion, version: schemaVersion };
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) await session.query('ROLLBACK');
    throw thrown;
  } finally {
    // A lost connection has given the lock back.
    await session.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', lock).catch(() => undefined);
  }
}

async function takeSteps(session: PostgresSession, target: PostgresTarget): Promise<number> {
  const { schema, location } = target;
  const [there] = await session.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  if (there === undefined) await session.query(`CREATE SCHEMA "${schema}"`);
  const version = (await readVersion(session, schema)) ?? 0;
  if (version > schemaVersion) throw storeNewer(location, version);
  if (version === schemaVersion) return version;
  if (version === 0) await session.query('CREATE TABLE IF NOT EXISTS pw_meta (version integer NOT NULL)');
  for (const step of steps.slice(version)) await session.query(step);
  await session.query('DELETE FROM pw_meta');
  await session.query('INSERT INTO pw_meta (version) VALUES ($1)', [schemaVersion]);
  return version;
}

/** @throws {PlanwrightError} `store-missing`, `store-older`, `store-newer`; `store-failed` for a server before 14. */
export async function checkStore(session: PostgresSession, target: PostgresTarget): Promise<void> {
  await checkServer(session, target.location);
  const version = await readVersion(session, target.schema);
  if (version === undefined) {
    throw new PlanwrightError('store-missing', `No store is at ${target.location}. Make one with "planwright store init URL".`);
  }
  if (version > schemaVersion) throw storeNewer(target.location, version);
  if (version < schemaVersion) {
    throw new PlanwrightError(
      'store-older',
      `The store ${target.location} is of version ${version}; this Planwright needs ${schemaVersion}. Stop whatever works on it and run "planwright store init URL".`,
      { details: { version, knownVersion: schemaVersion } },
    );
  }
}

/** undefined when the schema holds no store, or none that this role can see. */
async function readVersion(session: PostgresSession, schema: string): Promise<number | undefined> {
  const [table] = await session.query('SELECT to_regclass($1) AS found', [`"${schema}".pw_meta`]);
  if (table?.['found'] === null) return undefined;
  const [row] = await session.query('SELECT version FROM pw_meta');
  return row === undefined ? undefined : Number(row['version']);
}

async function checkServer(session: PostgresSession, location: string): Promise<void> {
  const [row] = await session.query(
    "SELECT current_setting('server_version_num')::integer AS number, current_setting('server_version') AS name",
  );
  if (Number(row?.['number']) >= oldestServer) return;
  throw new PlanwrightError(
    'store-failed',
    `PostgreSQL at ${location} is version ${String(row?.['name'])}; Planwright needs 14 or newer.`,
  );
}

function storeNewer(location: string, version: number): PlanwrightError {
  return new PlanwrightError(
    'store-newer',
    `${location} is a store of version ${version}; this Planwright knows versions up to ${schemaVersion}. It was left untouched: update Planwright, or give another URL with --store.`,
    { details: { version, knownVersion: schemaVersion } },
  );
}
