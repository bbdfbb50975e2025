import {
  buildForecastBasis,
  defaultPreset,
  type Ledger,
  loadTeam,
  type OptimizedPlan,
  optimizeBy,
  optimizePlan,
  type Plan,
  PlanwrightError,
  planTask,
  renderJson,
  renderMermaid,
  renderTree,
  renderYaml,
  toErrorRecord,
} from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { reportThrown } from '../failure.ts';
import { formatCount, formatNumber } from '../figures.ts';
import { describeForecast, describeOptimization } from '../forecast-text.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { stripControls } from '../terminal-text.ts';
import { readTask, type TaskFlags, taskOptions } from './task-flags.ts';

export interface PlanFlags extends TaskFlags {
  json?: boolean;
  yaml?: boolean;
  mermaid?: boolean;
  optimize?: boolean;
  explain?: boolean;
}

export async function runPlan(io: CliIo, task: string, flags: PlanFlags): Promise<number> {
  const signal = catchInterrupts();
  const options = { ...taskOptions(flags), task: await readTask(task) };
  try {
    const { plan: planned, ledger } = await planTask({ ...options, signal });
    const plan = toPlanFile(planned);
    const basis = buildForecastBasis({ team: await loadTeam(flags.team ?? defaultPreset), limits: options.limits ?? {} });
    const columns = io.terminal?.columns ?? 120;
    const optimizing = optimizeBy(plan, basis);
    const forecastOf = (some: Plan): string => describeForecast(optimizing.forecast(some), basis.limits.concurrency);
    if (flags.explain === true) {
      const optimized = optimizePlan(plan, optimizing);
      await io.print(explain(plan, optimized, { forecastOf, columns, json: flags.json === true }));
    } else {
      const optimized = flags.optimize === true ? optimizePlan(plan, optimizing) : null;
      const printed = optimized?.plan ?? plan;
      await io.print(renderPlan(printed, flags, columns));
      io.note(`${formatNumber(plan.subtasks.length, 'subtask')} · ${describeLedger(ledger)}\n`);
      if (optimized !== null) io.note(`${describeOptimization(optimized).map(stripControls).join('\n')}\n`);
      io.note(`forecast ${forecastOf(printed)}\n`);
    }
    return exitCodes.succeeded;
  } catch (thrown) {
    if (signal.aborted) {
      await reportThrown(io, new PlanwrightError('cancelled', 'Interrupted. Nothing was stored.'), flags.json === true);
      return exitCodes.interrupted;
    }
    // No plan was given, so it is the planner that failed and not the caller.
    const exitCode = await reportThrown(io, thrown, flags.json === true);
    return toErrorRecord(thrown).code === 'plan-invalid' ? exitCodes.failed : exitCode;
  }
}

function renderPlan(plan: Plan, { json, yaml, mermaid }: PlanFlags, columns: number): string {
  if (json === true) return renderJson(plan);
  if (yaml === true) return renderYaml(plan);
  if (mermaid === true) return renderMermaid(plan);
  return `${renderTree(plan, columns).join('\n')}\n`;
}

/** The plan, each step with its forecasts, the plan that comes out. Forecasts are of carrying it out: the planner's call is spent. */
function explain(
  plan: Plan,
  optimized: OptimizedPlan,
  { forecastOf, columns, json }: { forecastOf: (plan: Plan) => string; columns: number; json: boolean },
): string {
  if (json) return `${JSON.stringify({ before: plan, steps: optimized.steps, after: optimized.plan }, null, 2)}\n`;
  const lines = ['The plan:', ...renderTree(plan, columns), `forecast ${forecastOf(plan)}`, ''];
  lines.push(...describeOptimization(optimized));
  if (optimized.steps.length > 0) {
    lines.push('', 'The optimized plan:', ...renderTree(optimized.plan, columns));
    lines.push(`forecast ${forecastOf(optimized.plan)}`);
  }
  return `${lines.map(stripControls).join('\n')}\n`;
}

/** The single agent's subtask has an id of Planwright's own, which a plan file may not use. */
function toPlanFile(plan: Plan): Plan {
  const subtasks = plan.subtasks.map((subtask) => ({ ...subtask, id: subtask.id.replace(/^@/, '') }));
  return { ...plan, subtasks };
}

function describeLedger({ calls, inputTokens, outputTokens }: Ledger): string {
  return `${formatNumber(calls, 'call')}, ${formatCount(inputTokens + outputTokens)} tokens`;
}
