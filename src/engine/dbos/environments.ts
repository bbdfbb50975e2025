/** What the work of a run needs around it, opened once a run and worker, and closed some time after its last work. */
import type { DriveRunOptions } from '../../drive-options.ts';
import { PlanwrightError } from '../../errors.ts';
import { closeEnvironment, openEnvironment } from '../open-environment.ts';
import type { PostgresStore } from '../postgres/postgres-store.ts';
import type { RunEnvironment } from '../run-environment.ts';
import { type RunSetup, readSetup } from '../run-setup.ts';
import { createSlots } from '../slots.ts';

/** Servers of tools are slow to start, and subtasks of one run come close together. */
const idleMs = 30_000;

export interface Surroundings {
  env: RunEnvironment;
  setup: RunSetup;
}

export interface Environments {
  use<Result>(rootRunId: string, work: (surroundings: Surroundings) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

interface Opened {
  surroundings: Promise<Surroundings>;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

export function createEnvironments(store: PostgresStore, options: DriveRunOptions): Environments {
  const opened = new Map<string, Opened>();
  const dispose = async (rootRunId: string, one: Opened): Promise<void> => {
    clearTimeout(one.timer);
    if (opened.get(rootRunId) === one) opened.delete(rootRunId);
    const surroundings = await one.surroundings.catch(() => null);
    if (surroundings !== null) await closeEnvironment(surroundings.env);
  };
  return {
    use: async (rootRunId, work) => {
      let one = opened.get(rootRunId);
      if (one === undefined) {
        one = { surroundings: open(rootRunId, store, options), users: 0, timer: undefined };
        opened.set(rootRunId, one);
      }
      clearTimeout(one.timer);
      one.users += 1;
      try {
        return await work(await one.surroundings);
      } catch (thrown) {
        // What could not be opened is tried again by the next order.
        if ((await one.surroundings.catch(() => null)) === null && opened.get(rootRunId) === one) opened.delete(rootRunId);
        throw thrown;
      } finally {
        one.users -= 1;
        const unused = one;
        if (one.users === 0) one.timer = setTimeout(() => void dispose(rootRunId, unused), idleMs).unref();
      }
    },
    close: async () => {
      await Promise.all([...opened].map(([rootRunId, one]) => dispose(rootRunId, one)));
    },
  };
}

async function open(rootRunId: string, store: PostgresStore, options: DriveRunOptions): Promise<Surroundings> {
  const record = await store.getRun(rootRunId);
  if (record === undefined) {
    throw new PlanwrightError('run-unknown', `Work for run "${rootRunId}" is queued, and the run is not in ${store.location}.`);
  }
  const setup = readSetup(record.setup);
  const env = await openEnvironment(rootRunId, store, setup, options, () => {});
  // The driver holds the run's slots: whatever has come this far may work.
  return { setup, env: { ...env, slots: createSlots(Number.POSITIVE_INFINITY) } };
}
