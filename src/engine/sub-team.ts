/**
 * A composite subtask: its role is a team, so it is carried out as a run of its own. The parent sees only the
 * deliverable; retries and replans below stay below. It holds no slot while its children work.
 */
import { PlanwrightError } from '../errors.ts';
import type { AttemptOutcome, StoredValue } from '../events.ts';
import { type ExecutorContext, tag, textOf } from '../execute/context.ts';
import { subRunId } from '../ids.ts';
import { deliverablePatches } from '../measure/deliverable-patches.ts';
import { budgetsOf, carveLimits, hasBudget } from '../team/carve-limits.ts';
import type { Team } from '../team/team.ts';
import { type DriveOutcome, isInterruption } from './drive.ts';
import type { DriveNode, RunNode } from './run-environment.ts';
import { makeSettings } from './run-settings.ts';

export interface SubTeamWork {
  context: ExecutorContext;
  team: Team;
  subtaskId: string;
  attempt: number;
  /** For its roles that name none. */
  defaultModel: string;
  signal: AbortSignal;
  /** In a run with workspaces: what the subtask builds on, and how what the sub-team leaves behind becomes one patch. */
  patches: StoredValue[];
  merge?: (patches: StoredValue[]) => Promise<StoredValue>;
  /** Hears when nothing of it can go on without a person, and when it goes on. */
  onWaiting: (isWaiting: boolean) => void;
}

export async function runSubTeam(drive: DriveNode, parent: RunNode, work: SubTeamWork): Promise<AttemptOutcome> {
  const { context, team, defaultModel, subtaskId, attempt, signal, onWaiting } = work;
  const limits = carveLimits(team.limits, parent.team.limits, context.role.share);
  const runId = subRunId(parent.runId, subtaskId, attempt);
  const node: RunNode = {
    runId,
    rootRunId: parent.rootRunId,
    parentRunId: parent.runId,
    task: layOutTask(context),
    team: { ...team, limits, ...uniteApprovals(team, parent.team) },
    rolePath: [...(parent.rolePath ?? []), context.role.name],
    shares: [...(parent.shares ?? []), ...(hasBudget(limits) ? [{ runId, team: team.name, limits: budgetsOf(limits) }] : [])],
    patches: work.patches,
    ...(context.outputSchema === undefined ? {} : { outputSchema: parent.outputSchema ?? {} }),
  };
  const settings = makeSettings({ team: node.team, strategy: 'team', limits, defaultModel });
  const interrupted = new AbortController();
  let cancel: ((reason: string) => void) | null = null;
  const stop = (): void => {
    if (isInterruption(signal.reason)) interrupted.abort(signal.reason);
    else cancel?.('The parent run withdrew this work.');
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { state } = await drive(node, {
      start: { settings, setup: null },
      signal: interrupted.signal,
      onWaiting,
      onCancelable: (handed) => {
        cancel = handed;
        if (signal.aborted) stop();
      },
    });
    const outcome = outcomeOf(state.end, node, signal);
    return work.merge === undefined ? outcome : { ...outcome, patch: await work.merge(deliverablePatches(state)) };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What a team wants approved, its sub-teams may not do without. */
export function uniteApprovals(team: Team, parent: Team): Pick<Team, 'approvals'> {
  const tools = new Set([...(team.approvals?.tools ?? []), ...(parent.approvals?.tools ?? [])]);
  return tools.size === 0 ? {} : { approvals: { tools: [...tools] } };
}

/** The sub-team's task: the instruction, what it builds on, and what was wrong before. */
function layOutTask({ instruction, dependencies, feedback }: ExecutorContext): string {
  const parts = [instruction];
  for (const { subtaskId, role, output } of dependencies) {
    parts.push(tag('dependency', textOf(output), ` id="${subtaskId}" role="${role}"`));
  }
  if (feedback !== undefined) parts.push(tag('feedback', feedback));
  return parts.join('\n\n');
}

type End = DriveOutcome['state']['end'];

function outcomeOf(end: End, { runId }: RunNode, signal: AbortSignal): Extract<AttemptOutcome, { kind: 'succeeded' }> {
  if (end === null || end.status === 'cancelled') {
    throw signal.reason ?? new PlanwrightError('cancelled', `The sub-team's run ${runId} was stopped.`);
  }
  if (end.status === 'succeeded' && end.deliverable !== null) return { kind: 'succeeded', output: end.deliverable };
  const why = end.detail ?? end.reason;
  if (end.reason === 'budget') throw new PlanwrightError('budget-spent', why);
  if (end.reason === 'share') throw new PlanwrightError('share-spent', why);
  throw new PlanwrightError('rejected', `The sub-team's run ${runId} ended ${end.status}: ${why}`);
}
