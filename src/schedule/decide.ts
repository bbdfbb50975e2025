/**
 * The heart: folds one journaled event into the state and says what has to be done next.
 *
 * It knows no clock, no I/O, no model and no randomness: times are the entries' own. The state is mutated in place,
 * because copying it would cost more than the work. The same entries give the same state and the same commands on
 * every engine; that is what resume, replay and fork rest on.
 *
 * Invariants
 * 1. A subtask starts only when all its dependencies have succeeded; one with `evenIfFailed`, when all have ended.
 * 2. Attempt numbers of an id only rise; an id never stands for two different subtasks.
 * 3. An event about an attempt that is not the current one changes nothing.
 * 4. After `end` no command is issued.
 * 5. No event costs more than its own dependents and the number of roles (with an allocation, its square), except plans,
 *    replans and the end.
 */
import { findStrategy, openBook } from '../allocate/allocation-book.ts';
import type { AttemptOutcome, JournalEntry, RunEvent, Verdict } from '../events.ts';
import { addPlan, addSubtask } from './add-subtasks.ts';
import { enterAnswer, enterRequest } from './approval.ts';
import type { Command } from './command.ts';
import { enterCollected, enterItems, enterRefusal } from './expand.ts';
import { candidateDeliverable, end, endDelivered, endStopped, finishIfDone, synthesizeCommand } from './finish.ts';
import { accept, enterFailedGrowth, enterGrowth } from './grow.ts';
import { climbLadder } from './ladder.ts';
import { acceptPlan, approvePlan, refusePlan, startStrategy } from './planning.ts';
import { applyRevision, giveUpReplan, startNextReplan } from './replan.ts';
import { spentReason, stopIfSpent } from './spent.ts';
import { startReady } from './start-ready.ts';
import type { RunState, SubtaskState } from './state.ts';
import { leaveFlight, stopNow } from './stop.ts';
import { beginWait, keepTime, setDeadline } from './time.ts';

export function decide(state: RunState, entry: JournalEntry): Command[] {
  const commands: Command[] = [];
  if (state.phase === 'ended') {
    if (entry.event.type === 'run-ended') enterEnd(state, entry.event, entry.atMs);
    return commands;
  }
  keepTime(state, entry);
  if (entry.event.type === 'attempt-started') {
    // It notes a time: nothing can start or end because of it.
    enterStart(state, entry.event.subtaskId, entry.event.attempt, entry.atMs);
    return commands;
  }
  // It notes that the fold has asked.
  if (entry.event.type === 'approval-asked' && entry.event.request.kind === 'attempt') return commands;
  const hasWaited = state.isWaiting;
  if (hasWaited) state.isWaiting = false;
  apply(state, entry.event, entry.atMs, commands);
  startReady(state, commands);
  finishIfDone(state, commands);
  if (hasWaited) setDeadline(state, commands);
  return commands;
}

