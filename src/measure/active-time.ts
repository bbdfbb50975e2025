/** Time of a run less what is nobody's work: no process drove it, or it waited for a person. */
import type { JournalEntry } from '../events.ts';

/** Turns ms since the Unix epoch into ms of active time since the first event. */
export type ActiveClock = (atMs: number) => number;

/** Agrees with the fold's own count (schedule/time.ts) at every entry; between two entries it is in proportion or stands still. */
export function createActiveClock(entries: readonly JournalEntry[]): ActiveClock {
  /** Ends of idle stretches in order, with the idle time up to each. */
  const idle: { fromMs: number; toMs: number; beforeMs: number }[] = [];
  const startMs = entries[0]?.atMs ?? 0;
  let idleMs = 0;
  let isWaiting = false;
  let lastMs = startMs;
  for (const { event, atMs } of entries) {
    if ((event.type === 'run-resumed' || isWaiting) && atMs > lastMs) {
      idle.push({ fromMs: lastMs, toMs: atMs, beforeMs: idleMs });
      idleMs += atMs - lastMs;
    }
    isWaiting = event.type === 'wait-began';
    lastMs = Math.max(lastMs, atMs);
  }
  return (atMs) => {
    let low = 0;
    let high = idle.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((idle[middle]?.fromMs ?? 0) < atMs) low = middle + 1;
      else high = middle;
    }
    const last = idle[low - 1];
    const passed = last === undefined ? 0 : last.beforeMs + Math.min(atMs, last.toMs) - last.fromMs;
    return atMs - startMs - passed;
  };
}

/** Active ms in which each attempt waited for answers about its tool calls, by `attempt/subtaskId`. */
export function readHeldTimes(entries: readonly JournalEntry[], clock: ActiveClock): Map<string, number> {
  const held = new Map<string, { ms: number; open: Set<string>; sinceMs: number }>();
  for (const { event, atMs } of entries) {
    if (event.type === 'approval-asked' && event.request.kind === 'tool') {
      const { subtaskId, attempt, call } = event.request;
      const key = `${attempt}/${subtaskId}`;
      const known = held.get(key) ?? { ms: 0, open: new Set(), sinceMs: 0 };
      if (known.open.size === 0) known.sinceMs = clock(atMs);
      held.set(key, { ...known, open: known.open.add(call) });
    } else if (event.type === 'approval-given' || event.type === 'approval-denied') {
      const { subtaskId, attempt, call = '' } = event.request;
      const known = held.get(`${attempt}/${subtaskId}`);
      if (known?.open.delete(call) === true && known.open.size === 0) known.ms += clock(atMs) - known.sinceMs;
    }
  }
  return new Map([...held].map(([key, { ms }]) => [key, ms]));
}
