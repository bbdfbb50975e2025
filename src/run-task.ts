/** The whole flow, in order: resolve the team, open the store, refuse what can't work, drive the run, report. */
import type { z } from 'zod';
import { systemClock, systemRandom } from './clock.ts';
import type { DriveRunOptions } from './drive-options.ts';
import { concludeRun, driveTree } from './engine/drive-tree.ts';
import { openStore } from './engine/open-store.ts';
import { type PreparedRun, prepareRun } from './engine/prepare-run.ts';
import { readSetup } from './engine/run-setup.ts';
import type { RunRecord, Store } from './engine/store.ts';
import { PlanwrightError } from './errors.ts';
import type { Strategy } from './gate/gate.ts';
import type { GateWeights } from './gate/weights.ts';
import { newRunId } from './ids.ts';
import type { Json } from './json.ts';
import type { Plan } from './plan/plan.ts';
import type { RedactDefinition } from './redact/redact-rules.ts';
import { createRedactor } from './redact/redactor.ts';
import { createUpdateLog, type RunHandle, type RunResult } from './run-handle.ts';
import type { RunLimits, Team } from './team/team.ts';

export interface RunTaskOptions<Schema extends z.ZodType = z.ZodType<Json>> extends DriveRunOptions {
  task: string;
  /** A team, the path of a team file, or a preset's name. Default: the preset `research`. */
  team?: Team | string;
  /** How the team plans and goes on, with options beside the name: the team's, or the pattern's own without `team`. Implies `strategy: 'team'`. */
  pattern?: string | ({ name: string } & Record<string, Json>);
  /** Default `auto`: the gate decides; `team` for a team that follows a pattern. */
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
  /** Taken out of every text before a model or the store sees it, beside what the team's `redact` says. */
  redact?: RedactDefinition;
  /** Handed to the models with every call; a model may ignore it. */
  seed?: number;
  /** Where several runs wait for a worker, the lowest goes first: 0 to 1,000,000. Default 0. */
  priority?: number;
  /** Default: a new one. */
  runId?: string;
}

export interface ResumeRunOptions extends DriveRunOptions {
  runId: string;
}

/** Runs a task to its end. Errors of use (a bad team, plan or model) reject; everything after the start is a result. */
export function runTask<Schema extends z.ZodType = z.ZodType<Json>>(options: RunTaskOptions<Schema>): RunHandle<z.infer<Schema>> {
  const clock = options.clock ?? systemClock;
  const runId = options.runId ?? newRunId(clock, options.random ?? systemRandom);
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
    try {
      const record = await store.getRun(runId);
      if (record !== undefined) refuseOtherTask(record, options);
      if (record !== undefined && record.endedMs !== null) return await conclude<Deliverable>(store, runId);
      // A run that is there already goes on with the team it was started with.
      const prepared = record === undefined ? await prepare(store) : { setup: readSetup(record.setup), settings: null };
      await driveTree(store, runId, {
        ...options,
        prepared,
        push: (updates) => log.push(updates),
        onCancelable: (handed) => {
          cancel = handed;
          if (cancelled !== null) handed(cancelled);
        },
      });
      if ((await store.getRun(runId)) === undefined)
        throw new PlanwrightError('cancelled', 'Interrupted before the run had begun.');
      return await conclude<Deliverable>(store, runId);
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

async function conclude<Deliverable>(store: Store, runId: string): Promise<RunResult<Deliverable>> {
  return (await concludeRun(store, runId)) as RunResult<Deliverable>;
}

/** @throws {PlanwrightError} `usage` */
export function refuseOtherTask({ runId, task, setup }: RunRecord, wanted: { task?: string }): void {
  if (wanted.task === undefined) return;
  const { redact } = readSetup(setup).team;
  const asked = redact === undefined ? wanted.task : createRedactor(redact).text(wanted.task);
  if (asked === task) return;
  throw new PlanwrightError('usage', `Run "${runId}" is there already, with another task. Give the new run another id.`);
}
