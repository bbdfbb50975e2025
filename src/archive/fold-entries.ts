import type { JournalEntry } from '../events.ts';
import { decide } from '../schedule/decide.ts';
import { createRunState, type RunState } from '../schedule/state.ts';
import { type Reference, referencesOfEvent } from './references.ts';

/** `seq`: of the first entry that is wrong. `references`: of the entries before it. */
export type FoldedEntries =
  | { kind: 'folded'; state: RunState; references: Reference[] }
  | { kind: 'broken'; seq: number; problem: string; references: Reference[] };

/** Folds a whole journal, whoever wrote it: a gap, a false start, or what the fold can't take is said, not thrown. */
export function foldEntries(entries: readonly JournalEntry[]): FoldedEntries {
  const state = createRunState();
  const references: Reference[] = [];
  const broken = (seq: number, problem: string): FoldedEntries => ({ kind: 'broken', seq, problem, references });
  if (entries.length === 0) return broken(1, 'there are no events');
  for (const [index, entry] of entries.entries()) {
    const { seq, event } = entry;
    if (seq !== index + 1) return broken(seq, `event ${seq} stands where event ${index + 1} is due`);
    if ((index === 0) !== (event.type === 'run-started')) {
      return broken(seq, `event ${seq} is "${event.type}"; exactly the first one is "run-started"`);
    }
    try {
      references.push(...referencesOfEvent(event));
      decide(state, entry);
    } catch (thrown) {
      return broken(seq, `event ${seq} ("${event.type}") can't be folded: ${describe(thrown)}`);
    }
  }
  return { kind: 'folded', state, references };
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
