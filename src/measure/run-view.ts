/** One run as the measuring room sees it: its folded state, its events, its calls, and the runs of its sub-teams. */
import type { JournalEntry } from '../events.ts';
import type { Handoff } from '../handoff/hand-over.ts';
import type { CallRecord } from '../model/call-record.ts';
import type { RunState } from '../schedule/state.ts';

export interface RunView {
  runId: string;
  state: RunState;
  entries: JournalEntry[];
  /** Calls of this run alone. */
  calls: CallRecord[];
  children: { subtaskId: string; attempt: number; view: RunView }[];
  /** By `attempt/subtaskId`, of attempts that were not simply given all results whole. Absent: none. */
  handoffs?: ReadonlyMap<string, Handoff[]>;
}

/** One attempt as it went, from the events alone. */
export interface AttemptView {
  subtaskId: string;
  attempt: number;
  role: string;
  startedMs: number;
  /** When its outcome or its verdict came; null when it never did. */
  endedMs: number | null;
  outcome: 'accepted' | 'rejected' | 'failed' | 'cancelled' | 'open';
  /** Why it was not accepted. */
  reason?: string;
}

/** Every attempt in order of its start. */
export function listAttempts(view: Pick<RunView, 'entries'>): AttemptView[] {
  const attempts = new Map<string, AttemptView>();
  const find = (subtaskId: string, attempt: number) => attempts.get(`${attempt}/${subtaskId}`);
  for (const { event, atMs } of view.entries) {
    if (event.type === 'attempt-started') {
      const { subtaskId, attempt, role } = event;
      attempts.set(`${attempt}/${subtaskId}`, { subtaskId, attempt, role, startedMs: atMs, endedMs: null, outcome: 'open' });
    } else if (event.type === 'attempt-finished') {
      const known = find(event.subtaskId, event.attempt);
      if (known === undefined) continue;
      known.endedMs = atMs;
      if (event.outcome.kind === 'succeeded') known.outcome = 'accepted';
      else {
        known.outcome = event.outcome.kind;
        if (event.outcome.kind === 'failed') known.reason = event.outcome.error.message;
      }
    } else if (event.type === 'verdict-given') {
      const known = find(event.subtaskId, event.attempt);
      if (known === undefined) continue;
      known.endedMs = atMs;
      if (event.verdict.kind !== 'accepted') {
        known.outcome = 'rejected';
        known.reason = event.verdict.reason;
      }
    }
  }
  return [...attempts.values()];
}
