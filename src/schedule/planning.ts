/** From the gate's decision to a plan that runs: the fold's part of planning. */
import type { GivenPlan, Strategy } from '../events.ts';
import type { PlanProblem, Subtask } from '../plan/plan.ts';
import { addPlan } from './add-subtasks.ts';
import type { Command } from './command.ts';
import { endSubtask } from './end-subtask.ts';
import { endStopped } from './finish.ts';
import { startNextReplan } from './replan.ts';
import { isOpen, isUnderWay, partOf, type RunState } from './state.ts';
import { abort } from './stop.ts';

/** The one subtask of a single-agent run; no plan can hold this id. */
const singleId = '@task';

export function startStrategy(state: RunState, strategy: Strategy, commands: Command[]): void {
  state.strategy = strategy;
  if (strategy === 'team') planTask(state, [], commands);
  else {
    addSingle(state);
    startWork(state, commands);
  }
}

/** The plan stands: it runs, or a person looks at it first. */
function startWork(state: RunState, commands: Command[]): void {
  if (state.settings.approve) {
    state.phase = 'approving';
    commands.push({ kind: 'wait', question: 'Approve this plan?' });
  } else state.phase = 'executing';
}

export function planTask(state: RunState, problems: PlanProblem[], commands: Command[]): void {
  state.phase = 'planning';
  state.planAttempt += 1;
  state.plannerAtWork = true;
  state.planProblems = problems;
  commands.push(planCommand(state));
}

/** What the planner has to do now: on resume it is told which elements of this attempt are journaled. */
export function planCommand(state: RunState): Command {
  const soFar: Subtask[] = [];
  for (const item of state.subtasks.values()) {
    if (item.status !== 'superseded' && partOf(item) === null) soFar.push(item.subtask);
  }
  const stream = !state.settings.approve && state.settings.reviewsPlan !== true;
  return { kind: 'plan', attempt: state.planAttempt, soFar, problems: state.planProblems, stream };
}

/** The plan is whole. Every subtask of it is in the state already. */
export function acceptPlan(state: RunState, deliverable: string | undefined, commands: Command[]): void {
  state.plannerAtWork = false;
  state.planProblems = [];
  state.unresolved.clear();
  state.deliverable = deliverable ?? null;
  if (!state.isPlanGiven && state.settings.pattern === undefined) replaceLoneSpecialist(state, commands);
  startWork(state, commands);
  startNextReplan(state, commands);
}

/** A person has looked at the plan. Nothing of it has started: an edited one takes its place, and may use its ids. */
export function approvePlan(state: RunState, edited: GivenPlan | undefined): void {
  state.phase = 'executing';
  if (edited === undefined) return;
  for (const [id, item] of state.subtasks) {
    if (!isOpen(item)) continue;
    endSubtask(state, item, 'superseded');
    state.subtasks.delete(id);
  }
  state.assumptions.clear();
  state.isPlanGiven = true;
  // A cascade that has come to its team stays one.
  if (state.strategy !== 'cascade' || state.planAttempt === 0) state.strategy = 'team';
  addPlan(state, edited.subtasks);
  state.deliverable = edited.deliverable ?? null;
}

/** Everything of a refused draft is withdrawn, provisional attempts included, and the planner gets the problems. */
export function refusePlan(state: RunState, problems: PlanProblem[], commands: Command[]): void {
  state.plannerAtWork = false;
  state.replanQueue = [];
  for (const [id, item] of state.subtasks) {
    if (item.status === 'superseded') continue;
    if (isUnderWay(item)) abort(state, item, 'superseded', commands);
    else if (isOpen(item)) endSubtask(state, item, 'superseded');
    state.attemptFloor.set(id, item.attempt);
    state.subtasks.delete(id);
  }
  state.unresolved.clear();
  state.assumptions.clear();
  if (state.stopping !== null) return;
  if (state.planAttempt <= state.settings.planRepairs) {
    planTask(state, problems, commands);
    return;
  }
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  endStopped(state, 'plan-refused', commands, `The planner gave no valid plan. ${first?.message ?? ''}${more}`);
}

/**
 * A plan of one subtask is the single-agent path, and its agent is the generalist, not a specialist left alone. The
 * specialist may have started while the plan was streaming: it is stopped and what it used is waste.
 */
function replaceLoneSpecialist(state: RunState, commands: Command[]): void {
  const live = [...state.subtasks.values()].filter((item) => item.status !== 'superseded' && partOf(item) === null);
  const [lone] = live;
  if (lone === undefined || live.length > 1) return;
  state.strategy = 'single';
  if (lone.role === state.settings.generalist) return;
  if (isUnderWay(lone)) abort(state, lone, 'superseded', commands);
  else if (isOpen(lone)) endSubtask(state, lone, 'superseded');
  else lone.status = 'superseded';
  state.deliverable = null;
  addSingle(state, lone.subtask.accept);
}

function addSingle(state: RunState, accept?: Subtask['accept']): void {
  const subtask: Subtask = { id: singleId, role: state.settings.generalist, instruction: state.task, dependsOn: [] };
  if (accept !== undefined) subtask.accept = accept;
  addPlan(state, [subtask]);
}
