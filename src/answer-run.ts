/** A person's answers to what a run waits for: given to the store, taken up by whichever process drives the run next. */
import { findOpenRun } from './control-run.ts';
import { readSetup } from './engine/run-setup.ts';
import type { Store } from './engine/store.ts';
import { PlanwrightError } from './errors.ts';
import type { GivenPlan } from './events.ts';
import { findWaiting, type NamedWaitingItem, type WaitingItem } from './measure/list-waiting.ts';
import { loadRun } from './measure/load-run.ts';
import { checkPlan } from './plan/check.ts';
import { refuseOpenInputs } from './plan/inputs.ts';
import type { Plan } from './plan/plan.ts';
import { storeForRun } from './redact/run-store.ts';
import type { Team } from './team/team.ts';
import { refuseUnavailableChecks } from './verify/availability.ts';

/** `only`: a subtask's id, its path through sub-teams, or the id of one waiting item. Default: all that waits. */
export type RunAnswer =
  /** `plan` runs in place of the plan that waits. */
  { type: 'approve'; by: string; only?: string; plan?: Plan } | { type: 'deny'; by: string; reason: string; only?: string };

const namedInErrors = 10;

/**
 * Answers what a run waits for, in its sub-teams too; `resumeRun` then goes on, unless a process drives it already. A
 * second answer to the same question counts for nothing.
 * @returns what was answered.
 * @throws {PlanwrightError} `run-unknown`, `run-ended`; `usage` when nothing waits, nothing of that name does, or the run
 * belongs to another one; `plan-invalid`, `check-unavailable` for an edited plan.
 */
export async function answerRun(store: Store, runId: string, answer: RunAnswer): Promise<WaitingItem[]> {
  const { status, rootRunId } = await findOpenRun(store, runId);
  if (rootRunId !== runId) {
    throw new PlanwrightError('usage', `Run "${runId}" is that of a sub-team. Answer the run it belongs to: ${rootRunId}`);
  }
  const waiting = await findWaiting(store, await loadRun(store, runId));
  if (waiting.length === 0) {
    throw new PlanwrightError('usage', `Run "${runId}" does not wait for a person; it is ${status}.`);
  }
  const chosen = choose(waiting, answer.only);
  const plan = answer.type === 'approve' ? answer.plan : undefined;
  const edited = plan === undefined ? {} : { plan: await readEdited(store, runId, { plan, chosen }) };
  const target = await storeForRun(store, runId);
  for (const { item, request } of chosen) {
    const about = request === null ? {} : { request };
    const { type, by } = answer;
    await target.sendSignal(
      item.runId,
      type === 'deny' ? { type, by, reason: answer.reason, ...about } : { type, by, ...about, ...edited },
    );
  }
  return chosen.map(({ item }) => item);
}

/**
 * The team a run was started with: what an edited plan may name.
 * @throws {PlanwrightError} `run-unknown`; `usage` for the run of a sub-team.
 */
export async function loadRunTeam(store: Store, runId: string): Promise<Team> {
  const record = await store.getRun(runId);
  if (record === undefined) {
    throw new PlanwrightError('run-unknown', `No run "${runId}" in ${store.location}. List the runs with: planwright runs`);
  }
  return readSetup(record.setup).team;
}

function choose(waiting: NamedWaitingItem[], only: string | undefined): NamedWaitingItem[] {
  if (only === undefined) return waiting;
  const byId = waiting.filter(({ item }) => item.id === only);
  const byPath = waiting.filter(({ item }) => item.path === only);
  const chosen = byId.length > 0 ? byId : byPath.length > 0 ? byPath : waiting.filter(({ item }) => item.subtaskId === only);
  if (chosen.length > 0) return chosen;
  const named = waiting.slice(0, namedInErrors).map(({ item }) => item.id);
  const more = waiting.length > named.length ? ` and ${waiting.length - named.length} more` : '';
  throw new PlanwrightError('usage', `Nothing of "${only}" waits for a person. What waits: ${named.join(', ')}${more}.`);
}

async function readEdited(
  store: Store,
  runId: string,
  { plan, chosen }: { plan: Plan; chosen: NamedWaitingItem[] },
): Promise<GivenPlan> {
  if (chosen.some(({ request }) => request !== null)) {
    throw new PlanwrightError('usage', `The plan of run "${runId}" does not wait for approval any more: it can't be edited.`);
  }
  const team = await loadRunTeam(store, runId);
  const { ok, problems } = checkPlan(plan, { roles: [...new Set([...Object.keys(team.roles), team.generalist.name])] });
  const [first] = problems;
  if (!ok && first !== undefined) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    const place = first.path === undefined ? '' : `${first.path}: `;
    throw new PlanwrightError('plan-invalid', `${place}${first.message}${more}`, { details: { problems } });
  }
  refuseOpenInputs(plan);
  refuseUnavailableChecks({ team, subtasks: plan.subtasks });
  const { subtasks, deliverable } = plan;
  return { subtasks, ...(deliverable === undefined ? {} : { deliverable }) };
}
