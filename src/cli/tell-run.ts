/** The end of every command that drives a run: its result on stdout, how it went on stderr, an exit code. */
import type { Json, RunReport } from '../index.ts';
import { renderTree } from '../index.ts';
import { exitCodeOfRun, exitCodes } from './exit-code.ts';
import type { CliIo } from './io.ts';
import type { FollowedRun } from './progress/follow-run.ts';
import { hidePasswords } from './store-place.ts';
import { hintsAfter, interruptedHint, summarizeRun } from './summary.ts';
import { stripControls } from './terminal-text.ts';
import { describeWaiting } from './waiting-text.ts';

export interface TellOptions {
  json: boolean;
  /** The store's file or folder. */
  location: string;
  /** As it was given, to be repeated in hints. */
  store: string | undefined;
}

export async function tellRun(io: CliIo, followed: FollowedRun, options: TellOptions): Promise<number> {
  if (followed.kind === 'cut-off') return tellCutOff(io, followed, options);
  const { result } = followed;
  if (options.json) await printJson(io, result);
  else await printDeliverable(io, result.deliverable);
  await tellSummary(io, result, options);
  return exitCodeOfRun(result);
}

/** Everything that is said of a run on stderr. */
export async function tellSummary(io: CliIo, report: RunReport, { location, store }: TellOptions): Promise<void> {
  const flag = storeFlag(store);
  const lines = ['', ...summarizeRun(report), ...hintsAfter(report, location, flag)];
  if (report.waiting.some(({ kind }) => kind === 'plan')) lines.push('', ...renderTree(report.plan, io.terminal?.columns ?? 120));
  lines.push(...describeWaiting(report.waiting, report.runId, flag));
  if (report.status === 'interrupted') lines.push(interruptedHint(report.runId, flag));
  io.note(`${lines.join('\n')}\n`);
}

/** Text as it is (made harmless for a terminal), anything else as JSON; nothing when there is none. */
export async function printDeliverable(io: CliIo, deliverable: Json): Promise<void> {
  if (deliverable === null) return;
  const text = typeof deliverable === 'string' ? deliverable : JSON.stringify(deliverable, null, 2);
  await io.print(`${(io.printsToTerminal ? stripControls(text) : text).replace(/\n$/, '')}\n`);
}

export async function printJson(io: CliIo, document: unknown): Promise<void> {
  await io.print(`${JSON.stringify(document, null, 2)}\n`);
}

export function storeFlag(store: string | undefined): string {
  if (store === undefined) return '';
  const shown = hidePasswords(store);
  return ` --store ${/^[\w./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`}`;
}

async function tellCutOff(
  io: CliIo,
  { runId, hasBegun }: Extract<FollowedRun, { kind: 'cut-off' }>,
  options: TellOptions,
): Promise<number> {
  const message = hasBegun ? interruptedHint(runId, storeFlag(options.store)) : 'Interrupted before the run had begun.';
  if (options.json)
    await io.print(`${JSON.stringify({ error: { code: 'cancelled', message }, ...(hasBegun ? { runId } : {}) })}\n`);
  io.note(`${message}\n`);
  return exitCodes.interrupted;
}
