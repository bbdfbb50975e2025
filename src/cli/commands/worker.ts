import { hostname } from 'node:os';
import { loadCluster, PlanwrightError } from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { type TelemetryFlags, telemetryFor } from '../telemetry.ts';
import { printJson } from '../tell-run.ts';

export interface WorkerFlags extends TelemetryFlags {
  store: string;
  roles?: string[];
  runs?: boolean;
  concurrency?: number;
  runConcurrency?: number;
  lifetimeS?: number;
  graceS?: number;
  health?: string;
  json?: boolean;
}

/** Works until SIGTERM or Ctrl-C, then finishes what it holds and leaves; a second signal ends it at once. */
export async function runWorker(io: CliIo, flags: WorkerFlags): Promise<number> {
  const interrupted = catchInterrupts();
  const roles = flags.roles === undefined ? undefined : readRoles(flags.roles);
  const cluster = await loadCluster(flags.store);
  const store = await cluster.openPostgresStore(
    flags.store,
    flags.lifetimeS === undefined ? {} : { lifetimeMs: flags.lifetimeS * 1000 },
  );
  try {
    const worker = await cluster.startWorker({
      store,
      ...(roles === undefined ? {} : { roles }),
      ...(flags.runs === undefined ? {} : { runs: flags.runs }),
      ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
      ...(flags.runConcurrency === undefined ? {} : { runConcurrency: flags.runConcurrency }),
      ...telemetryFor(io, flags),
      onError: (thrown) => io.note(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`),
    });
    const health = flags.health === undefined ? undefined : await serve(cluster, { store, worker, address: flags.health });
    const takes = describeTaken(roles, flags.runs ?? roles === undefined);
    const { memberId } = worker.state();
    if (flags.json === true) {
      await printJson(io, {
        memberId,
        host: hostname(),
        pid: process.pid,
        takes,
        store: store.location,
        health: health?.url ?? null,
      });
    } else {
      io.note(
        `Worker ${memberId} takes ${takes} from ${store.location}.${health === undefined ? '' : ` ${health.url}/metrics`}\n`,
      );
    }
    await untilAborted(interrupted);
    const { runs, work } = worker.state();
    io.note(`Leaving: ${runs} runs are handed back, ${work} pieces of work are finished first.\n`);
    await worker.drain(flags.graceS === undefined ? undefined : flags.graceS * 1000);
    await health?.close();
    const { done } = worker.state();
    io.note(`Left. ${done.succeeded} succeeded, ${done.failed} failed, ${done.handedBack} handed back.\n`);
    return exitCodes.succeeded;
  } finally {
    await store.close();
  }
}

type Cluster = Awaited<ReturnType<typeof loadCluster>>;
type Worker = Awaited<ReturnType<Cluster['startWorker']>>;
type WorkerStore = Awaited<ReturnType<Cluster['openPostgresStore']>>;

/** A worker that nobody could look at leaves again. */
async function serve(
  { serveHealth }: Cluster,
  { store, worker, address }: { store: WorkerStore; worker: Worker; address: string },
): ReturnType<Cluster['serveHealth']> {
  try {
    return await serveHealth(store, worker, address);
  } catch (thrown) {
    await worker.drain(0);
    throw thrown;
  }
}

function readRoles(roles: string[]): string[] {
  const named = roles.flatMap((list) => list.split(',')).map((role) => role.trim());
  if (named.some((role) => role === '')) throw new PlanwrightError('usage', 'A role has a name: --roles coder,critic');
  return named;
}

function describeTaken(roles: string[] | undefined, runs: boolean): string {
  return `${roles === undefined ? 'all roles' : roles.join(', ')}${runs ? ' and runs' : ''}`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
