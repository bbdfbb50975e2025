/** `planwright/engine/dbos`: runs on more than one machine, with DBOS on PostgreSQL. */

export { initStore } from '../init-store.ts';
export { openPostgresStore, type PostgresStore, type PostgresStoreOptions } from '../postgres/postgres-store.ts';
export { type DbosEngine, type DbosEngineOptions, openDbosEngine, type WorkerCard } from './engine.ts';
export { type HealthServer, serveHealth } from './health-server.ts';
export { startWorker, type Worker, type WorkerOptions, type WorkerState } from './worker.ts';
