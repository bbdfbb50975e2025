/**
 * Replanning: what follows from a failure is frozen, the rest goes on, and the planner's revision takes the frozen
 * part's place.
 *
 * Invariants
 * 1. Finished and running subtasks are never changed; only frozen ones are superseded.
 * 2. One replan at a time; further causes wait their turn. None starts before the plan is whole.
 * 3. An added subtask depends only on accepted, running or unfrozen waiting subtasks and on other added ones; its id is new.
 */
import type { ReplanCause, RunEvent } from '../events.ts';
import type { Subtask } from '../plan/plan.ts';
import { addPlan } from './add-subtasks.ts';
import { assumptionText } from './assumption-text.ts';
import type { Command, FixedSubtask } from './command.ts';
import { endSubtask } from './end-subtask.ts';
import { isUnderWay, itemsOf, partOf, type RunState, type SubtaskState, takesFailures } from './state.ts';

/** Whether the run's limit leaves a replan for one more cause. A plan given by a person is never rewritten, nor a pattern's. */
export function mayReplan(state: RunState): boolean {
  if (state.stopping !== null || state.isPlanGiven || state.strategy === 'single') return false;
  if (state.settings.pattern !== undefined) return false;
  return state.epoch + state.replanQueue.length < state.settings.limits.replans;
}

/** Freezes what follows from the cause and asks the planner, now or when its turn comes. */
export function requestReplan(state: RunState, cause: ReplanCause, commands: Command[]): void {
  for (const item of followingFrom(state, cause)) item.frozen = true;
  state.replanQueue.push(cause);
  startNextReplan(state, commands);
}

/** Issues the next waiting replan if none is under way and the plan is whole. */
export function startNextReplan(state: RunState, commands: Command[]): void {
  if (state.replan !== null || state.plannerAtWork || state.stopping !== null) return;
  for (let cause = state.replanQueue.shift(); cause !== undefined; cause = state.replanQueue.shift()) {
    // Subtasks that arrived after the cause may follow from it too; those a replan before it replaced no longer do.
    const following = followingFrom(state, cause);
    if (following.length === 0 && !leavesGap(state, cause)) continue;
    for (const item of following) item.frozen = true;
    state.epoch += 1;
    state.replan = replanCommand(state, cause);
    commands.push(state.replan);
    return;
  }
}

/** A failed subtask that nothing was to follow is missing from the result itself. */
function leavesGap(state: RunState, cause: ReplanCause): boolean {
  if (cause.kind !== 'subtask-failed') return false;
  return state.subtasks.get(cause.subtaskId)?.dependents.length === 0;
}

/** What the planner is told depends on the state at this moment, so it is kept. */
function replanCommand(state: RunState, cause: ReplanCause): Extract<Command, { kind: 'replan' }> {
  const frozen = followingFrom(state, cause).flatMap((item) => (partOf(item) === null ? [item.subtask] : []));
  if (cause.kind === 'subtask-failed') {
    const failed = state.subtasks.get(cause.subtaskId);
    if (failed !== undefined) frozen.unshift(failed.subtask);
  }
  return { kind: 'replan', epoch: state.epoch, cause, frozen, fixed: fixedSubtasks(state), usedIds: [...state.subtasks.keys()] };
}

/** Puts a revision in the frozen part's place, or gives up on that part when it does not fit. */
export function applyRevision(state: RunState, event: Extract<RunEvent, { type: 'plan-revised' }>): void {
  if (state.replan === null || event.epoch !== state.epoch) return;
  const { cause } = state.replan;
  if (!fits(state, event.add, followingFrom(state, cause))) {
    giveUpReplan(state, 'The revised plan does not fit what has happened since: it reuses an id or depends on replaced work.');
    return;
  }
  for (const item of followingFrom(state, cause)) endSubtask(state, item, 'superseded');
  if (cause.kind === 'subtask-failed') {
    const failed = state.subtasks.get(cause.subtaskId);
    if (failed?.status === 'failed') failed.status = 'superseded';
  }
  state.replan = null;
  addPlan(state, event.add);
  if (event.deliverable !== undefined) state.deliverable = event.deliverable;
  else if (isReplaced(state, state.deliverable)) state.deliverable = null;
}

