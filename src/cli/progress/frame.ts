/** One picture of a run: lines that fit a terminal, whatever the number of subtasks. */
import { styleText } from 'node:util';
import type { SubtaskState, SubtaskStatus } from '../../index.ts';
import { formatCount, formatSeconds } from '../figures.ts';
import { cutText, fitText, toOneLine } from '../terminal-text.ts';
import type { Progress, RunProgress } from './progress.ts';

export interface FrameSize {
  columns: number;
  rows: number;
}

type Style = Parameters<typeof styleText>[0];

interface Row {
  text: string;
  style: Style;
}

const marks: Record<SubtaskStatus, { mark: string; style: Style }> = {
  waiting: { mark: '·', style: 'dim' },
  running: { mark: '▸', style: 'cyan' },
  verifying: { mark: '?', style: 'cyan' },
  succeeded: { mark: '✓', style: 'green' },
  failed: { mark: '✗', style: 'red' },
  skipped: { mark: '-', style: 'dim' },
  cancelled: { mark: '-', style: 'dim' },
  superseded: { mark: '~', style: 'dim' },
};

/** Failures that stay in sight when there is no room for all subtasks. */
const failuresShown = 3;

/**
 * A headline; then every subtask in the plan's order if there is room, else the finished ones as a count, the last
 * failures, those at work in the order of their start, and the waiting ones as a count.
 * @returns at most `rows - 1` lines of at most `columns - 1` columns, so that neither the terminal's last line nor its
 *   last column is touched.
 */
export function drawFrame(progress: Progress, { columns, rows }: FrameSize, nowMs: number): string[] {
  const room = Math.max(0, rows - 2);
  const body =
    countAll(progress) <= room ? listAll(progress, progress.root, nowMs, columns) : fold(progress, room, nowMs, columns);
  const drawn = [{ text: headline(progress, nowMs), style: 'bold' as const }, ...body].slice(0, Math.max(1, rows - 1));
  return drawn.map(({ text, style }) => styleText(style, cutText(text, columns - 1), { validateStream: false }));
}

function headline(progress: Progress, nowMs: number): string {
  const { state, counts } = progress.root;
  const tokens = [...progress.runs].reduce((total, run) => total + run.tokens, 0);
  const total = state.subtasks.size - counts.superseded;
  const done = counts.succeeded + counts.failed + counts.skipped + counts.cancelled;
  const parts = [state.phase === 'new' ? 'starting' : state.phase];
  if (total > 0) parts.push(`${formatCount(done)} of ${formatCount(total)} done`);
  if (tokens > 0) parts.push(`${formatCount(tokens)} tokens`);
  if (state.startedMs > 0) parts.push(formatSeconds(Math.max(0, nowMs - state.startedMs)));
  return parts.join(' · ');
}

/** Lines that all subtasks of all runs in sight would take. */
function countAll(progress: Progress): number {
  let lines = 0;
  for (const { state, counts } of progress.runs) lines += state.subtasks.size - counts.superseded;
  return lines;
}

function listAll(progress: Progress, run: RunProgress, nowMs: number, columns: number): Row[] {
  const rows: Row[] = [];
  for (const item of run.state.subtasks.values()) {
    if (item.status === 'superseded') continue;
    rows.push(rowOf(run, item, nowMs, columns));
    const child = run.work.get(item.subtask.id)?.childRunId;
    if (child !== undefined && child !== null && progress.has(child))
      rows.push(...listAll(progress, progress.find(child), nowMs, columns));
  }
  return rows;
}

function fold(progress: Progress, room: number, nowMs: number, columns: number): Row[] {
  const { root } = progress;
  const { succeeded, failed, skipped, cancelled, waiting } = root.counts;
  const finished: string[] = [];
  if (succeeded > 0) finished.push(`${formatCount(succeeded)} succeeded`);
  if (failed > 0) finished.push(`${formatCount(failed)} failed`);
  if (skipped + cancelled > 0) finished.push(`${formatCount(skipped + cancelled)} given up`);
  const above: Row[] =
    finished.length === 0 ? [] : [{ text: `✓ ${finished.join(', ')}`, style: failed > 0 ? 'yellow' : 'green' }];
  if (failed > 0) above.push(...[...root.failed].slice(-failuresShown).map((item) => rowOf(root, item, nowMs, columns)));
  const below: Row[] = waiting === 0 ? [] : [{ text: `· ${formatCount(waiting)} waiting`, style: 'dim' }];

  const left = Math.max(0, room - above.length - below.length);
  const active = listActive(progress, root, left, { nowMs, columns });
  const atWork = countActive(progress, root);
  if (active.length < atWork && active.length > 0) {
    const hidden = atWork - active.length + 1;
    active[active.length - 1] = { text: `  … and ${formatCount(hidden)} more at work`, style: 'cyan' };
  }
  return [...above, ...active, ...below].slice(0, room);
}

function listActive(progress: Progress, run: RunProgress, room: number, view: { nowMs: number; columns: number }): Row[] {
  const rows: Row[] = [];
  for (const [id, item] of run.active) {
    if (rows.length >= room) break;
    rows.push(rowOf(run, item, view.nowMs, view.columns));
    const child = run.work.get(id)?.childRunId;
    if (child !== undefined && child !== null && progress.has(child)) {
      rows.push(...listActive(progress, progress.find(child), room - rows.length, view));
    }
  }
  return rows;
}

function countActive(progress: Progress, run: RunProgress): number {
  let count = run.active.size;
  for (const id of run.active.keys()) {
    const child = run.work.get(id)?.childRunId;
    if (child !== undefined && child !== null && progress.has(child)) count += countActive(progress, progress.find(child));
  }
  return count;
}

/** Columns of fixed width: numbers that grow push nothing about. */
function rowOf(run: RunProgress, item: SubtaskState, nowMs: number, columns: number): Row {
  const { mark, style } = marks[item.status];
  const work = run.work.get(item.subtask.id);
  const isActive = item.status === 'running' || item.status === 'verifying';
  const indent = '  '.repeat(run.depth);
  const nameColumns = Math.max(8, Math.min(40, Math.floor(columns * 0.35)) - indent.length);
  const started = item.startedMs;
  const since = isActive ? (work?.sinceMs ?? started) : started;
  const time = since === null ? '' : formatSeconds(Math.max(0, (isActive ? nowMs : (item.endedMs ?? nowMs)) - since));
  const tokens = work === undefined || work.tokens === 0 ? '' : formatCount(work.tokens);
  const name = fitText(toOneLine(item.subtask.id), nameColumns);
  const role = fitText(toOneLine(item.role), Math.max(6, Math.min(14, Math.floor(columns * 0.15))));
  return {
    text: `${indent}${mark} ${name} ${role} ${time.padStart(8)} ${tokens.padStart(9)}  ${toOneLine(tailOf(item, work?.doing ?? null))}`.trimEnd(),
    style,
  };
}

function tailOf(item: SubtaskState, doing: string | null): string {
  if (item.status === 'failed') return item.error?.message ?? '';
  if (item.status === 'verifying') return 'checking';
  if (item.status !== 'running') return '';
  if (doing !== null) return doing;
  return item.attempt > 1 ? `attempt ${item.attempt}` : '';
}
