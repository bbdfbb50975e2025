/** Who did what when in a run, read off its events. */
import type { MessageKind } from '../allocate/allocation-strategy.ts';
import type { JournalEntry, RunEvent } from '../events.ts';
import type { RunState } from '../schedule/state.ts';

export interface WatchedWork {
  /** Attempts that ended, in the order of their ends; the kind is the role that the plan names. */
  works: { kind: string; role: string; ms: number }[];
  /** Of each subtask that started: from when its dependencies were done. */
  waitsMs: number[];
  /** Attempts that failed or were not accepted. */
  failures: number;
  /** Subtasks given out again after a failure. */
  offeredAgain: number;
  /** What an allocation sent; a plain start of a role is an order; whoever was given a subtask reports once, at its end. */
  messages: Partial<Record<MessageKind | 'report', number>>;
}

export function watchWork({ state, entries }: { state: RunState; entries: readonly JournalEntry[] }): WatchedWork {
  const watched: WatchedWork = { works: [], waitsMs: [], failures: 0, offeredAgain: 0, messages: {} };
  const started = new Map<string, { role: string; atMs: number }>();
  const rejected = new Set<string>();
  for (const { atMs, event } of entries) {
    const attempt = 'attempt' in event && 'subtaskId' in event ? `${event.attempt} ${event.subtaskId}` : '';
    if (event.type === 'attempt-started') {
      enterStart(watched, event, started.get(event.subtaskId)?.role);
      started.set(event.subtaskId, { role: event.role, atMs });
    } else if (event.type === 'attempt-finished') {
      const start = started.get(event.subtaskId);
      const kind = state.subtasks.get(event.subtaskId)?.subtask.role;
      if (start !== undefined && kind !== undefined) watched.works.push({ kind, role: start.role, ms: atMs - start.atMs });
      if (event.outcome.kind !== 'succeeded') rejected.add(attempt);
    } else if (event.type === 'verdict-given' && event.verdict.kind !== 'accepted') rejected.add(attempt);
  }
  watched.failures = rejected.size;
  watched.waitsMs = listWaits(state);
  return watched;
}

function enterStart(
  watched: WatchedWork,
  event: Extract<RunEvent, { type: 'attempt-started' }>,
  before: string | undefined,
): void {
  const { allocation, role } = event;
  const isNew = allocation !== undefined || before !== role;
  // A role keeps a subtask through its retries.
  if (!isNew) return;
  if (allocation !== undefined && before !== undefined) watched.offeredAgain += 1;
  const sent: [string, number][] = allocation === undefined ? [['order', 1]] : Object.entries(allocation.messages);
  for (const [kind, count] of [...sent, ['report', 1] as const]) {
    const name = kind as MessageKind | 'report';
    watched.messages[name] = (watched.messages[name] ?? 0) + count;
  }
}

function listWaits(state: RunState): number[] {
  const waits: number[] = [];
  for (const { startedMs, subtask } of state.subtasks.values()) {
    if (startedMs === null) continue;
    const ends = subtask.dependsOn.map((id) => state.subtasks.get(id)?.endedMs ?? state.startedMs);
    waits.push(startedMs - ends.reduce((latest, ms) => Math.max(latest, ms), state.startedMs));
  }
  return waits;
}
