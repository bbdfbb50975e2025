/**
 * Which values and blobs nothing refers to. A reference is 64 hexadecimal digits anywhere in what is kept: events, calls,
 * setups, outcomes, calibrations, signals and results, and in turn the values and blobs that these name.
 */
import { defaultGarbageAgeMs, type Garbage, type GarbageOptions } from '../store.ts';
import type { PostgresConnection, Row } from './postgres-connection.ts';

type Content = 'value' | 'blob';
type Search = (sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** The server sends the long runs of digits only. */
const digitsOf = (column: string) => `regexp_matches(${column}, '[0-9a-f]{64,}', 'g')`;
const blobText = "encode(body, 'escape')";
const hashLength = 64;
/** Runs whose events are searched by one statement. */
const runsAtOnce = 200;
const contentsAtOnce = 50;
/** The server reads a whole table of text. */
const searchTimeoutMs = 600_000;

const roots = [
  ['pw_runs', 'card'],
  ['pw_runs', 'setup'],
  ['pw_calls', 'record'],
  ['pw_calls', 'response'],
  ['pw_outcomes', 'body'],
  ['pw_calibrations', 'body'],
  ['pw_signals', 'body'],
  ['pw_results', 'body'],
] as const;

export async function collectGarbage(
  connection: PostgresConnection,
  { minAgeMs = defaultGarbageAgeMs }: GarbageOptions = {},
): Promise<Garbage> {
  const [clock] = await connection.query(
    "SELECT (clock_timestamp() - $1::double precision * interval '1 millisecond')::text AS cutoff",
    [minAgeMs],
  );
  const cutoff = String(clock?.['cutoff']);
  const kinds = new Map<string, Content>();
  for (const kind of ['value', 'blob'] as const) {
    for (const row of await connection.query(`SELECT hash FROM ${tableOf(kind)}`)) kinds.set(String(row['hash']), kind);
  }
  const kept = await markKept(connection, kinds);
  const garbage = { values: 0, blobs: 0, bytes: 0 };
  for (const kind of ['value', 'blob'] as const) {
    const hashes = [...kinds].filter(([hash, one]) => one === kind && !kept.has(hash)).map(([hash]) => hash);
    const [row] = await connection.query(
      `WITH gone AS (
         DELETE FROM ${tableOf(kind)} WHERE hash = ANY ($1::text[]) AND put_at <= $2::timestamptz RETURNING octet_length(body) AS bytes
       ) SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM gone`,
      [hashes, cutoff],
    );
    garbage[kind === 'value' ? 'values' : 'blobs'] = Number(row?.['count']);
    garbage.bytes += Number(row?.['bytes']);
  }
  return garbage;
}

/** What is young is kept, and so is all that it names. */
async function markKept(connection: PostgresConnection, kinds: ReadonlyMap<string, Content>): Promise<Set<string>> {
  const kept = new Set<string>();
  const search: Search = (sql, values = []) => connection.query(sql, values, searchTimeoutMs);
  let found: string[] = [];
  const note = (rows: readonly Row[]) => {
    for (const hash of hashesIn(rows)) {
      if (!kinds.has(hash) || kept.has(hash)) continue;
      kept.add(hash);
      found.push(hash);
    }
  };
  for (const [table, column] of roots) note(await search(`SELECT ${digitsOf(column)} AS found FROM ${table}`));
  // Work that waits in a queue names its order there.
  const queued = `"${connection.target.schema}".workflow_input`;
  const [table] = await search('SELECT to_regclass($1) AS found', [queued]);
  if (table?.['found'] !== null) note(await search(`SELECT ${digitsOf('inputs')} AS found FROM ${queued}`));
  await searchEvents(search, note);
  while (found.length > 0) {
    const next = found;
    found = [];
    for (let start = 0; start < next.length; start += contentsAtOnce) {
      const some = next.slice(start, start + contentsAtOnce);
      note(await search(`SELECT ${digitsOf('body')} AS found FROM pw_values WHERE hash = ANY ($1::text[])`, [some]));
      note(await search(`SELECT ${digitsOf(blobText)} AS found FROM pw_blobs WHERE hash = ANY ($1::text[])`, [some]));
    }
  }
  return kept;
}

async function searchEvents(search: Search, note: (rows: readonly Row[]) => void): Promise<void> {
  const [row] = await search('SELECT coalesce(max(run_key), 0) AS last FROM pw_runs');
  const last = Number(row?.['last']);
  for (let first = 1; first <= last; first += runsAtOnce) {
    note(
      await search(`SELECT ${digitsOf('body')} AS found FROM pw_events WHERE run_key >= $1 AND run_key < $2`, [
        first,
        first + runsAtOnce,
      ]),
    );
  }
}

/** A longer run of digits may hold a hash anywhere: an escape such as \\u0000 may stand right before it. */
function* hashesIn(rows: readonly Row[]): Generator<string> {
  for (const row of rows) {
    const [digits = ''] = row['found'] as string[];
    for (let start = 0; start + hashLength <= digits.length; start += 1) yield digits.slice(start, start + hashLength);
  }
}

function tableOf(kind: Content): string {
  return kind === 'value' ? 'pw_values' : 'pw_blobs';
}
