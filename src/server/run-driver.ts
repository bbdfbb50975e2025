/**
 * Starts runs and goes on with them: in this process, or by the workers of the store where there are any.
 *
 * 1. A run that was accepted has its first event in the store: an error of use is the answer to its request, not a run.
 * 2. What this process drives is interrupted when it closes, and can be resumed.
 */
import {
  cancelRun,
  createLocalEngine,
  type DriveRunOptions,
  type Engine,
  type EngineRun,
  type LiveDelta,
  listWaiting,
  PlanwrightError,
  type RunHandle,
  type Store,
  systemClock,
} from '../index.ts';
import { ApiError } from './api-error.ts';
import type { Driver, RunAccepted, RunCancelled } from './schemas/action.ts';

/** The engine of a store that workers meet in. */
export interface WorkersEngine extends Engine {
  workers(): Promise<{ runs: boolean }[]>;
}

export interface RunDriverOptions {
  store: Store;
  /** Models, tools and the like of runs that this process drives. */
  means?: Omit<DriveRunOptions, 'store' | 'signal' | 'onDelta'>;
  cluster?: WorkersEngine;
  /** Runs that this process drives at once. Default 32. */
  maxRuns?: number;
  /** Something was entered in the tree of this run. */
  onEntered: (rootRunId: string) => void;
  onDelta: (rootRunId: string, runId: string, delta: LiveDelta) => void;
  onError: (thrown: unknown) => void;
}

const defaultMaxRuns = 32;
/** How long a process that drives a run is given to take an answer up; it looks every 250 ms. */
const takeUpMs = 5000;
const lookEveryMs = 100;

export class RunDriver {
  readonly #options: RunDriverOptions;
  readonly #engine: Engine;
  /** Runs that this process drives. */
  readonly #own = new Set<string>();
  #isClosing = false;

  constructor(options: RunDriverOptions) {
    this.#options = options;
    this.#engine = createLocalEngine(options.store, {
      ...options.means,
      onDelta: (runId, delta) => {
        const root = [...this.#own].find((own) => runId === own || runId.startsWith(`${own}.`));
        if (root !== undefined) options.onDelta(root, runId, delta);
      },
    });
  }

  /** @throws {PlanwrightError} as `runTask`; {ApiError} `busy`. */
  async start(run: EngineRun): Promise<RunAccepted> {
    const { cluster } = this.#options;
    if (cluster !== undefined && (await this.#hasWorkers())) {
      const leaving = new AbortController();
      const handle = cluster.start({ ...run, signal: leaving.signal });
      leaving.abort();
      return { runId: (await handle).runId, drivenBy: 'workers' };
    }
    this.#refuseTooMany();
    return this.#hold(this.#engine.start(run));
  }

  /** @throws {PlanwrightError} `run-unknown`, `run-ended`, `run-busy`; {ApiError} `busy`. */
  async resume(runId: string): Promise<RunAccepted> {
    const { store, cluster } = this.#options;
    const record = await store.getRun(runId);
    if (record?.endedMs !== undefined && record.endedMs !== null) {
      throw new PlanwrightError('run-ended', `Run "${runId}" has ended: ${record.status}.`);
    }
    if (record?.drivenBy === 'workers' && cluster !== undefined && (await this.#hasWorkers())) {
      const leaving = new AbortController();
      const handle = cluster.resume(runId, { signal: leaving.signal });
      leaving.abort();
      await handle;
      return { runId, drivenBy: 'workers' };
    }
    if (await store.isDriven(runId)) {
      throw new PlanwrightError(
        'run-busy',
        `Run "${runId}" is driven already${this.#own.has(runId) ? '' : ' by another process'}.`,
      );
    }
    this.#refuseTooMany();
    return this.#hold(this.#engine.resume(runId));
  }

  /** @throws {PlanwrightError} `run-unknown`, `run-ended`; `usage` for the run of a sub-team. */
  async cancel(runId: string, reason: string | undefined): Promise<RunCancelled> {
    const { store } = this.#options;
    const record = await store.getRun(runId);
    if (record !== undefined && record.parentRunId !== null) {
      throw new PlanwrightError(
        'usage',
        `Run "${runId}" is that of a sub-team. Cancel the run it belongs to: ${record.rootRunId}`,
      );
    }
    const outcome = await cancelRun(store, runId, reason === undefined ? {} : { reason });
    this.#options.onEntered(runId);
    return { runId, outcome };
  }

  /**
   * After a person has answered: whoever drives the run goes on with it, or this process does.
   * @param answered Ids of the items that were answered.
   */
  async goOn(runId: string, answered: ReadonlySet<string>): Promise<Driver> {
    const { store } = this.#options;
    for (let waitedMs = 0; await store.isDriven(runId); waitedMs += lookEveryMs) {
      const isOpen = waitedMs < takeUpMs && (await listWaiting(store, runId)).some(({ id }) => answered.has(id));
      if (!isOpen) return this.#takenUpBy(runId);
      await systemClock.sleep(lookEveryMs);
    }
    try {
      return (await this.resume(runId)).drivenBy;
    } catch (thrown) {
      const isTaken = thrown instanceof PlanwrightError && (thrown.code === 'run-busy' || thrown.code === 'run-ended');
      // Somebody else has gone on with it at this very moment.
      if (isTaken) return this.#takenUpBy(runId);
      throw thrown;
    }
  }

  /** Who went on with a run, which may have ended by now. */
  async #takenUpBy(runId: string): Promise<Driver> {
    const record = await this.#options.store.getRun(runId);
    return record?.drivenBy === 'workers' ? 'workers' : this.driverOf(runId);
  }

  async driverOf(runId: string): Promise<Driver> {
    const { store } = this.#options;
    if (this.#own.has(runId)) return 'server';
    const record = await store.getRun(runId);
    if (record === undefined || record.endedMs !== null) return 'nobody';
    if (record.drivenBy === 'workers') return 'workers';
    return (await store.isDriven(runId)) ? 'elsewhere' : 'nobody';
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#engine.close();
  }

  async #hasWorkers(): Promise<boolean> {
    const workers = await this.#options.cluster?.workers();
    return workers?.some(({ runs }) => runs) === true;
  }

  #refuseTooMany(): void {
    const { maxRuns = defaultMaxRuns } = this.#options;
    if (this.#isClosing) throw new ApiError('busy', 'The server is closing.');
    if (this.#own.size < maxRuns) return;
    throw new ApiError('busy', `This server drives ${maxRuns} runs now, as many as it may. Try again when one has ended.`);
  }

  /** Resolves when something of it is in the store, and rejects when nothing ever will be. */
  async #hold(handle: RunHandle): Promise<RunAccepted> {
    const { runId } = handle;
    this.#own.add(runId);
    const begun = Promise.withResolvers<void>();
    let hasBegun = false;
    const follow = async (): Promise<void> => {
      const events = handle.events[Symbol.asyncIterator]();
      while ((await events.next()).done !== true) {
        hasBegun = true;
        begun.resolve();
        this.#options.onEntered(runId);
      }
      await handle;
      begun.resolve();
    };
    follow()
      .catch((thrown: unknown) => {
        if (!hasBegun) begun.reject(thrown);
        else if (!this.#isClosing) this.#options.onError(thrown);
      })
      .finally(() => {
        this.#own.delete(runId);
        this.#options.onEntered(runId);
      });
    await begun.promise;
    return { runId, drivenBy: 'server' };
  }
}
