/** An attempt in a folder of its own, in a run that has workspaces; as it always was in one that has none. */
import type { AttemptOutcome, StoredValue } from '../events.ts';
import type { Approver } from '../execute/approver.ts';
import type { ExecutorContext } from '../execute/context.ts';
import type { CallScope } from '../model/call-record.ts';
import { itemsOf } from '../schedule/state.ts';
import { openAttemptWorkspace } from './attempt-workspace.ts';
import type { RunPort } from './drive.ts';
import { executeRole } from './execute-role.ts';
import type { RunEnvironment, RunNode } from './run-environment.ts';
import { mergeStored } from './run-workspaces.ts';
import type { SubTeamWork } from './sub-team.ts';

/** What these subtasks left behind; a subtask that depends on none starts from what its run was given. */
export function patchesFor({ patches = [] }: RunNode, { state }: RunPort, ids: readonly string[]): StoredValue[] {
  const found = ids.flatMap((id) => {
    const item = state.subtasks.get(id);
    if (item === undefined) return [];
    return itemsOf(item)?.flatMap(({ patch }) => patch ?? []) ?? item.patch ?? [];
  });
  return found.length === 0 ? patches : found;
}

/** How a sub-team's results become one patch; nothing in a run without workspaces. */
export function mergingOf({ workspaces: run, store }: RunEnvironment, signal: AbortSignal): Pick<SubTeamWork, 'merge'> {
  return run === undefined ? {} : { merge: (patches) => mergeStored(run, store, patches, signal) };
}

export interface WorkspaceWork {
  scope: CallScope;
  signal: AbortSignal;
  approver?: Approver;
  patches: StoredValue[];
}

/** @throws whatever ended the attempt; `patch-conflict` when what it builds on does not fit together. */
export async function executeInWorkspace(
  env: RunEnvironment,
  node: RunNode,
  context: ExecutorContext,
  { scope, signal, approver, patches }: WorkspaceWork,
): Promise<Extract<AttemptOutcome, { kind: 'succeeded' }>> {
  const { workspaces: run, store } = env;
  const asking = approver === undefined ? {} : { approver };
  if (run === undefined) return executeRole(env, node, context, scope, { signal, ...asking });
  await using workspace = await openAttemptWorkspace({ run, store, patches, signal });
  const outcome = await executeRole(env, node, context, scope, { signal, ...asking, workspace: workspace.context });
  return { ...outcome, patch: await workspace.finish() };
}
