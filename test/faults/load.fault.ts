/** What a thousand runs at once and a run of ten thousand subtasks take, in time, memory, rows and bytes, and that each is linear. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { initStore } from '../../src/engine/dbos/index.ts';
import { type PostgresServer, postgresAvailability, startPostgres } from '../support/postgres.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { expectToHold, part, tell } from './fault-case.ts';
import type { LoadAnswer, LoadOrder } from './load-process.ts';
import { startToldProcess } from './processes.ts';

const { skip, because } = postgresAvailability();
let postgres: PostgresServer;
beforeAll(async () => {
  if (!skip) postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres?.remove());

interface Measured {
  engine: string;
  runs: number;
  subtasks: number;
  ms: number;
  peakMb: number;
  /** The peak over what the process took before it began. */
  grownMb: number;
  /** Over all tables and files; undefined where nothing is kept. */
  rows?: number;
  bytes?: number;
}

interface Kept {
  rows: number;
  bytes: number;
}

let schemas = 0;

async function measure(engine: LoadOrder['engine'], { runs, subtasks }: { runs: number; subtasks: number }): Promise<Measured> {
  const folder = makeTemporaryFolder();
  schemas += 1;
  const schema = `load_${schemas}`;
  const place = engine === 'dbos' ? postgres.urlOf(schema) : join(folder, 'load.db');
  if (engine === 'dbos') await initStore(place);
  const empty = engine === 'dbos' ? await keptInPostgres(schema) : { rows: 0, bytes: 0 };
  await using process = startToldProcess<LoadOrder, LoadAnswer>('load-process.ts');
  expect(await process.next()).toEqual({ kind: 'ready' });
  process.tell({ engine, place, runs, subtasks });
  const answer = await process.next();
  if (answer?.kind !== 'measured')
    throw new Error(`${engine}, ${runs} × ${subtasks}: ${JSON.stringify(answer)} ${process.stderr()}`);
  expect(answer.ended, `${engine}: runs that succeeded`).toBe(runs);
  expect(answer.calls, `${engine}: calls`).toBe(runs * subtasks);
  const kept = engine === 'dbos' ? without(await keptInPostgres(schema), empty) : engine === 'sqlite' ? keptInSqlite(place) : {};
  return { engine, runs, subtasks, ms: answer.ms, peakMb: answer.peakMb, grownMb: answer.peakMb - answer.startMb, ...kept };
}

function keptInSqlite(file: string): Kept {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  const rows = tables.reduce(
    (sum, { name }) => sum + Number(database.prepare(`SELECT count(*) AS n FROM "${String(name)}"`).get()?.['n']),
    0,
  );
  database.close();
  return { rows, bytes: statSync(file).size };
}

/** What an empty schema takes is none of the subtasks'. */
function without(all: Kept, empty: Kept): Kept {
  return { rows: all.rows - empty.rows, bytes: all.bytes - empty.bytes };
}

async function keptInPostgres(schema: string): Promise<Kept> {
  const tables = await postgres.query('SELECT tablename AS name FROM pg_tables WHERE schemaname = $1', [schema]);
  let [rows, bytes] = [0, 0];
  for (const { name } of tables) {
    const table = `"${schema}"."${String(name)}"`;
    const [counted] = await postgres.query(`SELECT count(*) AS n, pg_total_relation_size('${table}') AS size FROM ${table}`);
    rows += Number(counted?.['n']);
    bytes += Number(counted?.['size']);
  }
  return { rows, bytes };
}

function tellTable(measured: readonly Measured[]): void {
  tell('    | engine | runs × subtasks | s | ms a subtask | peak RSS MB | rows a subtask | bytes a subtask |');
  tell('    |---|---|---|---|---|---|---|');
  for (const { engine, runs, subtasks, ms, peakMb, rows, bytes } of measured) {
    const count = runs * subtasks;
    const each = (total: number | undefined, digits: number) => (total === undefined ? '–' : (total / count).toFixed(digits));
    tell(
      `    | ${engine} | ${runs} × ${subtasks} | ${(ms / 1000).toFixed(1)} | ${each(ms, 2)} | ${peakMb.toFixed(0)} | ${each(rows, 1)} | ${each(bytes, 0)} |`,
    );
  }
}

/** The smallest size is measured again behind the largest: what else the machine does meanwhile must not look like growth. */
function thenFirst(sizes: readonly number[]): number[] {
  return [...sizes, ...sizes.slice(0, 1)];
}

/** A subtask at the largest size to one at the smallest, whose times are averaged. */
function expectLinear(measured: readonly Measured[]): void {
  const [first, large, again] = [measured[0], measured.at(-2), measured.at(-1)];
  if (first === undefined || large === undefined || again === undefined) throw new Error('Nothing was measured.');
  const small = { ...first, ms: (first.ms + again.ms) / 2 };
  const count = (one: Measured) => one.runs * one.subtasks;
  const ratio = (name: 'ms' | 'grownMb' | 'rows' | 'bytes') =>
    (large[name] ?? 0) / count(large) / ((small[name] ?? 1) / count(small));
  const about = `${large.engine}: a subtask at ${count(large)} to one at ${count(small)}`;
  expect(ratio('rows'), `${about}, rows`).toBeLessThanOrEqual(1.5);
  expect(ratio('bytes'), `${about}, bytes`).toBeLessThanOrEqual(1.5);
  expect(ratio('grownMb'), `${about}, memory`).toBeLessThanOrEqual(1.5);
  expect(ratio('ms'), `${about}, time`).toBeLessThanOrEqual(3);
}

const engines: LoadOrder['engine'][] = ['memory', 'sqlite', 'dbos'];
const sizes = {
  quick: { memory: [500, 2_000], sqlite: [500, 2_000], dbos: [100, 300] },
  full: { memory: [1_000, 3_000, 10_000], sqlite: [1_000, 3_000, 10_000], dbos: [1_000, 3_000, 10_000] },
}[part];
const crowds = { quick: { sqlite: [50, 200], dbos: [10, 30] }, full: { sqlite: [100, 1_000], dbos: [100, 1_000] } }[part];

for (const engine of engines) {
  const isSkipped = engine === 'dbos' && skip;
  test.skipIf(isSkipped)(
    `Load, ${engine}: one run of many subtasks${isSkipped ? because : ''}`,
    { timeout: part === 'quick' ? 90_000 : 1_800_000 },
    ({ task: { name } }) =>
      expectToHold(name, async () => {
        const measured: Measured[] = [];
        for (const subtasks of thenFirst(sizes[engine])) measured.push(await measure(engine, { runs: 1, subtasks }));
        tellTable(measured);
        expectLinear(measured);
        return `${sizes[engine].join(', ')} subtasks in one run: all succeeded; rows, bytes and time a subtask stay flat`;
      }),
  );
}

for (const engine of ['sqlite', 'dbos'] as const) {
  const isSkipped = engine === 'dbos' && skip;
  test.skipIf(isSkipped)(
    `Load, ${engine}: many runs of 10 subtasks at once${isSkipped ? because : ''}`,
    { timeout: part === 'quick' ? 90_000 : 1_800_000 },
    ({ task: { name } }) =>
      expectToHold(name, async () => {
        const measured: Measured[] = [];
        for (const runs of thenFirst(crowds[engine])) measured.push(await measure(engine, { runs, subtasks: 10 }));
        tellTable(measured);
        expectLinear(measured);
        return `${crowds[engine].join(', ')} runs at once: all succeeded; rows, bytes and time a run stay flat`;
      }),
  );
}
