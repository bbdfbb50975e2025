/** The time that counts for a run: while a process drives it, and something can go on without a person. */
import type { JournalEntry } from '../events.ts';
import type { Command } from './command.ts';
import type { RunState } from './state.ts';

/** Counts the time from the entry before to this one. */
export function keepTime(state: RunState, entry: JournalEntry): void {
  const passes = entry.event.type !== 'run-resumed' && !state.isWaiting;
  if (passes && state.lastMs > 0) state.activeMs += Math.max(0, entry.atMs - state.lastMs);
  state.lastMs = entry.atMs;
}

/** The run waits for a person from here on: its deadline does not come nearer. */
export function beginWait(state: RunState, commands: Command[]): void {
  state.isWaiting = true;
  if (state.settings.limits.timeoutMs !== undefined) commands.push({ kind: 'stop-timer', timerId: 'deadline' });
}

/** The deadline of a run that starts or goes on, as far away as it still is. */
export function setDeadline(state: RunState, commands: Command[]): void {
  const { timeoutMs } = state.settings.limits;
  if (timeoutMs === undefined || state.isWaiting || state.phase === 'ended') return;
  commands.push({ kind: 'set-timer', timerId: 'deadline', delayMs: Math.max(0, timeoutMs - state.activeMs) });
}
