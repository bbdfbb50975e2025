/** Enters events into a state: numbers them, folds them, and enters what follows from them in the same breath. */
import type { JournalEntry, RunEvent } from '../events.ts';
import type { Command } from '../schedule/command.ts';
import { decide } from '../schedule/decide.ts';
import type { RunState } from '../schedule/state.ts';

/** What came of entering events: to be journaled first, to be carried out second. */
export interface Folded {
  entries: JournalEntry[];
  commands: Command[];
}

export interface Fold {
  enter(event: RunEvent, atMs: number, into: Folded): void;
}

/** `seq`: of the last entry that is in the state already. */
export function createFold(state: RunState, seq: number): Fold {
  let last = seq;
  const enter = (event: RunEvent, atMs: number, into: Folded): void => {
    last += 1;
    const entry: JournalEntry = { version: 1, seq: last, atMs, event };
    into.entries.push(entry);
    for (const command of decide(state, entry)) {
      into.commands.push(command);
      const consequence = eventOf(command);
      if (consequence !== undefined) enter(consequence, atMs, into);
    }
  };
  return { enter };
}

/** A command whose being issued is itself an event: journaled in the same transaction as its cause. */
function eventOf(command: Command): RunEvent | undefined {
  if (command.kind === 'start') {
    const { subtask, attempt, role, allocation } = command;
    const why = allocation === undefined ? {} : { allocation };
    return { type: 'attempt-started', subtaskId: subtask.id, attempt, role, ...why };
  }
  // A request about a tool call is an event before it is a command.
  if (command.kind === 'ask' && command.request.kind === 'attempt') return { type: 'approval-asked', request: command.request };
  if (command.kind === 'end') {
    const { status, reason, deliverable, detail } = command;
    return { type: 'run-ended', status, reason, deliverable, ...(detail === undefined ? {} : { detail }) };
  }
  return undefined;
}