function apply(state: RunState, event: Exclude<RunEvent, { type: 'attempt-started' }>, atMs: number, commands: Command[]): void {
  switch (event.type) {
    case 'attempt-finished':
      finishAttempt(state, event, atMs, commands);
      return;
    case 'verdict-given':
      enterVerdict(state, event, atMs, commands);
      return;
    case 'run-started':
      startRun(state, event, atMs, commands);
      return;
    case 'run-resumed':
      return;
    case 'gate-decided':
      if (state.phase === 'gating') startStrategy(state, event.decision.strategy, commands);
      return;
    case 'subtask-proposed':
      if (state.plannerAtWork && event.attempt === state.planAttempt) addSubtask(state, event.subtask);
      return;
    case 'plan-accepted':
      if (state.plannerAtWork && event.attempt === state.planAttempt) {
        if (event.subtasks !== undefined) addPlan(state, event.subtasks);
        acceptPlan(state, event.deliverable, commands);
      }
      return;
    case 'plan-refused':
      if (state.plannerAtWork && event.attempt === state.planAttempt) refusePlan(state, event.problems, commands);
      return;
    case 'planner-failed':
      if (state.phase === 'gating') endStopped(state, 'planner-failed', commands, event.error.message);
      else if (state.plannerAtWork && event.attempt === state.planAttempt) {
        const reason = spentReason(event.error) ?? 'planner-failed';
        stopNow(state, reason, commands, event.error.message);
      }
      return;
    case 'plan-approved':
      if (state.phase === 'approving') approvePlan(state, event.plan);
      return;
    case 'plan-denied':
      if (state.phase === 'approving')
        endStopped(state, 'plan-refused', commands, `${event.by} refused the plan: ${event.reason}`);
      return;
    case 'approval-asked':
      enterRequest(state, event.request, commands);
      return;
    case 'approval-given':
      enterAnswer(state, event.request, { kind: 'approved', by: event.by }, commands);
      return;
    case 'approval-denied':
      enterAnswer(state, event.request, { kind: 'denied', by: event.by, reason: event.reason }, commands);
      return;
    case 'wait-began':
      beginWait(state, commands);
      return;
    case 'wait-ended':
      return;
    case 'subtask-expanded':
      enterItems(state, event, atMs, commands);
      return;
    case 'expansion-failed':
      enterRefusal(state, event, atMs, commands);
      return;
    case 'subtask-collected':
      enterCollected(state, event, atMs, commands);
      return;
    case 'plan-grown':
      enterGrowth(state, event, commands);
      return;
    case 'growth-failed':
      enterFailedGrowth(state, event, commands);
      return;
    case 'plan-revised':
      applyRevision(state, event);
      startNextReplan(state, commands);
      return;
    case 'replan-failed':
      if (state.replan === null || event.epoch !== state.epoch) return;
      giveUpReplan(state, event.error.message);
      stopIfSpent(state, event.error);
      startNextReplan(state, commands);
      return;
    case 'synthesis-finished':
      finishSynthesis(state, event.outcome, commands);
      return;
    case 'deliverable-checked':
      enterDeliverableVerdict(state, event.verdict, commands);
      return;
    case 'timer-fired':
      if (event.timerId === 'deadline')
        interrupt(state, 'time', commands, `The run used its ${state.settings.limits.timeoutMs ?? 0} ms.`);
      return;
    case 'cancel-requested':
      interrupt(state, 'cancelled', commands, event.reason);
      return;
    case 'run-ended':
      enterEnd(state, event, atMs);
      return;
    default:
      event satisfies never;
  }
}

function startRun(state: RunState, event: Extract<RunEvent, { type: 'run-started' }>, atMs: number, commands: Command[]): void {
  if (state.phase !== 'new') return;
  const { settings } = event;
  state.task = event.task;
  state.settings = settings;
  state.startedMs = atMs;
  const { allocation } = settings;
  if (allocation !== undefined) state.allocation = openBook(findStrategy(allocation.strategy), allocation.seed);
  setDeadline(state, commands);
  if (settings.plan !== undefined) {
    state.isPlanGiven = true;
    state.phase = 'planning';
    state.plannerAtWork = true;
    addPlan(state, settings.plan.subtasks);
    acceptPlan(state, settings.plan.deliverable, commands);
  } else if (settings.strategy === 'auto') {
    state.phase = 'gating';
    commands.push({ kind: 'decide-gate' });
  } else startStrategy(state, settings.strategy, commands);
}

function enterStart(state: RunState, id: string, attempt: number, atMs: number): void {
  const item = state.subtasks.get(id);
  if (item?.status === 'running' && item.attempt === attempt) item.startedMs ??= atMs;
}

