import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startLiveTree } from './live-tree.ts';
import { Progress } from './progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A terminal of 80 × 24 and what it was sent. */
function openTerminal() {
  const sent: string[] = [];
  const listeners = new Set<() => void>();
  const terminal = {
    columns: 80,
    rows: 24,
    onResize: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    sent,
    terminal,
    resizeTo: (columns: number) => {
      terminal.columns = columns;
      for (const listener of listeners) listener();
    },
  };
}

function startRun(progress: Progress, subtasks: string[]): void {
  const settings = {
    strategy: 'team' as const,
    limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 8, perModel: {}, depth: 1 },
    generalist: 'g',
    roles: {},
    plan: { subtasks: subtasks.map((id) => ({ id, role: 'g', instruction: 'i', dependsOn: [] })) },
    approve: false,
    planRepairs: 0,
    checksDeliverable: false,
    typed: false,
  };
  progress.enter({ version: 1, runId: 'r', seq: 1, atMs: 1000, event: { type: 'run-started', task: 't', settings } });
}

test('a frame is drawn over the one before, ten times a second at the most, and only when it differs', () => {
  const { sent, terminal } = openTerminal();
  const progress = new Progress('r');
  startRun(progress, ['a', 'b']);
  let nowMs = 1000;
  const tree = startLiveTree({
    progress,
    terminal,
    clock: { now: () => nowMs, sleep: () => Promise.resolve() },
    write: (text) => void sent.push(text),
  });
  vi.advanceTimersByTime(1000);
  expect(sent).toHaveLength(1);
  nowMs = 2000;
  vi.advanceTimersByTime(99);
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(sent).toHaveLength(2);
  expect(sent[0]?.startsWith('\x1b[?2026h\r\x1b[1m')).toBe(true);
  expect(sent[1]?.startsWith('\x1b[?2026h\r\x1b[3A\x1b[1m')).toBe(true);
  for (const frame of sent) {
    expect(frame.endsWith('\x1b[J\x1b[?2026l')).toBe(true);
    expect(frame.split('\x1b[K\n')).toHaveLength(4);
  }
  tree.close();
  nowMs = 9000;
  vi.advanceTimersByTime(1000);
  expect(sent).toHaveLength(2);
});

test('a terminal made narrower has wrapped the old lines, which are all overwritten', () => {
  const { sent, terminal, resizeTo } = openTerminal();
  const progress = new Progress('r');
  startRun(progress, ['a'.repeat(100)]);
  progress.enterDelta('r', { type: 'call-ended', subtaskId: '@plan', attempt: 1, inputTokens: 123_456, outputTokens: 1 });
  startLiveTree({
    progress,
    terminal,
    clock: { now: () => 1000, sleep: () => Promise.resolve() },
    write: (text) => void sent.push(text),
  });
  vi.advanceTimersByTime(100);
  // 50 columns of headline and 31 of a subtask's line are 3 + 2 lines of 20 columns.
  resizeTo(20);
  expect(sent).toHaveLength(2);
  expect(sent[1]?.startsWith('\x1b[?2026h\r\x1b[5A')).toBe(true);
});
