import {
  buildForecastBasis,
  defaultPreset,
  defaultStorePath,
  fillInputs,
  fillTeam,
  type Json,
  loadTeam,
  optimizeBy,
  optimizePlan,
  type Plan,
  PlanwrightError,
  type RunTaskOptions,
  runTask,
} from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { describeOptimization } from '../forecast-text.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { parsePairs } from '../named-values.ts';
import { readPlanFile } from '../plan-input.ts';
import { followRun } from '../progress/follow-run.ts';
import { type Cluster, tellGoesOn, tellMissingRoles, withWorkers } from '../run-on-workers.ts';
import { hidePasswords } from '../store-place.ts';
import { type TelemetryFlags, telemetryFor } from '../telemetry.ts';
import { printJson, storeFlag, tellRun } from '../tell-run.ts';
import { stripControls } from '../terminal-text.ts';
import { readTask, type TaskFlags, taskOptions } from './task-flags.ts';

export interface RunFlags extends TaskFlags, TelemetryFlags {
  strategy?: 'auto' | 'single' | 'team' | 'cascade';
  pattern?: string;
  patternOption?: string[];
  plan?: string;
  input?: string[];
  optimize?: boolean;
  approve?: boolean;
  class?: string;
  explore?: boolean;
  json?: boolean;
  store?: string;
  priority?: number;
  detach?: boolean;
}

export async function runRun(io: CliIo, task: string | undefined, flags: RunFlags): Promise<number> {
  const { strategy, store } = flags;
  const interrupted = catchInterrupts();
  if (flags.optimize === true && flags.plan === undefined) {
    throw new PlanwrightError(
      'usage',
      'With --optimize give --plan FILE: a planner’s plan starts while it is being written, and what has started is not changed. Write one first: planwright plan TASK --optimize --yaml > plan.yaml',
    );
  }
  if (flags.input !== undefined && flags.plan === undefined)
    throw new PlanwrightError('usage', 'With --input give --plan FILE: an input is a plan’s.');
  const written = flags.plan === undefined ? undefined : await readGivenPlan(flags.plan, strategy);
  const filled = written === undefined ? undefined : fillInputs(written, parsePairs('--input', flags.input));
  const given = filled?.plan;
  const plan = given !== undefined && flags.optimize === true ? await optimizeGiven(io, given, flags.team) : given;
  const options: RunTaskOptions = {
    ...taskOptions(flags),
    // The roles of an imported team may speak of the plan's inputs too.
    ...(filled === undefined || flags.input === undefined
      ? {}
      : { team: fillTeam(await loadTeam(flags.team ?? defaultPreset), filled.fill) }),
    task: task === undefined && plan !== undefined ? plan.task : await readTask(task),
    ...(plan === undefined ? {} : { plan }),
    ...readPattern(flags),
    ...(strategy === undefined ? {} : { strategy }),
    ...(flags.approve === true ? { approve: true } : {}),
    ...(flags.class === undefined ? {} : { taskClass: flags.class }),
    ...(flags.explore === false ? { gateWeights: { exploration: 0 } } : {}),
    ...(store === undefined ? {} : { store }),
    ...(flags.priority === undefined ? {} : { priority: flags.priority }),
  };
  const onWorkers = await withWorkers(io, store ?? defaultStorePath, (cluster) =>
    runOnWorkers(io, cluster, options, { interrupted, flags }),
  );
  if (onWorkers !== undefined) return onWorkers;
  if (flags.detach === true) {
    throw new PlanwrightError(
      'usage',
      'With --detach a worker has to be there that drives runs: planwright worker --store postgres://…',
    );
  }
  const followed = await followRun(io, (hooks) => runTask({ ...options, ...telemetryFor(io, flags), ...hooks }), { interrupted });
  return tellRun(io, followed, { json: flags.json === true, location: hidePasswords(store ?? defaultStorePath), store });
}

async function runOnWorkers(
  io: CliIo,
  cluster: Cluster,
  { store: _store, model, ...options }: RunTaskOptions,
  { interrupted, flags }: { interrupted: AbortSignal; flags: RunFlags },
): Promise<number> {
  if (flags.otlp !== undefined) io.note('Workers do the work, and send its spans: planwright worker --otlp URL\n');
  await tellMissingRoles(io, cluster, await loadTeam(flags.team ?? flags.pattern ?? defaultPreset));
  const start = (signal: AbortSignal) => cluster.start({ ...options, signal, ...(typeof model === 'string' ? { model } : {}) });
  if (flags.detach === true) {
    const leaving = new AbortController();
    const handle = start(leaving.signal);
    leaving.abort();
    const { runId, status } = await handle;
    if (flags.json === true) await printJson(io, { runId, status });
    else await io.print(`${runId}\n`);
    return exitCodes.succeeded;
  }
  const followed = await followRun(io, ({ signal }) => start(signal), { interrupted });
  const { store } = flags;
  tellGoesOn(io, followed, storeFlag(store));
  return tellRun(io, followed, { json: flags.json === true, location: cluster.store.location, store });
}

/** @throws {PlanwrightError} `usage` */
function readPattern({ pattern, patternOption, plan, strategy }: RunFlags): Pick<RunTaskOptions, 'pattern'> {
  if (pattern === undefined) {
    if (patternOption === undefined) return {};
    throw new PlanwrightError('usage', 'With --pattern-option give --pattern NAME: planwright patterns lists them.');
  }
  if (plan !== undefined) throw new PlanwrightError('usage', 'A pattern makes the plan. Leave out --plan or --pattern.');
  if (strategy === 'single')
    throw new PlanwrightError('usage', 'A pattern is for a team. Leave out --strategy single or --pattern.');
  const options = Object.entries(parsePairs('--pattern-option', patternOption)).map(
    ([name, value]) => [name, readValue(value)] as const,
  );
  return { pattern: { ...Object.fromEntries(options), name: pattern } };
}

/** JSON where it is JSON: numbers, lists; text else. */
function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

async function readGivenPlan(path: string, strategy: RunFlags['strategy']): Promise<Plan> {
  if (strategy === 'single' || strategy === 'cascade') {
    throw new PlanwrightError(
      'usage',
      `A plan is run by the team, not with --strategy ${strategy}. Leave out --strategy or --plan.`,
    );
  }
  return readPlanFile(path);
}

async function optimizeGiven(io: CliIo, plan: Plan, team: string = defaultPreset): Promise<Plan> {
  const optimized = optimizePlan(plan, optimizeBy(plan, buildForecastBasis({ team: await loadTeam(team) })));
  io.note(`${describeOptimization(optimized).map(stripControls).join('\n')}\n`);
  return optimized.plan;
}
