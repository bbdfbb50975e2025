/**
 * The SQLite store beside a bare loop that inserts one row of as many bytes for each event. Both write with the same durability (WAL,
 * synchronous=FULL), by the same number of writers at once, each of which waits until its row is durable before it goes on; rows
 * that wait at the same moment share a transaction.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../src/engine/sqlite-store.ts';
import { runTask } from '../src/index.ts';
import { scriptedModel } from '../src/testing/index.ts';
import { createRun, drivePlan } from './drive-plan.ts';
import { benchTask, benchTeam, treePlan } from './engine-plans.ts';
import { atLeast, atMost, type Figure } from './figure.ts';
import { generateDag } from './generate-dag.ts';
import { measureInTurns } from './measure.ts';

/** Attempts at once, and writers of the bare loop. */
const writers = 32;

export interface SqliteOptions {
  subtasks: number;
  rounds: number;
}

export async function measureSqlite({ subtasks, rounds }: SqliteOptions): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-bench-'));
  let made = 0;
  const newFile = (): string => join(folder, `${made++}.db`);
  try {
    return [
      ...(await compareWrites(newFile, { subtasks, rounds })),
      ...(await compareSizes(newFile, { small: subtasks / 100, large: subtasks })),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareWrites(newFile: () => string, { subtasks, rounds }: SqliteOptions): Promise<Figure[]> {
  const plan = generateDag('wide', subtasks, 1);
  let lengths: number[] = [];
  const drive = async (): Promise<number> => {
    const store = await openSqliteStore(newFile());
    await createRun(store, 'r');
    const startMs = performance.now();
    await drivePlan(plan, { runId: 'r', store, concurrency: writers });
    const tookMs = performance.now() - startMs;
    lengths = (await store.readEvents('r')).map(({ event }) => Buffer.byteLength(JSON.stringify(event)));
    await store.close();
    return tookMs;
  };
  const bare = (): Promise<number> => insertBare(newFile(), lengths);
  const [driveMs = Number.NaN, bareMs = Number.NaN] = await measureInTurns([drive, bare], { warmUps: 1, rounds });
  const wholeMs = (await runWhole(newFile(), subtasks)).tookMs;
  const what = `${subtasks.toLocaleString('en')} subtasks, ${writers} at once`;
  const perSecond = (ms: number): number => (1000 * lengths.length) / ms;
  return [
    { what: `${what}: events through the run loop`, measured: perSecond(driveMs), digits: 0, unit: ' a second' },
    { what: `${what}: rows through the bare loop`, measured: perSecond(bareMs), digits: 0, unit: ' a second' },
    { what: `${what}: run loop ÷ bare`, measured: bareMs / driveMs, unit: ' ×', bound: atLeast(0.33) },
    {
      what: `${what}: whole runs with their model calls`,
      measured: (1000 * subtasks) / wholeMs,
      digits: 0,
      unit: ' subtasks a second',
    },
  ];
}

/** @param lengths Bytes of each row. @returns ms until all are durable. */
async function insertBare(file: string, lengths: readonly number[]): Promise<number> {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE rows (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  `);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const insert = database.prepare('INSERT INTO rows (body) VALUES (?)');
  const commit = database.prepare('COMMIT');
  const bodies = lengths.map((length) => 'x'.repeat(length));
  let group: { body: string; done: () => void }[] = [];
  const commitGroup = (): void => {
    const rows = group;
    group = [];
    begin.run();
    for (const { body } of rows) insert.run(body);
    commit.run();
    for (const { done } of rows) done();
  };
  const write = (body: string): Promise<void> =>
    new Promise((done) => {
      if (group.push({ body, done }) === 1) setImmediate(commitGroup);
    });
  let next = 0;
  const writeInTurn = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) await write(body);
  };
  const startMs = performance.now();
  await Promise.all(Array.from({ length: writers }, writeInTurn));
  const tookMs = performance.now() - startMs;
  database.close();
  return tookMs;
}

/** Sizes of closed files; an empty store has its tables already, which is most of the file of a small run. */
async function compareSizes(newFile: () => string, { small, large }: { small: number; large: number }): Promise<Figure[]> {
  const empty = newFile();
  await (await openSqliteStore(empty)).close();
  const emptyBytes = statSync(empty).size;
  const bytesOf = async (size: number): Promise<number> => {
    const file = newFile();
    await runWhole(file, size);
    return statSync(file).size;
  };
  const [few, many] = [await bytesOf(small), await bytesOf(large)];
  const perSubtask = { few: (few - emptyBytes) / small, many: (many - emptyBytes) / large };
  const [fewer, more] = [small.toLocaleString('en'), large.toLocaleString('en')];
  return [
    { what: 'Bytes of an empty store', measured: emptyBytes, digits: 0 },
    { what: `Bytes a subtask beyond that, ${fewer} subtasks`, measured: perSubtask.few, digits: 0 },
    { what: `Bytes a subtask beyond that, ${more} subtasks`, measured: perSubtask.many, digits: 0 },
    {
      what: `${more} ÷ ${fewer} subtasks: bytes a subtask in the file`,
      measured: many / large / (few / small),
      unit: ' ×',
      bound: atMost(1.1),
    },
    {
      what: `${more} ÷ ${fewer} subtasks: beyond an empty store`,
      measured: perSubtask.many / perSubtask.few,
      unit: ' ×',
      bound: atMost(1.1),
    },
  ];
}

/** A run as a user starts it, with a model that answers at once: its calls are journaled too. The store is closed after it. */
async function runWhole(file: string, size: number): Promise<{ tookMs: number }> {
  const store = await openSqliteStore(file);
  const startMs = performance.now();
  const limits = { concurrency: writers };
  const model = scriptedModel(() => 'done');
  const { status } = await runTask({ task: benchTask, team: benchTeam, plan: treePlan(size), model, store, limits });
  const tookMs = performance.now() - startMs;
  if (status !== 'succeeded') throw new Error(`The run ended as ${status}.`);
  await store.close();
  return { tookMs };
}
