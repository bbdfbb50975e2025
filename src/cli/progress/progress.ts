/**
 * What a display knows of a run and of its sub-teams' runs: the fold of their events, who is at work, tokens so far.
 *
 * Invariants
 * 1. Each event costs no more than what it changes, except those that change the plan or end the run.
 * 2. `counts` and `active` agree with the subtasks that `enter` was last told of.
 */
import {
  createRunState,
  decide,
  type JournalEntry,
  type LiveDelta,
  type RunState,
  type RunUpdate,
  type SubtaskState,
  type SubtaskStatus,
  subRunId,
} from '../../index.ts';

export interface SubtaskWork {
  /** Of the latest attempt that was started. */
  role: string;
  tokens: number;
  /** What is under way now: a tool's name or `thinking`; null between two of them. */
  doing: string | null;
  /** Start of the current attempt. */
  sinceMs: number;
  /** Run of the sub-team that carries out the latest attempt. */
  childRunId: string | null;
}

export interface RunProgress {
  runId: string;
  /** 0 for the run itself, 1 for its sub-teams, … */
  depth: number;
  state: RunState;
  counts: Record<SubtaskStatus, number>;
  /** Under way, in the order in which they started. */
  active: Map<string, SubtaskState>;
  /** The latest last. */
  failed: Set<SubtaskState>;
  work: Map<string, SubtaskWork>;
  /** The status that each subtask was last entered with. */
  entered: Map<string, SubtaskStatus>;
  /** Also of the planner and the synthesizer. */
  tokens: number;
}

export class Progress {
  readonly rootRunId: string;
  readonly #runs = new Map<string, RunProgress>();
  /** Depths of the runs that sub-teams may begin, by their id. */
  readonly #expected = new Map<string, number>();

  constructor(rootRunId: string) {
    this.rootRunId = rootRunId;
    this.#runs.set(rootRunId, createRunProgress(rootRunId, 0));
  }

  get root(): RunProgress {
    return this.find(this.rootRunId);
  }

  has(runId: string): boolean {
    return this.#runs.has(runId);
  }

  find(runId: string): RunProgress {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const run = createRunProgress(runId, this.#expected.get(runId) ?? 1);
    this.#runs.set(runId, run);
    return run;
  }

  get runs(): Iterable<RunProgress> {
    return this.#runs.values();
  }

  /** @returns subtasks besides the event's own that were given up because of it. */
  enter({ runId, ...entry }: RunUpdate): SubtaskState[] {
    const run = this.find(runId);
    const { event } = entry;
    decide(run.state, entry);
    if (event.type === 'attempt-started') {
      const childRunId = subRunId(runId, event.subtaskId, event.attempt);
      const isComposite = run.state.settings.roles[event.role]?.composite === true;
      if (isComposite) this.#expected.set(childRunId, run.depth + 1);
      const before = run.work.get(event.subtaskId);
      run.work.set(event.subtaskId, {
        role: event.role,
        tokens: before?.tokens ?? 0,
        doing: null,
        sinceMs: entry.atMs,
        childRunId: isComposite ? childRunId : null,
      });
    }
    return noteChanges(run, event);
  }

  enterDelta(runId: string, delta: LiveDelta): void {
    const run = this.find(runId);
    const work = run.work.get(delta.subtaskId);
    switch (delta.type) {
      case 'call-started':
        if (work !== undefined) work.doing = 'thinking';
        return;
      case 'call-ended': {
        const tokens = delta.inputTokens + delta.outputTokens;
        run.tokens += tokens;
        if (work !== undefined) {
          work.tokens += tokens;
          work.doing = null;
        }
        return;
      }
      case 'tool-started':
        if (work !== undefined) work.doing = delta.tool;
        return;
      case 'tool-ended':
        if (work !== undefined) work.doing = null;
        return;
      default:
        delta satisfies never;
    }
  }
}

function createRunProgress(runId: string, depth: number): RunProgress {
  const counts = { waiting: 0, running: 0, verifying: 0, succeeded: 0, failed: 0, skipped: 0, cancelled: 0, superseded: 0 };
  return {
    runId,
    depth,
    state: createRunState(),
    counts,
    active: new Map(),
    failed: new Set(),
    work: new Map(),
    entered: new Map(),
    tokens: 0,
  };
}

function noteChanges(run: RunProgress, event: JournalEntry['event']): SubtaskState[] {
  const givenUp: SubtaskState[] = [];
  switch (event.type) {
    case 'subtask-proposed':
      noteOne(run, run.state.subtasks.get(event.subtask.id));
      return givenUp;
    case 'attempt-started':
    case 'attempt-finished':
    case 'subtask-collected':
    case 'verdict-given': {
      const item = run.state.subtasks.get(event.subtaskId);
      noteOne(run, item);
      if (item?.status === 'failed' || item?.status === 'cancelled') noteDependents(run, item, givenUp);
      return givenUp;
    }
    case 'run-started':
    case 'gate-decided':
    case 'plan-accepted':
    case 'plan-refused':
    case 'planner-failed':
    case 'plan-denied':
    case 'plan-approved':
    case 'subtask-expanded':
    case 'expansion-failed':
    case 'plan-grown':
    case 'growth-failed':
    case 'plan-revised':
    case 'replan-failed':
    case 'deliverable-checked':
    case 'timer-fired':
    case 'cancel-requested':
    case 'run-ended':
      noteAll(run, givenUp);
      return givenUp;
    case 'approval-denied': {
      const item = run.state.subtasks.get(event.request.subtaskId);
      if (noteOne(run, item) && item?.status === 'failed') noteDependents(run, item, givenUp);
      return givenUp;
    }
    case 'run-resumed':
    case 'approval-asked':
    case 'approval-given':
    case 'wait-began':
    case 'wait-ended':
    case 'synthesis-finished':
      return givenUp;
    default:
      return event satisfies never;
  }
}

/** @returns whether its status is another than before. */
function noteOne(run: RunProgress, item: SubtaskState | undefined): boolean {
  if (item === undefined) return false;
  const { id } = item.subtask;
  const before = run.entered.get(id);
  if (before === item.status) return false;
  if (before !== undefined) run.counts[before] -= 1;
  run.counts[item.status] += 1;
  run.entered.set(id, item.status);
  if (item.status === 'failed') run.failed.add(item);
  else run.failed.delete(item);
  if (item.status !== 'running' && item.status !== 'verifying') run.active.delete(id);
  else if (!run.active.has(id)) run.active.set(id, item);
  return true;
}

/** A failure takes along what depends on it, at any distance. */
function noteDependents(run: RunProgress, failed: SubtaskState, givenUp: SubtaskState[]): void {
  const open = [...failed.dependents];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (item.status !== 'skipped' || !noteOne(run, item)) continue;
    givenUp.push(item);
    for (const dependent of item.dependents) open.push(dependent);
  }
}

function noteAll(run: RunProgress, givenUp: SubtaskState[]): void {
  const { subtasks } = run.state;
  for (const item of subtasks.values()) {
    if (noteOne(run, item) && (item.status === 'skipped' || item.status === 'cancelled')) givenUp.push(item);
  }
  if (run.entered.size === subtasks.size) return;
  // A refused draft's subtasks are no more.
  for (const [id, status] of run.entered) {
    if (subtasks.has(id)) continue;
    run.entered.delete(id);
    run.counts[status] -= 1;
    run.active.delete(id);
  }
  for (const item of run.failed) if (!subtasks.has(item.subtask.id)) run.failed.delete(item);
}
