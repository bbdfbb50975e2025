/** What a durable run costs beside a bare loop that writes the same events in the same transactions. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunJournal } from '../src/engine/drive.ts';
import { openSqliteStore } from '../src/engine/sqlite-store.ts';
import type { Store } from '../src/engine/store.ts';
import type { JournalEntry } from '../src/events.ts';
import { createRun, drivePlan } from './drive-plan.ts';
import { atMost, type Figure } from './figure.ts';
import { generateDag, type Shape, shapes } from './generate-dag.ts';
import { measureInTurns } from './measure.ts';

/** What one call of `appendEvents` was given: one transaction. */
type Batch = JournalEntry[];

/** Linux keeps this folder in memory: there a commit waits for no disk, which otherwise is most of what both take. */
const memoryFolder = '/dev/shm';

export async function measureJournalCost(size: number, { rounds = 9 }: { rounds?: number } = {}): Promise<Figure[]> {
  const places = [{ place: 'on disk', parent: tmpdir() }];
  if (existsSync(memoryFolder)) places.push({ place: 'in memory', parent: memoryFolder });
  const figures: Figure[] = [];
  for (const { place, parent } of places) {
    const folder = mkdtempSync(join(parent, 'planwright-bench-'));
    try {
      for (const shape of shapes) figures.push(...(await measureOne({ folder, place, shape, size, rounds })));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return figures;
}

interface Contest {
  folder: string;
  /** Where the folder is, for the reader. */
  place: string;
  shape: Shape;
  size: number;
  rounds: number;
}

async function measureOne({ folder, place, shape, size, rounds }: Contest): Promise<Figure[]> {
  const subtasks = generateDag(shape, size, 1);
  const newFile = newFiles(folder, shape);
  let batches: Batch[] = [];
  let storedBytes = 0;
  const throughTheStore = async (): Promise<number> => {
    const file = newFile();
    const store = await openSqliteStore(file);
    await createRun(store, 'r');
    const recorded: Batch[] = [];
    const startMs = performance.now();
    await drivePlan(subtasks, { runId: 'r', store: recordBatches(store, recorded) });
    const tookMs = performance.now() - startMs;
    await store.close();
    batches = recorded;
    storedBytes = statSync(file).size;
    return tookMs;
  };
  const bare = (): number => {
    const database = openBare(newFile());
    const startMs = performance.now();
    writeBare(database, batches);
    const tookMs = performance.now() - startMs;
    database.close();
    return tookMs;
  };
  const [storeMs = Number.NaN, bareMs = Number.NaN] = await measureInTurns([throughTheStore, bare], { warmUps: 2, rounds });
  const events = batches.reduce((sum, batch) => sum + batch.length, 0);
  const what = `${place}, ${shape}, ${size.toLocaleString('en')} subtasks`;
  const us = (ms: number): number => (1000 * ms) / size;
  const sizes: Figure[] = [
    { what: `${what}: events a subtask`, measured: events / size },
    { what: `${what}: transactions a subtask`, measured: batches.length / size },
    { what: `${what}: bytes a subtask in the file`, measured: storedBytes / size, digits: 0 },
  ];
  const ratio: Figure = { what: `${what}: journal ÷ bare`, measured: storeMs / bareMs, unit: ' ×', bound: atMost(3) };
  return [
    { what: `${what}: the loop with the journal, a subtask`, measured: us(storeMs), unit: ' µs' },
    { what: `${what}: a bare loop of the same writes`, measured: us(bareMs), unit: ' µs' },
    ratio,
    ...(place === 'on disk' ? sizes : []),
  ];
}

function newFiles(folder: string, shape: Shape): () => string {
  let made = 0;
  return () => join(folder, `${shape}-${made++}.db`);
}

function recordBatches(store: Store, into: Batch[]): RunJournal {
  return {
    readEvents: (runId) => store.readEvents(runId),
    readSignals: (runId) => store.readSignals(runId),
    appendEvents: (runId, entries, options) => {
      into.push(entries);
      return store.appendEvents(runId, entries, options);
    },
  };
}

/** The store's table of events and its pragmas (src/engine/sqlite-schema.ts, open-store-file.ts). */
function openBare(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA journal_size_limit = 67108864;
    CREATE TABLE runs (run_key INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE events (
      run_key INTEGER NOT NULL REFERENCES runs,
      seq INTEGER NOT NULL,
      at_ms REAL NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (run_key, seq)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO runs (run_id) VALUES ('r');
  `);
  return database;
}

function writeBare(database: DatabaseSync, batches: readonly Batch[]): void {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const insert = database.prepare('INSERT INTO events (run_key, seq, at_ms, body) VALUES (?, ?, ?, ?)');
  const commit = database.prepare('COMMIT');
  for (const batch of batches) {
    begin.run();
    for (const { seq, atMs, event } of batch) insert.run(1, seq, atMs, JSON.stringify(event));
    commit.run();
  }
}
