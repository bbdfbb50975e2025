import { type AllocationName, type Forecast, forecastPlan, PlanwrightError, type Simulation, simulatePlan } from '../../index.ts';
import { type EstimateFlags, type Estimates, loadTeamIfNamed, makeEstimates } from '../estimate-options.ts';
import { exitCodes } from '../exit-code.ts';
import { formatCount, formatDuration, formatNumber, formatUsd } from '../figures.ts';
import { describeBasis, formatAmount, formatPercent } from '../forecast-text.ts';
import type { CliIo } from '../io.ts';
import { readPlanFile } from '../plan-input.ts';
import { nameInput } from '../read-input.ts';
import { printJson } from '../tell-run.ts';
import { stripControls } from '../terminal-text.ts';

export interface SimulateFlags extends EstimateFlags {
  team?: string;
  trials?: number;
  seed?: number;
  allocate?: AllocationName | 'all';
  html?: string;
  json?: boolean;
}

/** Each trial folds the whole plan: more than this would be for nobody. */
const maxTrials = 1_000_000;

export async function runSimulate(io: CliIo, path: string, flags: SimulateFlags): Promise<number> {
  const { trials, seed, json, allocate, html } = flags;
  if (trials !== undefined && trials > maxTrials) {
    throw new PlanwrightError('usage', `--trials ${trials} is too many: give at most ${formatCount(maxTrials)}.`);
  }
  if (html !== undefined && allocate === undefined) {
    throw new PlanwrightError('usage', '--html shows a comparison of allocations: give --allocate too, such as --allocate all.');
  }
  const plan = await readPlanFile(path);
  const team = await loadTeamIfNamed(flags.team);
  const estimates = makeEstimates(plan, flags, team);
  if (allocate !== undefined) {
    const { runSimulateAllocation } = await import('./simulate-allocation.ts');
    return runSimulateAllocation(io, { path, estimates, team }, { ...flags, allocate });
  }
  const simulation = simulatePlan(estimates.plan, estimates.basis, {
    ...(trials === undefined ? {} : { trials }),
    ...(seed === undefined ? {} : { seed }),
  });
  const forecast = forecastPlan(estimates.plan, estimates.basis);
  if (json === true) await printJson(io, { file: nameInput(path), ...simulation, forecast });
  else await io.print(`${describe(nameInput(path), simulation, forecast, estimates).map(stripControls).join('\n')}\n`);
  return exitCodes.succeeded;
}

function describe(file: string, simulation: Simulation, forecast: Forecast, { plan, basis }: Estimates): string[] {
  const { trials, seed, success, outcomes, makespanMs, calls, attempts, replans, tokens, costUsd } = simulation;
  const rows: [name: string, simulated: string, byFormula: string][] = [
    ['', 'simulated', 'by the formula'],
    [
      'right',
      `${formatPercent(success.mean)} (${formatPercent(success.low)} to ${formatPercent(success.high)})`,
      formatPercent(forecast.success),
    ],
    ['wrong', formatPercent(outcomes.wrong), ''],
    ['nothing', formatPercent(outcomes.none), ''],
    [
      'makespan',
      makespanMs === null
        ? 'unknown'
        : `${formatDuration(makespanMs.p50)} in half of the trials, ${formatDuration(makespanMs.p90)} in nine of ten`,
      forecast.makespanMs === null ? '' : formatDuration(forecast.makespanMs),
    ],
    [
      'calls',
      `${formatAmount(calls)} (${formatAmount(attempts)} attempts, ${formatAmount(replans)} replans)`,
      formatAmount(forecast.calls),
    ],
    ['tokens', tokens === null ? 'unknown' : formatCount(tokens), forecast.tokens === null ? '' : formatCount(forecast.tokens)],
    ['cost', costUsd === null ? 'unknown' : formatUsd(costUsd), forecast.costUsd === null ? '' : formatUsd(forecast.costUsd)],
  ];
  const width = Math.max(...rows.map(([, simulated]) => simulated.length));
  const basisRows = describeBasis(plan, basis).map(([name, text]) => `  ${name.padEnd(9)} ${text}`);
  return [
    `${file}: ${formatNumber(plan.subtasks.length, 'subtask')}, ${formatNumber(trials, 'trial')}, seed ${seed}`,
    ...rows.map(([name, simulated, byFormula]) => `  ${name.padEnd(9)} ${simulated.padEnd(width)}  ${byFormula}`.trimEnd()),
    'It rests on',
    ...basisRows,
    '  Attempts are taken to be independent of each other, which those of one model are not.',
  ];
}