function finishAttempt(
  state: RunState,
  event: Extract<RunEvent, { type: 'attempt-finished' }>,
  atMs: number,
  commands: Command[],
): void {
  const item = state.subtasks.get(event.subtaskId);
  if (item === undefined || item.status !== 'running' || item.attempt !== event.attempt) return;
  const { outcome } = event;
  item.endedMs = atMs;
  if (outcome.kind === 'succeeded') {
    const assumed = state.assumptions.size === 0 ? [] : (state.assumptions.get(event.subtaskId) ?? []);
    const assumptions = assumed.filter((assumption) => typeof assumption === 'object');
    item.output = outcome.output;
    item.patch = outcome.patch ?? null;
    if (outcome.contradictions !== undefined) item.contradictions = outcome.contradictions;
    if (assumptions.length > 0 || hasChecks(state, item)) {
      leaveFlight(state, item);
      state.inFlight += 1;
      item.status = 'verifying';
      const { subtask, attempt, role } = item;
      commands.push({ kind: 'verify', subtask, attempt, role, output: outcome.output, assumptions });
    } else {
      leaveFlight(state, item);
      accept(state, item, commands);
    }
    return;
  }
  leaveFlight(state, item);
  const error =
    outcome.kind === 'failed'
      ? outcome.error
      : ({ code: 'cancelled', message: 'The attempt was stopped.', recovery: 'none' } as const);
  stopIfSpent(state, error, item.role);
  climbLadder(state, item, error, commands);
}

function enterVerdict(
  state: RunState,
  event: Extract<RunEvent, { type: 'verdict-given' }>,
  atMs: number,
  commands: Command[],
): void {
  const item = state.subtasks.get(event.subtaskId);
  if (item === undefined || item.status !== 'verifying' || item.attempt !== event.attempt) return;
  // Its verdict is known: the pattern reads it.
  if (state.growing.has(item)) return;
  const { verdict } = event;
  item.endedMs = atMs;
  leaveFlight(state, item);
  if (verdict.kind === 'accepted') {
    if (event.contradicted !== undefined) item.contradictions = [...item.contradictions, ...event.contradicted];
    accept(state, item, commands);
  } else climbLadder(state, item, { code: 'rejected', message: verdict.reason, recovery: 'retry' }, commands);
}

function hasChecks(state: RunState, item: SubtaskState): boolean {
  return (
    (item.subtask.accept !== undefined && item.subtask.accept.length > 0) || state.settings.roles[item.role]?.checks === true
  );
}

function finishSynthesis(state: RunState, outcome: AttemptOutcome, commands: Command[]): void {
  if (state.phase !== 'synthesizing') return;
  if (outcome.kind === 'succeeded') {
    state.synthesized = outcome.output;
    state.phase = 'executing';
    return;
  }
  const error = outcome.kind === 'failed' ? outcome.error : null;
  const reason = (error === null ? null : spentReason(error)) ?? 'failed-subtasks';
  end(state, 'partial', reason, null, commands, error?.message ?? 'The synthesis was stopped.');
}

/** A rejected deliverable goes back to who made it: its subtask climbs the ladder; a synthesis is made once more. */
function enterDeliverableVerdict(state: RunState, verdict: Verdict, commands: Command[]): void {
  if (state.phase !== 'checking') return;
  const candidate = candidateDeliverable(state);
  if (candidate === null) return;
  if (verdict.kind === 'accepted') {
    endDelivered(state, candidate.output, commands);
    return;
  }
  state.phase = 'executing';
  if (candidate.item !== null) {
    state.open += 1;
    candidate.item.status = 'waiting';
    climbLadder(state, candidate.item, { code: 'rejected', message: verdict.reason, recovery: 'retry' }, commands);
  } else if (state.syntheses < state.settings.limits.retries) {
    state.synthesized = null;
    state.syntheses += 1;
    state.phase = 'synthesizing';
    commands.push(synthesizeCommand(state));
  } else end(state, 'partial', 'failed-subtasks', null, commands, `The deliverable was rejected: ${verdict.reason}`);
}

function interrupt(state: RunState, reason: 'time' | 'cancelled', commands: Command[], detail: string): void {
  stopNow(state, reason, commands, detail);
  // What is not a subtask (gate, planner, synthesis, a person's answer) has nothing in flight to wait for.
  endStopped(state, reason, commands, detail);
}

function enterEnd(state: RunState, event: Extract<RunEvent, { type: 'run-ended' }>, atMs: number): void {
  const { status, reason, deliverable, detail } = event;
  state.phase = 'ended';
  state.endedMs = atMs;
  state.end = { status, reason, deliverable, ...(detail === undefined ? {} : { detail }) };
}