/** No revision: what was frozen can't be done. */
export function giveUpReplan(state: RunState, reason: string): void {
  if (state.replan === null) return;
  const { cause } = state.replan;
  state.replan = null;
  skipFollowing(state, cause, `No way around "${cause.subtaskId}" was found: ${reason}`);
}

/** What follows from a cause can't be done any more. */
export function skipFollowing(state: RunState, cause: ReplanCause, message: string): void {
  for (const item of followingFrom(state, cause)) {
    item.error = { code: 'rejected', message, recovery: 'none' };
    endSubtask(state, item, 'skipped');
  }
}

/**
 * Unstarted subtasks that a cause makes pointless: all that depend on the failed one, or those that assume what was
 * contradicted, with all that depend on them.
 */
export function followingFrom(state: RunState, cause: ReplanCause): SubtaskState[] {
  const roots: SubtaskState[] = [];
  if (cause.kind === 'subtask-failed') {
    roots.push(...dependentsThatFollow(state.subtasks.get(cause.subtaskId)));
  } else {
    for (const item of state.subtasks.values()) if (assumes(item.subtask, cause.assumption)) roots.push(item);
  }
  const found = new Set<SubtaskState>();
  const stack = roots;
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    if (item.status !== 'waiting' || found.has(item)) continue;
    found.add(item);
    for (const dependent of dependentsThatFollow(item)) stack.push(dependent);
    // Without it nobody wants what its items would give.
    for (const part of itemsOf(item) ?? []) stack.push(part);
  }
  return [...found].toSorted((a, b) => a.order - b.order);
}

/** Those that need its result. What takes failures goes on without it. */
function dependentsThatFollow(item: SubtaskState | undefined): SubtaskState[] {
  return item?.dependents.filter(({ subtask }) => !takesFailures(subtask)) ?? [];
}

function assumes(subtask: Subtask, text: string): boolean {
  return subtask.assumes?.some((assumption) => assumptionText(assumption) === text) ?? false;
}

function fixedSubtasks(state: RunState): FixedSubtask[] {
  const fixed: FixedSubtask[] = [];
  for (const item of state.subtasks.values()) {
    // Of a mapped subtask that goes on, its own result is what can be built on.
    const part = partOf(item);
    if (part !== null && !isGivenUp(part.parent)) continue;
    if (item.status === 'succeeded') fixed.push({ subtask: item.subtask, state: 'succeeded' });
    else if (isUnderWay(item)) fixed.push({ subtask: item.subtask, state: 'under-way' });
    else if (item.status === 'waiting' && !item.frozen) fixed.push({ subtask: item.subtask, state: 'waiting' });
  }
  return fixed;
}

function isGivenUp({ status, frozen }: SubtaskState): boolean {
  return frozen || !(status === 'waiting' || status === 'running' || status === 'verifying' || status === 'succeeded');
}

function fits(state: RunState, add: Subtask[], replaced: SubtaskState[]): boolean {
  const gone = new Set(replaced);
  const added = new Set(add.map((subtask) => subtask.id));
  if (added.size !== add.length) return false;
  return add.every((subtask) => {
    if (state.subtasks.has(subtask.id) || state.attemptFloor.has(subtask.id)) return false;
    return subtask.dependsOn.every((id) => {
      if (added.has(id)) return true;
      const dependency = state.subtasks.get(id);
      if (dependency === undefined || gone.has(dependency)) return false;
      return dependency.status === 'succeeded' || dependency.status === 'waiting' || isUnderWay(dependency);
    });
  });
}

function isReplaced(state: RunState, id: string | null): boolean {
  return id !== null && state.subtasks.get(id)?.status === 'superseded';
}
