/** From `resumeRun` to the first new model call of a run of which all but the last subtask is done. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDbosEngine } from '../src/engine/dbos/index.ts';
import { openSqliteStore } from '../src/engine/sqlite-store.ts';
import type { RunRecord, Store } from '../src/engine/store.ts';
import type { JournalEntry, RunEvent } from '../src/events.ts';
import { resumeRun, runTask } from '../src/index.ts';
import type { CallRecord } from '../src/model/call-record.ts';
import { scriptedModel } from '../src/testing/index.ts';
import { benchTask, benchTeam, treePlan } from './engine-plans.ts';
import { newStore, withPostgres } from './engine-postgres.ts';
import { startBenchWorker } from './engine-process.ts';
import { atMost, type Figure } from './figure.ts';
import { measureInTurns, median } from './measure.ts';

const runId = 'resumed';

export interface ResumeOptions {
  /** Subtasks of the larger run; the smaller has a tenth. */
  subtasks: number;
  /** On SQLite. */
  rounds: number;
  dbosRounds: number;
}

export async function measureResume(options: ResumeOptions): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-bench-'));
  try {
    const [small, large] = [options.subtasks / 10, options.subtasks].map((size) => join(folder, `${size}.db`));
    if (small === undefined || large === undefined) return [];
    await writeUnfinishedRun(small, options.subtasks / 10);
    await writeUnfinishedRun(large, options.subtasks);
    return [...(await measureOnSqlite(large, options)), ...(await measureOnDbos({ small, large }, options))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Interrupted in the last subtask's model call: everything before it is journaled. */
async function writeUnfinishedRun(file: string, size: number): Promise<void> {
  const interrupt = new AbortController();
  let calls = 0;
  const model = scriptedModel(() => {
    calls += 1;
    if (calls < size) return 'done';
    interrupt.abort();
    return new Promise<string>(() => {});
  });
  const store = await openSqliteStore(file);
  const plan = treePlan(size);
  const { signal } = interrupt;
  await runTask({ runId, task: benchTask, team: benchTeam, plan, model, store, limits: { concurrency: 32 }, signal });
  await store.close();
}

async function measureOnSqlite(file: string, { subtasks, rounds }: ResumeOptions): Promise<Figure[]> {
  const onFreshStore = async (time: (store: Store) => Promise<number>): Promise<number> => {
    const store = await openSqliteStore(file);
    const tookMs = await time(store);
    await store.close();
    return tookMs;
  };
  const contestants = [() => onFreshStore(resume), () => onFreshStore(read), () => readBare(file)];
  const [resumeMs = Number.NaN, readMs = Number.NaN, bareMs = Number.NaN] = await measureInTurns(contestants, {
    warmUps: 3,
    rounds,
  });
  const what = `SQLite, ${subtasks.toLocaleString('en')} subtasks`;
  return [
    { what: `${what}: resume to the first new call`, measured: resumeMs, digits: 0, unit: ' ms' },
    { what: `${what}: reading the events`, measured: readMs, digits: 0, unit: ' ms' },
    { what: `${what}: a bare SELECT and JSON.parse`, measured: bareMs, digits: 0, unit: ' ms' },
    { what: `${what}: resume ÷ reading`, measured: resumeMs / readMs, unit: ' ×', bound: atMost(2) },
  ];
}

async function resume(store: Store): Promise<number> {
  const interrupt = new AbortController();
  let calledMs = Number.NaN;
  const model = scriptedModel(() => {
    calledMs = performance.now();
    interrupt.abort();
    return new Promise<string>(() => {});
  });
  const startMs = performance.now();
  await resumeRun({ runId, store, model, signal: interrupt.signal });
  return calledMs - startMs;
}

async function read(store: Store): Promise<number> {
  const startMs = performance.now();
  await store.readEvents(runId);
  return performance.now() - startMs;
}

function readBare(file: string): number {
  const database = new DatabaseSync(file);
  const startMs = performance.now();
  const entries = database
    .prepare('SELECT seq, at_ms, body FROM events WHERE run_key = (SELECT run_key FROM runs WHERE run_id = ?) ORDER BY seq')
    .all(runId)
    .map(({ seq, at_ms: atMs, body }) => ({ seq, atMs, event: JSON.parse(String(body)) as RunEvent }));
  const tookMs = performance.now() - startMs;
  database.close();
  return entries.length === 0 ? Number.NaN : tookMs;
}

/** What a store keeps of the run. */
interface KeptRun {
  record: RunRecord;
  entries: JournalEntry[];
  calls: CallRecord[];
}

function measureOnDbos(files: { small: string; large: string }, { subtasks, dbosRounds }: ResumeOptions): Promise<Figure[]> {
  return withPostgres(async (server) => {
    const url = await newStore(server, 'planwright');
    const [small, large] = [await readKept(files.small), await readKept(files.large)];
    const times = { small: [] as number[], large: [] as number[] };
    for (let round = -1; round < dbosRounds; round++) {
      const [smallMs, largeMs] = [await resumeOnWorker(url, small, `s${round}`), await resumeOnWorker(url, large, `l${round}`)];
      if (round < 0) continue;
      times.small.push(smallMs);
      times.large.push(largeMs);
    }
    const [smallMs, largeMs] = [median(times.small), median(times.large)];
    const [few, many] = [subtasks / 10, subtasks].map((size) => size.toLocaleString('en'));
    return [
      { what: `DBOS, ${few} subtasks: resume to the first new call`, measured: smallMs, digits: 0, unit: ' ms' },
      { what: `DBOS, ${many} subtasks: resume to the first new call`, measured: largeMs, digits: 0, unit: ' ms' },
      {
        what: `DBOS, ${many} ÷ ${few} subtasks`,
        measured: largeMs / smallMs,
        unit: ' ×',
        bound: atMost(12),
      },
    ];
  });
}

async function readKept(file: string): Promise<KeptRun> {
  const store = await openSqliteStore(file);
  const record = await store.getRun(runId);
  if (record === undefined) throw new Error(`${file} has no run "${runId}".`);
  const kept = { record, entries: await store.readEvents(runId), calls: await store.listCalls(runId) };
  await store.close();
  return kept;
}

/** On a copy of the run and by a worker of its own. */
async function resumeOnWorker(url: string, { record, entries, calls }: KeptRun, copyId: string): Promise<number> {
  const engine = await openDbosEngine(url);
  const { store } = engine;
  await store.createRun({ ...record, runId: copyId, rootRunId: copyId });
  await store.appendEvents(copyId, entries);
  const renamed = calls.map((call) => ({ ...call, key: call.key.replace(runId, copyId), runId: copyId, rootRunId: copyId }));
  await Promise.all(renamed.map((call) => store.putCall(call)));
  const worker = await startBenchWorker({ url, hangs: true });
  const following = new AbortController();
  try {
    const startMs = performance.now();
    const handle = engine.resume(copyId, { signal: following.signal });
    await worker.called;
    const tookMs = performance.now() - startMs;
    handle.cancel();
    await handle;
    return tookMs;
  } finally {
    following.abort();
    await worker.leave();
    await engine.close();
  }
}
