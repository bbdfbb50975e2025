import { basename } from 'node:path';
import {
  type AllocationName,
  type AllocationSimulation,
  allocationNames,
  quoteShellWord,
  renderAllocationPage,
  simulateAllocation,
  type Team,
} from '../../index.ts';
import type { Estimates } from '../estimate-options.ts';
import { exitCodes } from '../exit-code.ts';
import { formatDuration, formatNumber } from '../figures.ts';
import { formatAmount, formatPercent } from '../forecast-text.ts';
import type { CliIo } from '../io.ts';
import { nameInput } from '../read-input.ts';
import { printJson } from '../tell-run.ts';
import { stripControls } from '../terminal-text.ts';
import { refusePage, writePage } from '../write-page.ts';

export interface AllocationFlags {
  allocate: AllocationName | 'all';
  trials?: number;
  seed?: number;
  html?: string;
  json?: boolean;
}

/** The same plan given out in one way or in all of them. */
export async function runSimulateAllocation(
  io: CliIo,
  { path, estimates, team }: { path: string; estimates: Estimates; team: Team | undefined },
  { allocate, trials, seed, html, json }: AllocationFlags,
): Promise<number> {
  refusePage(html);
  const { plan, basis } = estimates;
  const strategies = allocate === 'all' ? allocationNames : [allocate];
  const simulations = strategies.map((strategy) =>
    simulateAllocation(
      plan,
      { roles: team?.roles ?? {}, basis },
      { strategy, ...(trials === undefined ? {} : { trials }), ...(seed === undefined ? {} : { seed }) },
    ),
  );
  if (html !== undefined) {
    const command = ['planwright', ...process.argv.slice(2)].map(quoteShellWord).join(' ');
    const title = `Who does what: ${basename(nameInput(path))}`;
    await writePage(io, { path: html, text: await renderAllocationPage(simulations, { title, command }) });
  }
  if (json === true) await printJson(io, { file: nameInput(path), subtasks: plan.subtasks.length, allocations: simulations });
  else await io.print(`${describe(nameInput(path), plan.subtasks.length, simulations).map(stripControls).join('\n')}\n`);
  return exitCodes.succeeded;
}

const columns = ['', 'right', 'median', '9 of 10', 'load ±', 'max', 'special', 'waiting', 'messages', 'failed', 'again'];

function describe(file: string, subtasks: number, simulations: readonly AllocationSimulation[]): string[] {
  const [first] = simulations;
  if (first === undefined) return [];
  const { kinds, trials, seed, isTimed } = first;
  const work = `${formatNumber(kinds.all, 'kind')} of work, ${kinds.shared} for more than one role`;
  const rows = [columns, ...simulations.map(cellsOf)];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = [
    `${file}: ${formatNumber(subtasks, 'subtask')}, ${work}; ${formatNumber(trials, 'trial')}, seed ${seed}`,
    ...rows.map(
      (row) => `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')}`,
    ),
    'median, 9 of 10: makespan. load ±, max: standard deviation and largest of the roles’ loads (busy time ÷ slots), ÷ their mean.',
    'special: what knowing who did a subtask tells of its kind, 0 to 1. waiting: from when a subtask could start, mean.',
    'messages, failed attempts, subtasks offered again: a run’s, on average.',
  ];
  if (!isTimed) lines.push('No duration is known: each attempt is taken to last a second.');
  if (kinds.shared === 0) {
    lines.push(
      'Every strategy does the same here: no role can do another’s work. Roles that share skills, under "skills" in the team file, can.',
    );
  }
  return lines;
}

function cellsOf(simulation: AllocationSimulation): string[] {
  const { strategy, success, makespanMs, balance, specialization, waitingMs, messages, failures, offeredAgain } = simulation;
  const said = Object.values(messages).reduce((sum, count) => sum + count, 0);
  return [
    strategy,
    formatPercent(success.mean),
    formatDuration(makespanMs.p50),
    formatDuration(makespanMs.p90),
    balance === null ? '–' : balance.variation.toFixed(2),
    balance === null ? '–' : balance.maxOverMean.toFixed(2),
    specialization === null ? '–' : specialization.toFixed(2),
    formatDuration(waitingMs),
    formatAmount(said),
    formatAmount(failures),
    formatAmount(offeredAgain),
  ];
}
