/**
 * A process that joins a cluster: it takes attempts and checks of the roles that it is given, and drives runs.
 *
 * 1. What it holds is its own while it beats. Once it may have been declared dead, it stops all it does and joins anew.
 * 2. When it drains it takes nothing new, hands back the runs that it drives at once, and what is left when the grace is over.
 * 3. DBOS knows one worker a process.
 */
import { DBOS } from '@dbos-inc/dbos-sdk';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import type pg from 'pg';
import { systemClock } from '../../clock.ts';
import type { DriveRunOptions } from '../../drive-options.ts';
import { PlanwrightError, toErrorRecord } from '../../errors.ts';
import type { RunEvent, StoredValue } from '../../events.ts';
import type { Json } from '../../json.ts';
import { hideInErrors } from '../../redact/redact-run.ts';
import { unverified } from '../perform-checks.ts';
import type { Membership } from '../postgres/postgres-members.ts';
import type { PostgresStore } from '../postgres/postgres-store.ts';
import type { WorkOrder } from '../work-order.ts';
import { carryOutOrder } from './carry-out-order.ts';
import { type ClaimLoop, startClaiming } from './claim-loop.ts';
import {
  applicationName,
  type DbosClient,
  openDbosClient,
  openDbosPool,
  runWorkflow,
  silent,
  workWorkflow,
} from './dbos-client.ts';
import { createDbosDispatcher, type DbosDispatcher } from './dbos-dispatcher.ts';
import { driveQueuedRun } from './drive-run.ts';
import { createEnvironments, type Environments } from './environments.ts';
import { createHands, type Hands } from './hands.ts';
import { watchForDeaths } from './take-over.ts';
import { allRoles, type QueueFacts, runsMark } from './work-queues.ts';

export interface WorkerOptions extends Omit<DriveRunOptions, 'store' | 'signal'> {
  store: PostgresStore;
  /** Roles whose attempts and checks it takes. Default: all. */
  roles?: readonly string[];
  /** Whether it drives runs: plans, decides what is next, puts results together. Default: when it takes all roles. */
  runs?: boolean;
  /** Attempts and checks at once. Default 8. */
  concurrency?: number;
  /** Runs driven at once. Default 200. */
  runConcurrency?: number;
  /** Of its code: it takes work of this version only. Default: that of this code, which is what a program wants. */
  version?: string;
  /** Hears of what went wrong outside the runs. */
  onError?: (thrown: unknown) => void;
}

export interface WorkerState {
  memberId: string;
  /** Of the work that it takes. */
  version: string;
  phase: 'working' | 'rejoining' | 'draining' | 'stopped';
  runs: number;
  work: number;
  /** Since it began. */
  done: { succeeded: number; failed: number; handedBack: number };
}

export interface Worker {
  state(): WorkerState;
  /** Takes nothing new, finishes what it holds within the grace (default 30,000 ms), hands back the rest, and leaves. */
  drain(graceMs?: number): Promise<void>;
}

const defaultGraceMs = 30_000;
/** What was told to stop is waited for this long. */
const stopMs = 5_000;
const withdrawnEveryMs = 1_000;
const rejoinPauseMs = 500;

let own: RunningWorker | null = null;

DBOS.registerWorkflow((runId: string) => hand().drive(runId), {
  name: runWorkflow,
  maxRecoveryAttempts: Number.MAX_SAFE_INTEGER,
});
// Work that ends its worker each time (a tool that takes all memory) must not end one after another for ever.
DBOS.registerWorkflow((rootRunId: string, key: string, stored: string) => hand().work(rootRunId, key, stored), {
  name: workWorkflow,
  maxRecoveryAttempts: 20,
});

function hand(): RunningWorker {
  if (own === null) throw new PlanwrightError('internal', 'Work was started in a process that is no worker.');
  return own;
}

