import { basename } from 'node:path';
import {
  type ArmDefinition,
  type ArmProgress,
  type Comparison,
  type ComparisonDetails,
  collectDetails,
  compareTeams,
  defaultStorePath,
  namedArm,
  openStore,
  type PairProgress,
  parseArm,
  quoteShellWord,
  renderComparisonPage,
  systemClock,
} from '../../index.ts';
import { describeReport } from '../comparison-text.ts';
import { exitCodes } from '../exit-code.ts';
import { formatCount, formatDuration, formatNumber, formatUsd } from '../figures.ts';
import { catchInterrupts, graceMs } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { hidePasswords } from '../store-place.ts';
import { printJson } from '../tell-run.ts';
import { cutText, toOneLine } from '../terminal-text.ts';
import { refusePage, writePage } from '../write-page.ts';

export interface CompareFlags {
  team?: string;
  model?: string;
  arms?: string;
  arm?: string[];
  maxUsd?: number;
  seed?: number;
  repeats?: number;
  alpha?: number;
  fixedN?: boolean;
  concurrency?: number;
  store?: string;
  html?: string;
  json?: boolean;
}

const idLength = 40;

/** 0 whatever the verdict; 3 when --max-usd ended it; 130 when it was interrupted. */
export async function runCompare(io: CliIo, tasks: string, flags: CompareFlags): Promise<number> {
  const { team, model, maxUsd, seed, repeats, alpha, fixedN, concurrency, store } = flags;
  refusePage(flags.html);
  const arms = readArms(flags);
  const interrupted = catchInterrupts();
  const comparing = compareTeams({
    tasks,
    signal: interrupted,
    onPair: (pair) => io.note(`${describePair(pair)}\n`),
    ...(arms === undefined ? {} : { arms }),
    ...(team === undefined ? {} : { team }),
    ...(model === undefined ? {} : { model }),
    ...(maxUsd === undefined ? {} : { maxUsd }),
    ...(seed === undefined ? {} : { seed }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(alpha === undefined ? {} : { alpha }),
    ...(fixedN === true ? { fixedN } : {}),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(store === undefined ? {} : { store }),
  });
  const comparison = await Promise.race([comparing, untilCutOff(interrupted)]);
  if (comparison === 'cut-off') return tellCutOff(io, flags.json === true);
  const details = flags.html !== undefined || flags.json === true ? await readDetails(comparison, tasks, flags) : null;
  if (flags.html !== undefined && details !== null) await writeReport(io, flags.html, comparison, details);
  if (details !== null && flags.json === true) await printJson(io, toDocument(comparison, details));
  else await io.print(`${describeComparison(comparison).join('\n')}\n`);
  io.note(`stored     ${hidePasswords(store ?? defaultStorePath)} · comparison ${comparison.comparisonId}\n`);
  return exitCodeOf(comparison);
}

/** The contract's keys and what running adds to them. */
function toDocument({ report, rows, ...comparison }: Comparison, details: ComparisonDetails) {
  const { comparisonId, stopped, pairsPlanned, pairsRun, spentUsd, grading, notes } = comparison;
  const { reliability, amplification, calibration, tokensByPurpose, time } = details;
  const tasksRun = new Set(rows.map(({ task }) => task)).size;
  const run = { comparisonId, stopped, pairsPlanned, pairsRun, tasksRun, spentUsd, grading, notes };
  return { ...report, ...run, reliability, amplification, calibration, tokensByPurpose, timeOnPath: time };
}

function describeComparison({ report, notes, spentUsd, pairsRun }: Comparison): string[] {
  const spent = spentUsd === null ? 'at a cost that is not known' : `for ${formatUsd(spentUsd)}`;
  return [...describeReport(report), '', ...notes.map(toOneLine), `${formatNumber(pairsRun, 'pair')} run ${spent}.`];
}

/** One line a pair: what came of it, how far it is, what it took, what may be left. */
function describePair({ task, repeat, arms, leftOut, ended, planned, eValue, tokens, spentUsd, left }: PairProgress): string {
  const name = cutText(toOneLine(task), idLength) + (repeat === 0 ? '' : ` (repeat ${repeat})`);
  const came = arms.map((arm) => `${arm.arm} ${describeOutcome(arm)}`).join(', ');
  const parts = [
    `${formatCount(ended)}/${formatCount(planned)}  ${name}: ${came}${leftOut === undefined ? '' : ` (left out: ${toOneLine(leftOut)})`}`,
    `e-value ${eValue < 1e6 ? Number(eValue.toPrecision(3)) : 'above 1,000,000'}`,
    `${formatNumber(tokens, 'token')}${spentUsd === null ? '' : `, ${formatUsd(spentUsd)}`}`,
  ];
  if (left !== null && left.pairs > 0) {
    const price = left.usd === null ? '' : `, ${formatUsd(left.usd)}`;
    parts.push(`at most ${formatNumber(left.pairs, 'pair')} left: ${formatDuration(left.ms)}${price}`);
  }
  return parts.join(' · ');
}

function describeOutcome({ outcome, detail }: ArmProgress): string {
  return outcome === 'passed' ? outcome : `${outcome} (${cutText(toOneLine(detail), 60)})`;
}

function exitCodeOf({ stopped }: Comparison): number {
  switch (stopped) {
    case 'decided':
    case 'exhausted':
      return exitCodes.succeeded;
    case 'max-usd':
      return exitCodes.spent;
    case 'interrupted':
      return exitCodes.interrupted;
  }
}

/** undefined: the default ones. */
function readArms({ arms, arm = [] }: CompareFlags): ArmDefinition[] | undefined {
  if (arms === undefined && arm.length === 0) return undefined;
  const named = (arms ?? 'single,team').split(',').map((name) => namedArm(name.trim()));
  return [...named, ...arm.map((text) => parseArm(text))];
}

/** What the runs in the store say beside the report. */
async function readDetails(
  comparison: Comparison,
  tasks: string,
  { store: location, html }: CompareFlags,
): Promise<ComparisonDetails> {
  const store = await openStore(location ?? defaultStorePath);
  try {
    const command = ['planwright', ...process.argv.slice(2)].map(quoteShellWord).join(' ');
    const title = `One agent against a team on ${basename(tasks)}`;
    const page = { title, command, ...(html === undefined ? {} : { createdMs: systemClock.now() }) };
    return await collectDetails(store, comparison, location === undefined ? page : { ...page, store: hidePasswords(location) });
  } finally {
    await store.close();
  }
}

async function writeReport(io: CliIo, path: string, { report }: Comparison, details: ComparisonDetails): Promise<void> {
  const text = await renderComparisonPage(report, details);
  await writePage(io, { path, text, hint: 'The same command makes no call again.' });
}

async function tellCutOff(io: CliIo, json: boolean): Promise<number> {
  const message = 'Interrupted. What has run is kept; the same command goes on from there.';
  if (json) await io.print(`${JSON.stringify({ error: { code: 'cancelled', message } })}\n`);
  io.note(`${message}\n`);
  return exitCodes.interrupted;
}

/** Resolves the grace period after the interruption; never without one. */
function untilCutOff(interrupted: AbortSignal): Promise<'cut-off'> {
  return new Promise((done) => {
    interrupted.addEventListener('abort', () => void setTimeout(() => done('cut-off'), graceMs).unref(), { once: true });
  });
}
