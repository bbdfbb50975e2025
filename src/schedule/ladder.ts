/**
 * The monitor's ladder for a result that was not accepted: retry with the verdict as feedback → re-route to another
 * role → replan the suffix → fail, and let unrelated work go on. Every rung has its limit in the settings.
 */
import type { ErrorRecord } from '../errors.ts';
import type { ReplanCause } from '../events.ts';
import { giveOutAgain } from './allocate-ready.ts';
import type { Command } from './command.ts';
import { endSubtask } from './end-subtask.ts';
import { planCommand } from './planning.ts';
import { pushReady } from './ready-queue.ts';
import { mayReplan, requestReplan, skipFollowing } from './replan.ts';
import { isOpen, partOf, type RunState, type SubtaskState } from './state.ts';

/** The attempt has ended without an accepted result; its slot is free already. */
export function climbLadder(state: RunState, item: SubtaskState, error: ErrorRecord, commands: Command[]): void {
  item.error = error;
  item.feedback = error.message;
  const part = partOf(item);
  if (part !== null && !item.dependents.some(isOpen)) {
    // What wanted it has been given up meanwhile.
    endSubtask(state, item, part.parent.status === 'superseded' ? 'superseded' : 'failed');
    return;
  }
  const { limits } = state.settings;
  const isRepairable = error.recovery !== 'none' && state.stopping === null;
  // The same list from the same results would be no other.
  const isMapped = item.subtask.map !== undefined;
  if (error.recovery === 'retry' && state.stopping === null && !isMapped) {
    if (item.retries < limits.retries) {
      item.retries += 1;
      queueAgain(state, item);
      return;
    }
    if (item.triedRoles.length < limits.reroutes && giveOutAgain(state, item)) {
      queueAgain(state, item);
      return;
    }
    const role = item.triedRoles.length < limits.reroutes ? nextRole(state, item) : undefined;
    if (role !== undefined) {
      item.triedRoles.push(item.role);
      item.role = role;
      queueAgain(state, item);
      return;
    }
  }
  if (isRepairable && state.strategy === 'cascade' && state.planAttempt === 0) {
    escalateToTeam(state, item, commands);
    return;
  }
  endSubtask(state, item, 'failed');
  const cause: ReplanCause = { kind: 'subtask-failed', subtaskId: item.subtask.id, reason: error.message };
  if (isRepairable && mayReplan(state)) requestReplan(state, cause, commands);
  else skipFollowing(state, cause, `It depends on "${item.subtask.id}", which failed.`);
}

/**
 * The fallback roles in order, then the generalist; never one that has tried already. What one tool gives, and what says how the plan
 * goes on in a form of its role's, the generalist can't make up for.
 */
function nextRole(state: RunState, item: SubtaskState): string | undefined {
  const { roles, generalist } = state.settings;
  const { fallback = [], tool } = roles[item.role] ?? {};
  const isOwn = tool === true || item.subtask.grow === true;
  const candidates = isOwn ? fallback : [...fallback, generalist];
  return candidates.find((role) => role !== item.role && roles[role] !== undefined && !item.triedRoles.includes(role));
}

function queueAgain(state: RunState, item: SubtaskState): void {
  item.status = 'waiting';
  pushReady(state.ready, item);
}

/** Cascade: the single agent did not pass the run's own checks, so the team gets the task. */
function escalateToTeam(state: RunState, item: SubtaskState, commands: Command[]): void {
  endSubtask(state, item, 'superseded');
  state.deliverable = null;
  state.phase = 'planning';
  state.planAttempt = 1;
  state.plannerAtWork = true;
  commands.push(planCommand(state));
}
