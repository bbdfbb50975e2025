/** One run in the browser: its events, folded by the same `decide` that drove it. */
import {
  createRunState,
  decide,
  type JournalEntry,
  type LiveDelta,
  type RunState,
  type SubtaskState,
  subRunId,
} from 'planwright/browser';

export interface LiveWork {
  /** Models and tools that are at work now, in order of their start. */
  now: string[];
  /** Of calls that ended while the page was open. */
  tokens: number;
}

/** Mutated in place by `enterEvent` and `enterDelta`. */
export interface RunFold {
  readonly runId: string;
  readonly state: RunState;
  readonly entries: JournalEntry[];
  /** By subtask. */
  readonly live: Map<string, LiveWork>;
}

export function createRunFold(runId: string): RunFold {
  return { runId, state: createRunState(), entries: [], live: new Map() };
}

/**
 * An event is entered once: a number that was seen is skipped.
 * @returns whether it was new.
 * @throws {Error} when one before it is missing.
 */
export function enterEvent(fold: RunFold, entry: JournalEntry): boolean {
  const last = fold.entries.at(-1)?.seq ?? 0;
  if (entry.seq <= last) return false;
  if (entry.seq > last + 1) throw new Error(`Event ${last + 1} of ${fold.runId} is missing: event ${entry.seq} came first.`);
  decide(fold.state, entry);
  fold.entries.push(entry);
  const { event } = entry;
  if (event.type === 'attempt-finished') {
    const work = fold.live.get(event.subtaskId);
    if (work !== undefined) work.now = [];
  }
  return true;
}

export function enterDelta(fold: RunFold, delta: LiveDelta): void {
  const work = fold.live.get(delta.subtaskId) ?? { now: [], tokens: 0 };
  fold.live.set(delta.subtaskId, work);
  switch (delta.type) {
    case 'call-started':
      work.now = [...work.now, nameOfModel(delta.model)];
      return;
    case 'tool-started':
      work.now = [...work.now, delta.tool];
      return;
    case 'call-ended':
      work.now = work.now.slice(0, -1);
      work.tokens += delta.inputTokens + delta.outputTokens;
      return;
    case 'tool-ended': {
      const at = work.now.lastIndexOf(delta.tool);
      work.now = work.now.filter((_, index) => index !== at);
      return;
    }
    default:
      delta satisfies never;
  }
}

/** Of a server's address only the model's own name: `http://127.0.0.1:8080/v1#qwen`. */
function nameOfModel(spec: string): string {
  return spec.slice(spec.indexOf('#') + 1);
}

/** The run of the sub-team that does a subtask's latest attempt; null for a role that is no team. */
export function teamRunOf({ runId, state }: RunFold, { subtask, role, attempt }: SubtaskState): string | null {
  if (attempt === 0 || state.settings.roles[role]?.composite !== true) return null;
  return subRunId(runId, subtask.id, attempt);
}
