import {
  collectRunDetails,
  type JournalEntry,
  type RunReport,
  renderRunPage,
  renderRunPatch,
  reportRun,
  type Store,
  type SubtaskReport,
  systemClock,
} from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { formatCount, formatNumber, formatSeconds } from '../figures.ts';
import { type StoreFlags, withRun } from '../find-run.ts';
import type { CliIo } from '../io.ts';
import { hidePasswords } from '../store-place.ts';
import { hintsAfter, interruptedHint, summarizeRun, waitingHint } from '../summary.ts';
import { printDeliverable, printJson, storeFlag } from '../tell-run.ts';
import { cutText, fitText, toOneLine } from '../terminal-text.ts';
import { describeWaiting } from '../waiting-text.ts';
import { refusePage, writePage } from '../write-page.ts';

export interface ShowFlags extends StoreFlags {
  events?: boolean;
  patch?: boolean;
  html?: string;
}

const eventLength = 160;
const taskLength = 200;
/** Of a mapped subtask; all are in the JSON. */
const itemsListed = 20;

export async function runShow(io: CliIo, wanted: string, flags: ShowFlags): Promise<number> {
  refusePage(flags.html);
  return withRun(wanted, flags, async (store, { runId }) => {
    if (flags.html !== undefined) await writeRunPage(io, { store, runId, path: flags.html, given: flags.store });
    if (flags.patch === true) await io.print(await renderRunPatch(store, runId));
    else if (flags.events === true) await printEvents(io, await store.readEvents(runId), flags.json === true);
    else if (flags.html === undefined || flags.json === true) {
      const report = await reportRun(store, runId);
      if (flags.json === true) await printJson(io, report);
      else await printReport(io, report, store, flags.store);
    }
    return exitCodes.succeeded;
  });
}

async function writeRunPage(
  io: CliIo,
  { store, runId, path, given }: { store: Store; runId: string; path: string; given: string | undefined },
): Promise<void> {
  const details = await collectRunDetails(store, runId);
  const place = given === undefined ? {} : { store: hidePasswords(given) };
  await writePage(io, { path, text: await renderRunPage({ ...details, ...place, createdMs: systemClock.now() }) });
}

async function printReport(io: CliIo, report: RunReport, store: Store, storePath: string | undefined): Promise<void> {
  const { runId, task, subtasks, deliverable, status, waiting } = report;
  const flag = storeFlag(storePath);
  const lines = [`run        ${runId}`, `task       ${cutText(toOneLine(task), taskLength)}`, ...summarizeRun(report)];
  lines.push(...hintsAfter(report, store.location, flag));
  if (status === 'interrupted') lines.push(interruptedHint(runId, flag));
  if (status !== 'waiting' && waiting.length > 0) lines.push(waitingHint(runId, flag));
  lines.push(...describeWaiting(waiting, runId, flag));
  if (subtasks.length > 0) lines.push('', ...listSubtasks(subtasks, 0));
  await io.print(`${lines.join('\n')}\n`);
  if (deliverable === null) return;
  await io.print('\n');
  await printDeliverable(io, deliverable);
}

function listSubtasks(subtasks: SubtaskReport[], depth: number): string[] {
  const items = Map.groupBy(subtasks, ({ itemOf }) => itemOf);
  const listOne = (subtask: SubtaskReport, at: number): string[] => [
    describeSubtask(subtask, at),
    ...listSubtasks(subtask.subtasks ?? [], at + 1),
  ];
  return (items.get(undefined) ?? []).flatMap((subtask) => {
    const own = items.get(subtask.id) ?? [];
    const shown = own.slice(0, itemsListed).flatMap((item) => listOne(item, depth + 1));
    const more = own.length > itemsListed ? [describeMore(own.slice(itemsListed), depth + 1)] : [];
    return [...listOne(subtask, depth), ...shown, ...more];
  });
}

function describeMore(items: SubtaskReport[], depth: number): string {
  const counts = [...Map.groupBy(items, ({ status }) => status)].map(([status, some]) => `${formatCount(some.length)} ${status}`);
  return `${'  '.repeat(depth)}and ${formatNumber(items.length, 'more item')} (${counts.join(', ')})`;
}

function describeSubtask(subtask: SubtaskReport, depth: number): string {
  const { id, role, status, attempts, startedMs, endedMs, promptTokens } = subtask;
  const time = startedMs === null ? '' : `${formatSeconds(startedMs)} – ${endedMs === null ? '' : formatSeconds(endedMs)}`;
  const notes = [
    ...(promptTokens === 0 ? [] : [`prompt ${formatCount(promptTokens)}`]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
  ];
  const indent = '  '.repeat(depth);
  return `${fitText(`${indent}${toOneLine(id)}`, 36)}  ${fitText(toOneLine(role), 14)}  ${fitText(status, 10)}  ${fitText(time, 16)}  ${notes.join(', ')}`.trimEnd();
}

async function printEvents(io: CliIo, entries: JournalEntry[], json: boolean): Promise<void> {
  const startMs = entries[0]?.atMs ?? 0;
  for (const entry of entries) {
    const line = json ? JSON.stringify(entry) : describeEntry(entry, startMs);
    if (!(await io.print(`${line}\n`))) return;
  }
}

function describeEntry({ seq, atMs, event }: JournalEntry, startMs: number): string {
  const { type, ...facts } = event;
  const details = Object.keys(facts).length === 0 ? '' : cutText(toOneLine(JSON.stringify(facts)), eventLength);
  return `${String(seq).padStart(5)}  ${formatSeconds(atMs - startMs).padStart(8)}  ${fitText(type, 18)}  ${details}`.trimEnd();
}
