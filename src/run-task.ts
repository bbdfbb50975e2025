/** The whole flow, in order: resolve the team, open the store, refuse what can't work, drive the run, report. */
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { z } from 'zod';
import { type Clock, type Random, seededRandom, systemClock } from './clock.ts';
import { checkFeasible } from './engine/check-feasible.ts';
import { openStore } from './engine/open-store.ts';
import type { RunEnvironment, RunNode } from './engine/run-environment.ts';
import { openRunFiles } from './engine/run-files.ts';
import { driveNode } from './engine/run-node.ts';
import { makeSettings } from './engine/run-settings.ts';
import { type RunSetup, readSetup, writeSetup } from './engine/run-setup.ts';
import { createSlots } from './engine/slots.ts';
import type { Store } from './engine/store.ts';
import { PlanwrightError } from './errors.ts';
import type { RunSettings } from './events.ts';
import type { Tool } from './execute/tool.ts';
import type { Gate, Strategy } from './gate/gate.ts';
import { priorGate } from './gate/prior-gate.ts';
import { newRunId } from './ids.ts';
import type { Json } from './json.ts';
import type { LiveDelta } from './live.ts';
import { reportRun } from './measure/run-report.ts';
import { spentBy } from './measure/spent.ts';
import { createLimiter } from './model/limits.ts';
import { createModelRegistry } from './model/registry.ts';
import type { Plan } from './plan/plan.ts';
import { createUpdateLog, type RunHandle, type RunResult, type RunUpdate } from './run-handle.ts';
import { defaultPreset } from './team/defaults.ts';
import { loadTeam } from './team/load-team.ts';
import type { RunLimits, Team } from './team/team.ts';

/** What a new run and a resumed one have in common. */
export interface DriveRunOptions {
  /** Tools beyond the built-in ones, by the names that roles use. */
  tools?: Tool[];
  /** An object in place of a spec stands for every role that names no model. */
  model?: string | LanguageModelV4;
  /** An open store, a folder or a file. Default `.planwright`. */
  store?: Store | string;
  /** Interrupts: what is in flight is stopped and the run can be resumed. */
  signal?: AbortSignal;
  gate?: Gate;
  clock?: Clock;
  random?: Random;
  /** Where {env:NAME} is looked up. Default: the process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
  /** What happens between two events; may be lost. */
  onDelta?: (runId: string, delta: LiveDelta) => void;
}

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
  return launch(options.runId, options, async (store) => {
    const record = await store.getRun(options.runId);
    if (record === undefined) {
      throw new PlanwrightError(
        'run-unknown',
        `No run "${options.runId}" in ${store.location}. List the runs with: planwright runs`,
      );
    }
    return { setup: readSetup(record.setup), settings: null };
  });
}

interface Prepared {
  setup: RunSetup;
  /** null: the run's events hold them. */
  settings: RunSettings | null;
}

function launch<Deliverable>(
  runId: string,
  options: DriveRunOptions,
  prepare: (store: Store) => Promise<Prepared>,
): RunHandle<Deliverable> {
  const log = createUpdateLog();
  let cancel: ((reason: string) => void) | null = null;
  let cancelled: string | null = null;
  const drive = async (): Promise<RunResult<Deliverable>> => {
    const store = await openStore(options.store, options.clock);
    try {
      const { setup, settings } = await prepare(store);
      const env = await makeEnvironment(runId, store, setup, options, (updates) => log.push(updates));
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

async function makeEnvironment(
  runId: string,
  store: Store,
  setup: RunSetup,
  options: DriveRunOptions,
  push: (updates: RunUpdate[]) => void,
): Promise<RunEnvironment> {
  const clock = options.clock ?? systemClock;
  const { limits } = setup.team;
  const custom = typeof options.model === 'object' ? { custom: { model: options.model } } : {};
  return {
    store,
    clock,
    models: createModelRegistry({ clock, ...custom, ...(options.env === undefined ? {} : { env: options.env }) }),
    limiter: createLimiter({ limits, spent: spentBy(await store.listCalls(runId)), clock }),
    slots: createSlots(limits.concurrency),
    gate: options.gate ?? priorGate,
    tools: options.tools ?? [],
    defaultModel: setup.model,
    ...(setup.filesRoot === undefined ? {} : { files: await openRunFiles(setup.filesRoot) }),
    onEntries: (id, entries) => push(entries.map((entry) => ({ ...entry, runId: id }))),
    ...(options.onDelta === undefined ? {} : { onDelta: options.onDelta }),
  };
}
