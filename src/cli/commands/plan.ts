import {
  type Ledger,
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
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { readTask, type TaskFlags, taskOptions } from './task-flags.ts';

export interface PlanFlags extends TaskFlags {
  json?: boolean;
  yaml?: boolean;
  mermaid?: boolean;
}

export async function runPlan(io: CliIo, task: string, flags: PlanFlags): Promise<number> {
  const signal = catchInterrupts();
  const options = { ...taskOptions(flags), task: await readTask(task) };
  try {
    const { plan, ledger } = await planTask({ ...options, signal });
    await io.print(renderPlan(toPlanFile(plan), flags, io.terminal?.columns ?? 120));
    io.note(`${formatNumber(plan.subtasks.length, 'subtask')} · ${describeLedger(ledger)}\n`);
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

/** The single agent's subtask has an id of Planwright's own, which a plan file may not use. */
function toPlanFile(plan: Plan): Plan {
  const subtasks = plan.subtasks.map((subtask) => ({ ...subtask, id: subtask.id.replace(/^@/, '') }));
  return { ...plan, subtasks };
}

function describeLedger({ calls, inputTokens, outputTokens }: Ledger): string {
  return `${formatNumber(calls, 'call')}, ${formatCount(inputTokens + outputTokens)} tokens`;
}
