import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { RunEvent, Subtask } from '../../index.ts';
import { widthOf } from '../terminal-text.ts';
import { drawFrame } from './frame.ts';
import { Progress } from './progress.ts';

const terminal = { columns: 80, rows: 24 };
const role = { model: 'offline', fallback: [], composite: false, checks: false };

const startedRun = (subtasks: Subtask[], concurrency = 8): RunEvent => ({
  type: 'run-started',
  task: 't',
  settings: {
    strategy: 'team',
    limits: { retries: 0, reroutes: 0, replans: 0, concurrency, perModel: {}, depth: 3 },
    generalist: 'generalist',
    roles: { researcher: role, gatherers: { ...role, composite: true } },
    plan: { subtasks },
    approve: false,
    planRepairs: 0,
    checksDeliverable: false,
    typed: false,
  },
});

const subtask = (id: string, dependsOn: string[] = [], by = 'researcher'): Subtask => ({
  id,
  role: by,
  instruction: 'i',
  dependsOn,
});
const attemptStarted = (subtaskId: string, by = 'researcher'): RunEvent => ({
  type: 'attempt-started',
  subtaskId,
  attempt: 1,
  role: by,
});
const succeeded = (subtaskId: string): RunEvent => ({
  type: 'attempt-finished',
  subtaskId,
  attempt: 1,
  outcome: { kind: 'succeeded', output: { kind: 'inline', value: 'x' } },
});
const failed = (subtaskId: string, message: string): RunEvent => ({
  type: 'attempt-finished',
  subtaskId,
  attempt: 1,
  outcome: { kind: 'failed', error: { code: 'model-failed', message, recovery: 'none' } },
});

/** Events of one run, 100 ms apart, the first at 1000. */
function enterAll(progress: Progress, events: RunEvent[], runId = 'r'): void {
  const from = progress.has(runId) ? progress.find(runId).state.lastMs : 0;
  events.forEach((event, index) =>
    progress.enter({ version: 1, runId, seq: index + 1, atMs: Math.max(from, 900) + 100 * (index + 1), event }),
  );
}

const plainFrame = (progress: Progress, size = terminal, nowMs = 5000) =>
  drawFrame(progress, size, nowMs).map(stripVTControlCharacters);

test('few subtasks are all shown, in the plan’s order', () => {
  const progress = new Progress('r');
  enterAll(progress, [
    startedRun([subtask('a'), subtask('b'), subtask('report', ['a', 'b'])]),
    attemptStarted('a'),
    attemptStarted('b'),
    succeeded('a'),
  ]);
  progress.enterDelta('r', { type: 'call-ended', subtaskId: 'a', attempt: 1, inputTokens: 1000, outputTokens: 204 });
  progress.enterDelta('r', { type: 'tool-started', subtaskId: 'b', attempt: 1, tool: 'files_search' });
  expect(plainFrame(progress)).toEqual([
    'executing · 1 of 3 done · 1,204 tokens · 4.0s',
    '✓ a                            researcher       0.2s     1,204',
    '▸ b                            researcher       3.8s            files_search',
    '· report                       researcher',
  ]);
});

test('200 subtasks fit 24 rows of 80 columns: the active ones are shown, the others counted', () => {
  const progress = new Progress('r');
  const ids = Array.from({ length: 200 }, (_, index) => `part-${index + 1}`);
  enterAll(progress, [
    startedRun(
      ids.map((id) => subtask(id)),
      50,
    ),
  ]);
  enterAll(progress, [...ids.slice(0, 50).map((id) => attemptStarted(id)), failed('part-7', 'no\x1b[2J\nnet'.repeat(50))]);
  enterAll(
    progress,
    ids
      .slice(0, 40)
      .filter((id) => id !== 'part-7')
      .map(succeeded),
  );
  const frame = plainFrame(progress, terminal, 30_000);
  expect(frame.map((line) => line.slice(0, 30).trimEnd())).toEqual([
    'executing · 40 of 200 done · 2',
    '✓ 39 succeeded, 1 failed',
    '✗ part-7',
    ...ids.slice(40, 50).map((id) => `▸ ${id}`),
    '· 150 waiting',
  ]);
  expect(frame[0]).toBe('executing · 40 of 200 done · 29.0s');
  expect(frame[2]).toBe('✗ part-7                       researcher       4.4s            no netno netno…');
  for (const line of drawFrame(progress, terminal, 30_000))
    expect(widthOf(stripVTControlCharacters(line))).toBeLessThanOrEqual(79);
});

test('more at work than rows are cut to a count, and no frame is higher or wider than its terminal', () => {
  const progress = new Progress('r');
  const ids = Array.from({ length: 200 }, (_, index) => `日本語の長い名前の部分課題その${index + 1}`);
  enterAll(progress, [
    startedRun(
      ids.map((id) => subtask(id)),
      200,
    ),
    ...ids.map((id) => attemptStarted(id)),
  ]);
  expect(plainFrame(progress).at(-1)).toBe('  … and 179 more at work');
  for (const rows of [1, 2, 3, 10, 24]) {
    for (const columns of [1, 10, 40, 200]) {
      const frame = plainFrame(progress, { rows, columns });
      expect(frame.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
      for (const line of frame) expect(widthOf(line)).toBeLessThanOrEqual(Math.max(0, columns - 1));
    }
  }
});

test('a sub-team is shown below its subtask', () => {
  const progress = new Progress('r');
  enterAll(progress, [
    startedRun([subtask('gather', [], 'gatherers'), subtask('write', ['gather'])]),
    attemptStarted('gather', 'gatherers'),
  ]);
  enterAll(progress, [startedRun([subtask('inner')]), attemptStarted('inner')], 'r.gather.1');
  expect(plainFrame(progress, terminal, 2000)).toEqual([
    'executing · 0 of 2 done · 1.0s',
    '▸ gather                       gatherers        0.9s',
    '  ▸ inner                      researcher       0.9s',
    '· write                        researcher',
  ]);
});

test('what depends on a failure is counted as given up at once, at any distance', () => {
  const progress = new Progress('r');
  const plan = [subtask('a'), subtask('b', ['a']), subtask('c', ['b']), subtask('d')];
  enterAll(progress, [startedRun(plan), attemptStarted('a'), attemptStarted('d')]);
  const givenUp = progress.enter({ version: 1, runId: 'r', seq: 4, atMs: 2000, event: failed('a', 'no net') });
  expect(givenUp.map((item) => item.subtask.id)).toEqual(['b', 'c']);
  expect(progress.root.counts).toMatchObject({ running: 1, failed: 1, skipped: 2, waiting: 0 });
});
