/** The whole flow, in order: resolve the team, open the store, refuse what can't work, drive the run, report. */
import type { z } from 'zod';
import { seededRandom, systemClock } from './clock.ts';
import type { DriveRunOptions } from './drive-options.ts';
import { checkFeasible } from './engine/check-feasible.ts';
import { describeForGate } from './engine/describe-for-gate.ts';
import { createForecastKeeper } from './engine/keep-forecast.ts';
import { openEnvironment } from './engine/open-environment.ts';
import { openStore } from './engine/open-store.ts';
import { type PreparedRun, prepareRun } from './engine/prepare-run.ts';
import type { RunEnvironment, RunNode } from './engine/run-environment.ts';
import { driveNode } from './engine/run-node.ts';
import { readSetup, writeSetup } from './engine/run-setup.ts';
import type { RunRecord, Store } from './engine/store.ts';
import { PlanwrightError } from './errors.ts';
import type { Strategy } from './gate/gate.ts';
import type { GateWeights } from './gate/weights.ts';
import { newRunId } from './ids.ts';
import type { Json } from './json.ts';
import { loadRun } from './measure/load-run.ts';
import { reportView } from './measure/run-report.ts';
import { recordOutcome } from './measure/summarize-outcome.ts';
import type { Plan } from './plan/plan.ts';
import { createUpdateLog, type RunHandle, type RunResult } from './run-handle.ts';
import type { RunLimits, Team } from './team/team.ts';

export interface RunTaskOptions<Schema extends z.ZodType = z.ZodType<Json>> extends DriveRunOptions {
  task: string;
  /** A team, the path of a team file, or a preset's name. Default: the preset `research`. */
  team?: Team | string;
  /** Default `auto`: the gate decides. */
  strategy?: Strategy | 'auto';
  /** Runs as written, by the team. */
  plan?: Plan;
  /** A folder of documents for the `files` tools. */
  files?: string;
  /** The deliverable's form. */
  output?: Schema;
  /** Replaces single limits of the team. */
  limits?: Partial<RunLimits>;
  /** Waits for a person before anything of the plan runs. */
  approve?: boolean;
  /** Which tasks it is alike, for the gate's evidence. Default: the classifier says. */
  taskClass?: string;
  /** Replaces single weights of the team's gate. */
  gateWeights?: Partial<GateWeights>;
  /** Handed to the models with every call; a model may ignore it. */
  seed?: number;
  /** Default: a new one. */
  runId?: string;
}

export interface ResumeRunOptions extends DriveRunOptions {
  runId: string;
}

/** Runs a task to its end. Errors of use (a bad team, plan or model) reject; everything after the start is a result. */
export function runTask<Schema extends z.ZodType = z.ZodType<Json>>(options: RunTaskOptions<Schema>): RunHandle<z.infer<Schema>> {
  const clock = options.clock ?? systemClock;
  const runId = options.runId ?? newRunId(clock, options.random ?? seededRandom(clock.now() ^ process.pid));
  return launch<z.infer<Schema>>(runId, options, (store) => prepareRun(options, store));
}

/** Takes up a run where its events end. A run that has ended is reported as it is. */
export function resumeRun(options: ResumeRunOptions): RunHandle {
  return launch(options.runId, options, (store) => {
    throw new PlanwrightError(
      'run-unknown',
      `No run "${options.runId}" in ${store.location}. List the runs with: planwright runs`,
    );
  });
}

function launch<Deliverable>(
  runId: string,
  options: DriveRunOptions & { task?: string },
  prepare: (store: Store) => PreparedRun | Promise<PreparedRun>,
): RunHandle<Deliverable> {
  const log = createUpdateLog();
  let cancel: ((reason: string) => void) | null = null;
  let cancelled: string | null = null;
  const drive = async (): Promise<RunResult<Deliverable>> => {
    const store = await openStore(options.store, options.clock);
    let servers: RunEnvironment['servers'] | undefined;
    try {
      const record = await store.getRun(runId);
      if (record !== undefined && record.endedMs !== null) return await conclude<Deliverable>(store, runId);
      const { setup, settings } = record === undefined ? await prepare(store) : takeUp(record, options);
      const forecast = createForecastKeeper(store, runId, setup);
      const env = await openEnvironment(runId, store, setup, options, (updates) => {
        log.push(updates);
        forecast.see(updates.filter((update) => update.runId === runId));
      });
      servers = env.servers;
      await checkFeasible(env, setup, settings);
      setup.taskClass ??= (await describeForGate(env, setup)).taskClass;
      const { task, team, taskClass } = setup;
      const node: RunNode = { runId, rootRunId: runId, parentRunId: null, task, team, taskClass };
      if (setup.outputSchema !== undefined) node.outputSchema = setup.outputSchema;
      const lease = await store.acquireLease(runId);
      try {
        if (settings === null && record?.forecast === undefined) forecast.see(await store.readEvents(runId));
        await driveNode(env, node, {
          ...(settings === null ? {} : { start: { settings, setup: writeSetup(setup) } }),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
          onCancelable: (handed) => {
            cancel = handed;
            if (cancelled !== null) handed(cancelled);
          },
        });
      } finally {
        try {
          await forecast.settled();
        } finally {
          await lease.release();
        }
      }
      if ((await store.getRun(runId)) === undefined)
        throw new PlanwrightError('cancelled', 'Interrupted before the run had begun.');
      return await conclude<Deliverable>(store, runId);
    } finally {
      await servers?.close();
      log.close();
      if (typeof options.store !== 'object') await store.close();
    }
  };
  const result = drive();
  // Whoever only iterates the events must not be hit by an unhandled rejection; whoever awaits still gets it.
  result.catch(() => {});
  return Object.assign(result, {
    runId,
    events: log.updates,
    cancel: (reason = 'Cancelled by the caller.') => {
      cancelled = reason;
      cancel?.(reason);
    },
  });
}

/** Keeps what came of a run that has ended, unless that was done before a crash, and reports it. */
async function conclude<Deliverable>(store: Store, runId: string): Promise<RunResult<Deliverable>> {
  const view = await loadRun(store, runId);
  await recordOutcome(store, view);
  return (await reportView(store, view)) as RunResult<Deliverable>;
}

/** A run that is there already goes on with the team it was started with. */
function takeUp({ runId, task, setup }: RunRecord, options: { task?: string }): PreparedRun {
  if (options.task !== undefined && options.task !== task) {
    throw new PlanwrightError('usage', `Run "${runId}" is there already, with another task. Give the new run another id.`);
  }
  return { setup: readSetup(setup), settings: null };
}
