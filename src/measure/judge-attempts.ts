/**
 * What became of every attempt, draft, revision and synthesis of one run, and on what grounds: the observations that
 * reliability is counted from. Sub-teams' runs are judged by themselves.
 *
 * The events are folded once more, because whether an event counted (a late one does not), and whose result a check of
 * the deliverable was about, is in the state at that moment.
 */
import type { ErrorRecord } from '../errors.ts';
import type { AttemptOutcome, JournalEntry, RunEvent, Verdict } from '../events.ts';
import type { Subtask } from '../plan/plan.ts';
import { decide } from '../schedule/decide.ts';
import { candidateDeliverable } from '../schedule/finish.ts';
import { createRunState, type RunState } from '../schedule/state.ts';
import { createActiveClock, readHeldTimes } from './active-time.ts';
import type { RunView } from './run-view.ts';

/**
 * `accepted`: its checks passed, with evidence. `unchecked`: it gave a result and no check looked at it. `rejected`: a
 * check failed. `unverified`: a check could not be made, or left no evidence. `failed`: it gave no result. `withdrawn`:
 * it was stopped from outside (a person, a limit, another plan) or never ended, which says nothing of who did it.
 */
export type Finding = 'accepted' | 'unchecked' | 'rejected' | 'unverified' | 'failed' | 'withdrawn';

export interface JudgedAttempt {
  subtask: Subtask;
  attempt: number;
  /** Who did it, which a re-route may have changed. */
  role: string;
  /** Longest distance to a subtask without dependencies, from 0. */
  depth: number;
  /** Whether a result of it has to pass checks of its own. */
  hasChecks: boolean;
  /** By its own checks. */
  finding: Finding;
  /** What the deliverable's checks said of its result; null when it was not the deliverable, or has no such checks. */
  asDeliverable: 'accepted' | 'rejected' | 'unverified' | null;
  /** Whether the run took its result, checked or not, and did not refuse it as the deliverable. */
  isTaken: boolean;
  /** Its result contradicts what later work takes for granted. */
  contradicts: boolean;
  /** Verification included, less the time when no process drove the run or a person was waited for; null when it never ended. */
  durationMs: number | null;
}

export interface JudgedRun {
  /** In order of their start. */
  attempts: JudgedAttempt[];
  /** The planner's drafts; a plan that a person refused counts as refused. Drafts have no evidence beside the plan check. */
  drafts: Finding[];
  /** `accepted`: the revision was applied. */
  revisions: Finding[];
  /** Syntheses have no checks of their own: `unchecked` or `failed`. */
  syntheses: Finding[];
  /** Every check of a deliverable. */
  deliverables: Finding[];
}

/** Errors by which somebody else than the agent ended the work. */
const outsideCodes: readonly string[] = ['cancelled', 'budget-spent', 'time-spent'];

interface Judging extends JudgedRun {
  state: RunState;
  known: Map<string, JudgedAttempt & { startedMs: number }>;
  depths: Map<string, number>;
}

/** Judges this run alone, not the runs of its sub-teams. */
export function judgeRun({ entries }: Pick<RunView, 'entries'>): JudgedRun {
  const run: Judging = {
    state: createRunState(),
    known: new Map(),
    depths: new Map(),
    attempts: [],
    drafts: [],
    revisions: [],
    syntheses: [],
    deliverables: [],
  };
  for (const entry of entries) enter(run, entry);
  const { attempts, drafts, revisions, syntheses, deliverables } = run;
  const held = readHeldTimes(entries, createActiveClock(entries));
  for (const judged of held.size === 0 ? [] : attempts) {
    if (judged.durationMs !== null) judged.durationMs -= held.get(`${judged.attempt}/${judged.subtask.id}`) ?? 0;
  }
  return { attempts, drafts, revisions, syntheses, deliverables };
}

function enter(run: Judging, entry: JournalEntry): void {
  const { state } = run;
  const { event } = entry;
  switch (event.type) {
    case 'attempt-started':
      decide(state, entry);
      enterStart(run, event);
      return;
    case 'attempt-finished':
      finishAttempt(run, event, entry);
      return;
    case 'verdict-given':
      enterVerdict(run, event, entry);
      return;
    case 'deliverable-checked':
      enterDeliverableVerdict(run, event.verdict);
      break;
    case 'plan-accepted':
      if (isCurrentDraft(state, event.attempt)) run.drafts.push('accepted');
      break;
    case 'plan-refused':
      if (isCurrentDraft(state, event.attempt)) run.drafts.push('rejected');
      break;
    case 'planner-failed':
      if (isCurrentDraft(state, event.attempt)) run.drafts.push(findingOfError(event.error));
      break;
    case 'plan-denied':
      if (state.phase === 'approving' && run.drafts.at(-1) === 'accepted') run.drafts.splice(-1, 1, 'rejected');
      break;
    case 'plan-revised':
      enterRevision(run, event, entry);
      return;
    case 'replan-failed':
      if (state.replan !== null && event.epoch === state.epoch) run.revisions.push(findingOfError(event.error));
      break;
    case 'synthesis-finished':
      if (state.phase === 'synthesizing') run.syntheses.push(findingOfOutcome(event.outcome));
      break;
    default:
  }
  decide(state, entry);
}

