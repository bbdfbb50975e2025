/** What carries runs out. Whether one process does it or many, the core is the same, and so is what comes of a run. */
import type { DriveRunOptions } from '../drive-options.ts';
import type { RunHandle } from '../run-handle.ts';
import { type RunTaskOptions, resumeRun, runTask } from '../run-task.ts';
import type { Store } from './store.ts';

/** A run, less what belongs to the processes that carry it out. */
export type EngineRun = Omit<RunTaskOptions, keyof DriveRunOptions> & {
  /** Default `offline`; `custom:model` stands for the object that the engine was given. */
  model?: string;
  /** Ends the following. With an engine of one process it interrupts the run. */
  signal?: AbortSignal;
};

export interface Engine {
  readonly store: Store;
  /** With the id of a run that is there it goes on with that one; with another task it is refused. */
  start(run: EngineRun): RunHandle;
  /** Goes on with a run that waits or was broken off. */
  resume(runId: string, options?: { signal?: AbortSignal }): RunHandle;
  /** Runs that are under way here are interrupted, and can be resumed. */
  close(): Promise<void>;
}

/** Everything in this process, on any store. The store is not closed with it. */
export function createLocalEngine(store: Store, means: Omit<DriveRunOptions, 'store' | 'signal'> = {}): Engine {
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const track = (handle: RunHandle): RunHandle => {
    const settled = handle
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => underWay.delete(settled));
    underWay.add(settled);
    return handle;
  };
  const surroundings = (signal: AbortSignal | undefined) => ({
    ...means,
    store,
    signal: AbortSignal.any([closing.signal, ...(signal === undefined ? [] : [signal])]),
  });
  return {
    store,
    start: ({ signal, model, ...run }) => {
      const named = model === undefined || model === 'custom:model' ? {} : { model };
      return track(runTask({ ...run, ...surroundings(signal), ...named }));
    },
    resume: (runId, { signal } = {}) => track(resumeRun({ runId, ...surroundings(signal) })),
    close: async () => {
      closing.abort(new Error('The engine was closed.'));
      await Promise.all(underWay);
    },
  };
}
