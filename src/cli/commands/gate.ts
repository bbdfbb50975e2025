import {
  type ArmOutlook,
  defaultStorePath,
  explainTask,
  type GateExplanation,
  type GateWeights,
  labelRun,
  MemoryStore,
} from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { formatNumber } from '../figures.ts';
import { type StoreFlags, withRun } from '../find-run.ts';
import type { CliIo } from '../io.ts';
import { isThere } from '../store-place.ts';
import { printJson } from '../tell-run.ts';
import { fitText, toOneLine } from '../terminal-text.ts';
import { readTask, type TaskFlags, taskOptions } from './task-flags.ts';

export interface GateExplainFlags extends TaskFlags, StoreFlags {
  class?: string;
  successUsd?: number;
  hourUsd?: number;
}

export async function runGateExplain(io: CliIo, task: string, flags: GateExplainFlags): Promise<number> {
  const gateWeights: Partial<GateWeights> = {};
  if (flags.successUsd !== undefined) gateWeights.successUsd = flags.successUsd;
  if (flags.hourUsd !== undefined) gateWeights.hourUsd = flags.hourUsd;
  const { limits: _, ...options } = taskOptions(flags);
  const location = flags.store ?? defaultStorePath;
  const told = await explainTask({
    ...options,
    task: await readTask(task),
    gateWeights,
    ...(flags.class === undefined ? {} : { taskClass: flags.class }),
    // Asking must not make a store.
    store: isThere(location) ? location : new MemoryStore(),
  });
  if (flags.json === true) await printJson(io, told);
  else await io.print(`${describe(told).join('\n')}\n`);
  return exitCodes.succeeded;
}

export async function runGateLabel(
  io: CliIo,
  { run, judgement }: { run: string; judgement: 'right' | 'wrong' },
  flags: StoreFlags,
): Promise<number> {
  return withRun(run, flags, async (store, { runId }) => {
    const outcome = await labelRun(store, runId, judgement === 'right');
    if (flags.json === true) await printJson(io, outcome);
    else await io.print(`${runId} is kept as ${judgement}: ${outcome.arm}, class ${toOneLine(outcome.taskClass)}.\n`);
    return exitCodes.succeeded;
  });
}

function describe(told: GateExplanation): string[] {
  const { strategy, basis, input, weights, outcomes, judged, arms, checkError, forecasts, reasons, wouldChange } = told;
  const lines = [
    `decision   ${strategy}, by ${basis === 'prior' ? 'the stated prior' : 'the evidence'}`,
    ...reasons.map((reason) => `           ${toOneLine(reason)}`),
    `class      ${toOneLine(input.taskClass)} · team ${toOneLine(input.team)} · ${formatNumber(outcomes, 'run')}, ${judged} judged`,
    `weights    right result $${weights.successUsd} · hour $${weights.hourUsd} · million unpriced tokens $${weights.millionTokensUsd} · exploration ${weights.exploration} · half-life ${formatNumber(weights.halfLife, 'run')}`,
  ];
  if (basis === 'evidence') {
    lines.push('', describeRow('ARM', 'RUNS', 'JUDGED', 'RIGHT', 'COST', 'TIME', 'UTILITY', 'CHOSEN', 'LABELS'));
    for (const arm of arms) lines.push(describeArm(arm));
    lines.push(
      '',
      `checks     pass ${(checkError.falseAccept * 100).toFixed(0)} % of wrong results (${checkError.measuredOn === 0 ? 'assumed' : `measured on ${formatNumber(checkError.measuredOn, 'result')}`})`,
    );
  }
  const { n, brier, baseRateBrier } = forecasts.heldOut;
  if (brier !== null && baseRateBrier !== null) {
    lines.push(
      `forecasts  Brier score ${brier.toFixed(3)} over ${formatNumber(n, 'run')} judged from outside (always forecasting the base rate: ${baseRateBrier.toFixed(3)})`,
    );
  }
  lines.push('', 'What would change it:', ...wouldChange.map((change) => `  ${toOneLine(change)}`));
  return lines;
}

function describeArm({ arm, runs, effective, success, usd, seconds, utility, propensity, labels }: ArmOutlook): string {
  const low = Math.max(0, success.mean - 1.645 * success.sd);
  const high = Math.min(1, success.mean + 1.645 * success.sd);
  const told = Object.entries(labels).map(([source, count]) => `${source} ${count}`);
  return describeRow(
    arm,
    String(runs),
    effective.toFixed(1),
    `${success.mean.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`,
    `$${usd.toFixed(4)}`,
    `${seconds.toFixed(1)} s`,
    `$${utility.mean.toFixed(3)}`,
    `${(propensity * 100).toFixed(0)} %`,
    told.join(', '),
  );
}

function describeRow(...cells: [string, string, string, string, string, string, string, string, string]): string {
  const widths = [8, 6, 7, 18, 9, 9, 8, 7, 0];
  return cells
    .map((cell, at) => (at === cells.length - 1 ? cell : fitText(cell, widths[at] ?? 8)))
    .join(' ')
    .trimEnd();
}
