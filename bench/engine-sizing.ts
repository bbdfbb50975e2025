/** What one PostgreSQL and one or two workers do with many small runs: for those who have to choose a machine. */
import { setTimeout as wait } from 'node:timers/promises';
import { type DbosEngine, openDbosEngine } from '../src/engine/dbos/index.ts';
import type { PostgresServer } from '../test/support/postgres.ts';
import { benchTask, benchTeam, fanPlan } from './engine-plans.ts';
import { newStore, withPostgres } from './engine-postgres.ts';
import { startBenchWorker } from './engine-process.ts';
import type { Figure } from './figure.ts';

const subtasksOfRun = 10;
const lookEveryMs = 100;
/** Runs put on the queue at once. */
const startedAtOnce = 20;

export function measureSizing({ runs, workerCounts }: { runs: number; workerCounts: number[] }): Promise<Figure[]> {
  return withPostgres(async (server) => {
    const figures: Figure[] = [];
    for (const count of workerCounts) figures.push(...(await measureWorkers(server, { runs, count })));
    return figures;
  });
}

/** The runs wait on the queue before the first worker comes, so that starting them is not what is measured. */
async function measureWorkers(server: PostgresServer, { runs, count }: { runs: number; count: number }): Promise<Figure[]> {
  const schema = `sizing${count}`;
  const url = await newStore(server, schema);
  const engine = await openDbosEngine(url);
  try {
    const emptyBytes = await readBytes(server, schema);
    for (let started = 0; started < runs; started += startedAtOnce) {
      await Promise.all(Array.from({ length: Math.min(startedAtOnce, runs - started) }, () => enqueueRun(engine)));
    }
    const othersConnections = await countConnections(server);
    const workers = await Promise.all(Array.from({ length: count }, () => startBenchWorker({ url })));
    let connections = 0;
    while ((await countUnended(server, schema)) > 0) {
      connections = Math.max(connections, await countConnections(server));
      await wait(lookEveryMs);
    }
    const [times] = await server.query(
      `SELECT max(ended_ms) - (SELECT min(at_ms) FROM "${schema}".pw_events WHERE seq = 2) AS ms FROM "${schema}".pw_runs`,
    );
    for (const worker of workers) await worker.leave();
    const tookMs = Number(times?.['ms']);
    const megabytes = ((await readBytes(server, schema)) - emptyBytes) / 1e6;
    const what = `${count} worker${count === 1 ? '' : 's'}, ${runs.toLocaleString('en')} runs of ${subtasksOfRun} subtasks`;
    return [
      { what: `${what}: subtasks`, measured: (1000 * runs * subtasksOfRun) / tookMs, digits: 0, unit: ' a second' },
      { what: `${what}: MB per 1,000 runs`, measured: (1000 * megabytes) / runs, digits: 1, unit: ' MB' },
      { what: `${what}: connections a worker, at most`, measured: (connections - othersConnections) / count, digits: 1 },
    ];
  } finally {
    await engine.close();
  }
}

/** Resolves when the run is on the queue. */
async function enqueueRun(engine: DbosEngine): Promise<void> {
  const following = new AbortController();
  const plan = fanPlan(subtasksOfRun - 1);
  const { signal } = following;
  const handle = engine.start({ task: benchTask, team: benchTeam, plan, model: 'custom:model', signal });
  await handle.events[Symbol.asyncIterator]().next();
  following.abort();
  await handle;
}

async function countUnended(server: PostgresServer, schema: string): Promise<number> {
  const [row] = await server.query(`SELECT count(*) AS n FROM "${schema}".pw_runs WHERE ended_ms IS NULL`);
  return Number(row?.['n']);
}

async function countConnections(server: PostgresServer): Promise<number> {
  const [row] = await server.query("SELECT count(*) AS n FROM pg_stat_activity WHERE backend_type = 'client backend'");
  return Number(row?.['n']);
}

/** Tables and indexes of the schema, Planwright's and DBOS's. */
async function readBytes(server: PostgresServer, schema: string): Promise<number> {
  const [row] = await server.query(
    `SELECT sum(pg_total_relation_size(pg_class.oid)) AS bytes FROM pg_class
     JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1 AND relkind = 'r'`,
    [schema],
  );
  return Number(row?.['bytes']);
}