/** @throws {PlanwrightError} `usage` when this process is a worker already; `store-missing`, `store-older`, `store-newer`. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  if (own !== null) throw new PlanwrightError('usage', 'This process is a worker already. Start another process.');
  const worker = new RunningWorker(options, await openDbosClient(options.store.connection.target, options.version));
  own = worker;
  try {
    await worker.join();
  } catch (thrown) {
    own = null;
    await worker.abandon();
    throw thrown;
  }
  return worker;
}

class RunningWorker implements Worker {
  readonly #options: WorkerOptions;
  readonly #store: PostgresStore;
  readonly #client: DbosClient;
  readonly #hands: Hands;
  readonly #environments: Environments;
  readonly #dispatcher: DbosDispatcher;
  readonly #pool: pg.Pool;
  readonly #done = { succeeded: 0, failed: 0, handedBack: 0 };
  readonly #forget: (() => void)[] = [];
  #membership: Membership = { memberId: '', lost: new AbortController().signal };
  #claims: ClaimLoop | undefined;
  #watch: { stop(): Promise<void> } | undefined;
  #phase: WorkerState['phase'] = 'working';
  #rejoining: Promise<void> | undefined;
  #withdrawing: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions, client: DbosClient) {
    this.#options = options;
    this.#store = options.store;
    this.#client = client;
    this.#hands = createHands({ onFree: () => this.#claims?.wake(), onBroken: () => this.#rejoin() });
    this.#environments = createEnvironments(options.store, options);
    this.#dispatcher = createDbosDispatcher(options.store, client);
    this.#pool = openDbosPool(options.store.connection.target.connectionString, 8);
  }

  state(): WorkerState {
    return {
      memberId: this.#membership.memberId,
      version: this.#client.version,
      phase: this.#phase,
      runs: this.#hands.count('run'),
      work: this.#hands.count('work'),
      done: { ...this.#done },
    };
  }

  async join(): Promise<void> {
    const { store, onError } = this.#options;
    this.#forget.push(
      store.notices.onChange('work', null, () => this.#claims?.wake()),
      store.notices.onChange('withdrawn', null, () => void this.#dropWithdrawn()),
    );
    this.#membership = await store.members.join({ kind: 'worker', roles: takenBy(this.#options), version: this.#client.version });
    await this.#launch();
    this.#watch = watchForDeaths({
      store,
      client: this.#client,
      everyMs: store.members.lifetimeMs / 4,
      onFreed: () => this.#claims?.wake(),
      ...(onError === undefined ? {} : { onError }),
    });
    this.#withdrawing = setInterval(() => void this.#dropWithdrawn(), withdrawnEveryMs).unref();
  }

  async drain(graceMs: number = defaultGraceMs): Promise<void> {
    if (this.#phase === 'stopped' || this.#phase === 'draining') return;
    this.#phase = 'draining';
    await atMost(stopMs, this.#rejoining);
    await atMost(stopMs, this.#claims?.stop());
    this.#hands.giveUp(['run'], 'The worker that drove the run is leaving.');
    await this.#hands.empty(['run', 'work'], graceMs);
    this.#done.handedBack += this.#hands.count('work');
    this.#hands.giveUp(['run', 'work'], 'The worker is leaving.');
    await this.#hands.empty(['run', 'work'], stopMs);
    await atMost(stopMs, this.#watch?.stop());
    // What it gave up goes back to the queues before it leaves.
    await atMost(stopMs, DBOSExecutor.globalInstance?.recoverPendingWorkflows([this.#membership.memberId]));
    this.#store.notices.post('work', '');
    await this.#store.members.leave().catch(() => {});
    await atMost(stopMs, DBOS.shutdown());
    await this.abandon();
    this.#phase = 'stopped';
    own = null;
  }

  async abandon(): Promise<void> {
    clearInterval(this.#withdrawing);
    for (const forget of this.#forget.splice(0)) forget();
    this.#dispatcher.close();
    await this.#environments.close();
    await this.#client.close();
    await this.#pool.end();
  }

  drive(runId: string): Promise<void> {
    const dispatcher = this.#dispatcher;
    const {
      store,
      roles: _roles,
      runs: _runs,
      concurrency: _c,
      runConcurrency: _r,
      version: _v,
      onError: _e,
      ...options
    } = this.#options;
    return this.#hands.hold(runId, 'run', (signal) => driveQueuedRun(store, runId, { ...options, dispatcher, signal }));
  }

  work(rootRunId: string, key: string, stored: string): Promise<void> {
    return this.#hands.hold(key, 'work', async (signal) => {
      const order = (await this.#store.getValue(JSON.parse(stored) as StoredValue)) as unknown as WorkOrder;
      // Its run may have been cancelled while the order waited.
      if (!(await this.#isOpen(rootRunId))) return;
      const events = (await this.#perform(rootRunId, order, signal)).map(hideInErrors);
      await this.#store.putResult(order.runId, key, { events } as unknown as Json);
      if (events.some(isFailure)) this.#done.failed += 1;
      else this.#done.succeeded += 1;
    });
  }

  async #isOpen(rootRunId: string): Promise<boolean> {
    const rows = await this.#store.connection.query('SELECT 1 FROM pw_runs WHERE run_id = $1 AND ended_ms IS NULL', [rootRunId]);
    return rows.length > 0;
  }

  async #perform(rootRunId: string, order: WorkOrder, signal: AbortSignal): Promise<RunEvent[]> {
    try {
      return await this.#environments.use(rootRunId, ({ env, setup }) => carryOutOrder(env, setup, order, signal));
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toErrorRecord(thrown);
      if (error.code === 'store-failed') throw thrown;
      const { command } = order;
      if (command.kind === 'verify') return [unverified(command, thrown)];
      const { subtask, attempt } = command;
      return [{ type: 'attempt-finished', subtaskId: subtask.id, attempt, outcome: { kind: 'failed', error } }];
    }
  }

  async #launch(): Promise<void> {
    const { store } = this.#options;
    const { connectionString, schema } = store.connection.target;
    const { memberId, lost } = this.#membership;
    DBOS.setConfig({
      name: applicationName,
      systemDatabaseUrl: connectionString,
      systemDatabasePool: this.#pool,
      systemDatabaseSchemaName: schema,
      applicationVersion: this.#client.version,
      executorID: memberId,
      runMigrations: false,
      // Its own loop would claim without regard to this worker's room.
      listenQueues: ['planwright.none'],
      useListenNotify: false,
      logger: silent,
    });
    await DBOS.launch();
    const { onError } = this.#options;
    this.#claims = startClaiming({
      store,
      version: this.#client.version,
      roomFor: (queue) => this.#roomFor(queue),
      ...(onError === undefined ? {} : { onError }),
    });
    lost.addEventListener('abort', () => this.#rejoin(), { once: true });
    if (lost.aborted) this.#rejoin();
  }

  #roomFor({ role }: QueueFacts): number {
    if (this.#phase !== 'working') return 0;
    const { roles, concurrency = 8, runConcurrency = 200 } = this.#options;
    if (role === null) return drivesRuns(this.#options) ? runConcurrency - this.#hands.count('run') : 0;
    return roles === undefined || roles.includes(role) ? concurrency - this.#hands.count('work') : 0;
  }

  /** Declared dead, or about to be, or the store failed: what was in hand goes back to the queues. */
  #rejoin(): void {
    if (this.#phase !== 'working') return;
    this.#phase = 'rejoining';
    this.#rejoining = this.#joinAnew();
  }

  async #joinAnew(): Promise<void> {
    this.#done.handedBack += this.#hands.count('work');
    this.#hands.giveUp(['run', 'work'], 'This worker was taken for dead: others may go on with its work.');
    await this.#hands.empty(['run', 'work'], stopMs);
    while (this.#phase === 'rejoining') {
      try {
        await this.#claims?.stop();
        await DBOS.shutdown();
        // A store that fails at once again must not be asked without a pause.
        await systemClock.sleep(rejoinPauseMs);
        this.#membership = await this.#store.members.rejoin();
        // What was in hand under the same name goes back to its queue with the launch.
        await this.#launch();
        this.#phase = 'working';
        this.#claims?.wake();
      } catch (thrown) {
        this.#options.onError?.(thrown);
      }
    }
  }

  /** Of the work in hand, what was withdrawn or given to another worker while an announcement was lost. */
  async #dropWithdrawn(): Promise<void> {
    const ids = this.#hands.ids('work');
    if (ids.length === 0) return;
    const { schema } = this.#store.connection.target;
    const rows = await this.#store.connection
      .query(
        `SELECT workflow_uuid AS id FROM "${schema}".workflow_status
         WHERE workflow_uuid = ANY($1) AND (status <> 'PENDING' OR executor_id <> $2 OR NOT EXISTS (
           SELECT 1 FROM pw_runs WHERE pw_runs.run_id = attributes ->> 'run' AND pw_runs.ended_ms IS NULL))`,
        [ids, this.#membership.memberId],
      )
      .catch(() => []);
    for (const { id } of rows) this.#hands.withdraw(String(id));
  }
}

function drivesRuns({ roles, runs = roles === undefined }: WorkerOptions): boolean {
  return runs;
}

/** What a member's card says of it. */
function takenBy(options: WorkerOptions): string[] {
  return [...(options.roles ?? [allRoles]), ...(drivesRuns(options) ? [runsMark] : [])];
}

/** Whoever leaves does not wait for a PostgreSQL that is away: the others notice that it is gone. */
async function atMost(ms: number, ending: Promise<unknown> | undefined): Promise<void> {
  const stop = new AbortController();
  const late = systemClock.sleep(ms, stop.signal);
  await Promise.race([ending, late]).catch(() => {});
  stop.abort();
  late.catch(() => {});
}

function isFailure(event: RunEvent): boolean {
  return event.type === 'attempt-finished' && event.outcome.kind === 'failed';
}
