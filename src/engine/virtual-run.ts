/** Runs a fold in virtual time: no clock, no engine, no waiting. For tests of schedules and for forecasts of them. */

import type { JournalEntry, RunEvent, RunSettings } from '../events.ts';
import { PriorityQueue } from '../priority-queue.ts';
import type { Command } from '../schedule/command.ts';
import { createRunState, type RunState } from '../schedule/state.ts';
import { createFold } from './fold.ts';

/** What a command leads to, and when. `null`: nothing ever comes of it. */
export type Respond = (command: Command, state: RunState) => { afterMs: number; event: RunEvent } | null;

export interface VirtualRun {
  state: RunState;
  entries: JournalEntry[];
  /** Every command in the order in which it was issued. */
  commands: Command[];
  /** Virtual time from the first event to the last. */
  makespanMs: number;
}

interface Pending {
  atMs: number;
  order: number;
  event: RunEvent;
}

export interface VirtualRunOptions {
  /** Default `task`. */
  task?: string;
  settings: RunSettings;
  respond: Respond;
  /** What happens by itself at a time after the start: a planner's elements, a person's answer. */
  happenings?: { afterMs: number; event: RunEvent }[];
  /** Default 1,000. */
  startMs?: number;
}

/** Stops when the run has ended or nothing is left to happen. `startMs` default 1,000. */
export function runVirtually(options: VirtualRunOptions): VirtualRun {
  const { settings, respond, task = 'task', startMs = 1000, happenings = [] } = options;
  const state = createRunState();
  const fold = createFold(state, 0);
  const entries: JournalEntry[] = [];
  const commands: Command[] = [];
  const pending = new PriorityQueue<Pending>(isBefore);
  let order = 0;
  let nowMs = startMs;
  const enter = (event: RunEvent): void => {
    const folded = { entries, commands: [] as Command[] };
    fold.enter(event, nowMs, folded);
    for (const command of folded.commands) {
      commands.push(command);
      const response = respond(command, state);
      if (response !== null) pending.push({ atMs: nowMs + response.afterMs, order: order++, event: response.event });
    }
  };
  for (const { afterMs, event } of happenings) pending.push({ atMs: startMs + afterMs, order: order++, event });
  enter({ type: 'run-started', task, settings });
  for (let next = pending.pop(); next !== undefined && state.end === null; next = pending.pop()) {
    nowMs = next.atMs;
    enter(next.event);
  }
  return { state, entries, commands, makespanMs: nowMs - startMs };
}

/** An attempt that succeeds with its own id after its estimate (default 0 ms). */
export const succeedAtOnce: Respond = (command) => {
  if (command.kind !== 'start') return null;
  const { subtask, attempt } = command;
  const outcome = { kind: 'succeeded', output: { kind: 'inline', value: `result of ${subtask.id}` } } as const;
  return {
    afterMs: subtask.estimate?.durationMs ?? 0,
    event: { type: 'attempt-finished', subtaskId: subtask.id, attempt, outcome },
  };
};

/** By time, then in the order of insertion. */
function isBefore(a: Pending, b: Pending): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
