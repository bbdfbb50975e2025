/** The whole flow, in order: resolve the team, open the store, refuse what can't work, drive the run, report. */
import { z } from 'zod';
import { seededRandom, systemClock } from './clock.ts';
import type { DriveRunOptions } from './drive-options.ts';
import { checkFeasible } from './engine/check-feasible.ts';
import { openEnvironment } from './engine/open-environment.ts';
import { openStore } from './engine/open-store.ts';
import type { RunNode } from './engine/run-environment.ts';
import { driveNode } from './engine/run-node.ts';
import { makeSettings } from './engine/run-settings.ts';
import { type RunSetup, readSetup, writeSetup } from './engine/run-setup.ts';
import type { RunRecord, Store } from './engine/store.ts';
import { PlanwrightError } from './errors.ts';
import type { RunSettings } from './events.ts';
import type { Strategy } from './gate/gate.ts';
import { newRunId } from './ids.ts';
import type { Json } from './json.ts';
import { reportRun } from './measure/run-report.ts';
import type { Plan } from './plan/plan.ts';
import { createUpdateLog, type RunHandle, type RunResult } from './run-handle.ts';
import { defaultPreset } from './team/defaults.ts';
import { loadTeam } from './team/load-team.ts';
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
  return launch<z.infer<Schema>>(runId, options, async () => {
    const team = typeof options.team === 'object' ? options.team : await loadTeam(options.team ?? defaultPreset);
    const limits: RunLimits = { ...team.limits, ...options.limits };
    const model = typeof options.model === 'string' ? options.model : options.model === undefined ? 'offline' : 'custom:model';
    const outputSchema =
      options.output === undefined ? {} : { outputSchema: z.toJSONSchema(options.output) as { [key: string]: Json } };
    const files = options.files === undefined ? {} : { filesRoot: options.files };
    const setup: RunSetup = { version: 1, task: options.task, team: { ...team, limits }, model, ...files, ...outputSchema };
    const { strategy = 'auto', plan, approve = false } = options;
    const given = plan === undefined ? {} : { plan };
    const typed = options.output !== undefined;
    return {
      setup,
      settings: makeSettings({ team: setup.team, strategy, limits, defaultModel: model, approve, typed, ...given }),
    };
  });
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

interface Prepared {
  setup: RunSetup;
  /** null: the run's events hold them. */
  settings: RunSettings | null;
}

function launch<Deliverable>(
  runId: string,
  options: DriveRunOptions & { task?: string },
  prepare: (store: Store) => Prepared | Promise<Prepared>,
): RunHandle<Deliverable> {
  const log = createUpdateLog();
  let cancel: ((reason: string) => void) | null = null;
  let cancelled: string | null = null;
  const drive = async (): Promise<RunResult<Deliverable>> => {
    const store = await openStore(options.store, options.clock);
    try {
      const record = await store.getRun(runId);
      if (record !== undefined && record.endedMs !== null) return (await reportRun(store, runId)) as RunResult<Deliverable>;
      const { setup, settings } = record === undefined ? await prepare(store) : takeUp(record, options);
      const env = await openEnvironment(runId, store, setup, options, (updates) => log.push(updates));
      await checkFeasible(env, setup, settings);
      const node: RunNode = { runId, rootRunId: runId, parentRunId: null, task: setup.task, team: setup.team };
      if (setup.outputSchema !== undefined) node.outputSchema = setup.outputSchema;
      const lease = await store.acquireLease(runId);
      try {
        await driveNode(env, node, {
          ...(settings === null ? {} : { start: { settings, setup: writeSetup(setup) } }),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
          onCancelable: (handed) => {
            cancel = handed;
            if (cancelled !== null) handed(cancelled);
          },
        });
      } finally {
        await lease.release();
      }
      if ((await store.getRun(runId)) === undefined)
        throw new PlanwrightError('cancelled', 'Interrupted before the run had begun.');
      return (await reportRun(store, runId)) as RunResult<Deliverable>;
    } finally {
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

/** A run that is there already goes on with the team it was started with. */
function takeUp({ runId, task, setup }: RunRecord, options: { task?: string }): Prepared {
  if (options.task !== undefined && options.task !== task) {
    throw new PlanwrightError('usage', `Run "${runId}" is there already, with another task. Give the new run another id.`);
  }
  return { setup: readSetup(setup), settings: null };
}
