/** The bars of a timeline: one row a subtask, in order of start, each attempt a bar of its own. */
import { type AttemptView, listAttempts, partOf } from 'planwright/browser';
import type { RunFold } from '../run/run-fold.ts';

export interface TimelineBar {
  attempt: number;
  role: string;
  outcome: AttemptView['outcome'];
  /** ms since the run's start. */
  fromMs: number;
  /** null: under way. */
  toMs: number | null;
}

export interface TimelineRow {
  id: string;
  status: string;
  isItem: boolean;
  bars: TimelineBar[];
}

export function listTimelineRows({ state, entries }: RunFold): TimelineRow[] {
  const attempts = Map.groupBy(listAttempts({ entries }), ({ subtaskId }) => subtaskId);
  const rows: (TimelineRow & { firstMs: number })[] = [];
  for (const [id, own] of attempts) {
    const item = state.subtasks.get(id);
    const bars = own.map(({ attempt, role, outcome, startedMs, endedMs }) => ({
      attempt,
      role,
      outcome,
      fromMs: startedMs - state.startedMs,
      toMs: endedMs === null ? null : endedMs - state.startedMs,
    }));
    const isItem = item !== undefined && partOf(item) !== null;
    rows.push({ id, status: item?.status ?? 'superseded', isItem, bars, firstMs: bars[0]?.fromMs ?? 0 });
  }
  return rows.toSorted((a, b) => a.firstMs - b.firstMs).map(({ id, status, isItem, bars }) => ({ id, status, isItem, bars }));
}