function enterStart(run: Judging, event: Extract<RunEvent, { type: 'attempt-started' }>): void {
  const { subtaskId, attempt, role } = event;
  const subtask = run.state.subtasks.get(subtaskId)?.subtask;
  if (subtask === undefined) return;
  // All that it depends on has succeeded, so it has started before.
  const depth = subtask.dependsOn.reduce((deepest, id) => Math.max(deepest, (run.depths.get(id) ?? 0) + 1), 0);
  run.depths.set(subtaskId, depth);
  const judged: JudgedAttempt & { startedMs: number } = {
    subtask,
    attempt,
    role,
    depth,
    hasChecks: (subtask.accept?.length ?? 0) > 0 || run.state.settings.roles[role]?.checks === true,
    finding: 'withdrawn',
    asDeliverable: null,
    isTaken: false,
    contradicts: false,
    durationMs: null,
    startedMs: run.state.activeMs,
  };
  run.attempts.push(judged);
  run.known.set(`${attempt}/${subtaskId}`, judged);
}

function finishAttempt(run: Judging, event: Extract<RunEvent, { type: 'attempt-finished' }>, entry: JournalEntry): void {
  const { state } = run;
  const item = state.subtasks.get(event.subtaskId);
  const isCurrent = item?.status === 'running' && item.attempt === event.attempt;
  decide(state, entry);
  const judged = run.known.get(`${event.attempt}/${event.subtaskId}`);
  if (item === undefined || !isCurrent || judged === undefined) return;
  judged.durationMs = state.activeMs - judged.startedMs;
  const { outcome } = event;
  if (outcome.kind !== 'succeeded') judged.finding = findingOfOutcome(outcome);
  else if (item.status === 'succeeded') {
    judged.finding = 'unchecked';
    judged.isTaken = true;
  }
  if (outcome.kind === 'succeeded' && (outcome.contradictions?.length ?? 0) > 0) judged.contradicts = true;
}

function enterVerdict(run: Judging, event: Extract<RunEvent, { type: 'verdict-given' }>, entry: JournalEntry): void {
  const { state } = run;
  const item = state.subtasks.get(event.subtaskId);
  const isCurrent = item?.status === 'verifying' && item.attempt === event.attempt;
  decide(state, entry);
  const judged = run.known.get(`${event.attempt}/${event.subtaskId}`);
  if (!isCurrent || judged === undefined) return;
  judged.durationMs = state.activeMs - judged.startedMs;
  judged.finding = findingOfVerdict(event.verdict, judged.hasChecks);
  judged.isTaken = event.verdict.kind === 'accepted';
  if ((event.contradicted?.length ?? 0) > 0) judged.contradicts = true;
}

function enterDeliverableVerdict(run: Judging, verdict: Verdict): void {
  const { state } = run;
  if (state.phase !== 'checking') return;
  const item = candidateDeliverable(state)?.item ?? null;
  run.deliverables.push(findingOfVerdict(verdict, true));
  if (item === null) return;
  const judged = run.known.get(`${item.attempt}/${item.subtask.id}`);
  if (judged === undefined) return;
  judged.asDeliverable = verdict.kind;
  judged.isTaken = verdict.kind === 'accepted';
}

/** A revision that does not fit what has happened since is given up by the fold. */
function enterRevision(run: Judging, event: Extract<RunEvent, { type: 'plan-revised' }>, entry: JournalEntry): void {
  const { state } = run;
  const isCurrent = state.replan !== null && event.epoch === state.epoch;
  const isNew = event.add.every(({ id }) => !state.subtasks.has(id));
  decide(state, entry);
  if (!isCurrent) return;
  run.revisions.push(isNew && event.add.every(({ id }) => state.subtasks.has(id)) ? 'accepted' : 'rejected');
}

function isCurrentDraft(state: RunState, attempt: number): boolean {
  return state.phase === 'planning' && state.plannerAtWork && attempt === state.planAttempt;
}

function findingOfOutcome(outcome: AttemptOutcome): Finding {
  switch (outcome.kind) {
    case 'succeeded':
      return 'unchecked';
    case 'failed':
      return findingOfError(outcome.error);
    case 'cancelled':
      return 'withdrawn';
  }
}

function findingOfError({ code }: ErrorRecord): Finding {
  return outsideCodes.includes(code) ? 'withdrawn' : 'failed';
}

/** That later work's assumptions hold judges the plan, not the result: such an acceptance has no evidence of its own. */
function findingOfVerdict(verdict: Verdict, hasChecks: boolean): Finding {
  if (verdict.kind !== 'accepted') return verdict.kind;
  if (!hasChecks) return 'unchecked';
  return verdict.evidence.some(({ check }) => check !== 'assumptions') ? 'accepted' : 'unverified';
}
