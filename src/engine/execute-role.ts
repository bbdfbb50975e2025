/** One attempt of a role in the surroundings of its run: its model, its tools, the run's folder and limits. */
import { PlanwrightError } from '../errors.ts';
import type { AttemptOutcome } from '../events.ts';
import type { Approver } from '../execute/approver.ts';
import type { ExecutorContext } from '../execute/context.ts';
import { executeSubtask } from '../execute/execute-subtask.ts';
import { executeTool } from '../execute/execute-tool.ts';
import { readToolInput } from '../execute/tool-input.ts';
import type { WorkspaceContext } from '../execute/workspace-context.ts';
import type { CallScope } from '../model/call-record.ts';
import { listTools } from '../team/defaults.ts';
import type { Receipt } from '../verify/critic-verdict.ts';
import { modelSpecsOf, resolveModels } from './role-models.ts';
import { toolsOfRole } from './role-tools.ts';
import type { RunEnvironment, RunNode } from './run-environment.ts';

export interface RoleSurroundings {
  signal: AbortSignal;
  onToolCall?: (receipt: Receipt) => void;
  approver?: Approver;
  /** The attempt's own folder, in place of the run's. */
  workspace?: WorkspaceContext;
}

/** @throws whatever ended the attempt. */
export async function executeRole(
  env: RunEnvironment,
  node: RunNode,
  context: ExecutorContext,
  scope: CallScope,
  { signal, onToolCall, approver, workspace }: RoleSurroundings,
): Promise<Extract<AttemptOutcome, { kind: 'succeeded' }>> {
  const { store, limiter, clock } = env;
  if (context.role.a2a !== undefined) {
    const agent = env.agents.hold(context.role.a2a, scope, store);
    const { onDelta } = surroundingsOf(env, node);
    const shared = { scope, store, limiter, clock, signal, ...(onDelta === undefined ? {} : { onDelta }) };
    try {
      return await executeSubtask({ context: forRemoteAgent(context), model: agent.model, tools: [], ...shared });
    } finally {
      await agent.settled();
    }
  }
  const tools = await toolsOfRole(env, context.role, { team: node.team, signal });
  const filesRoot = env.files === undefined ? {} : { filesRoot: env.files.root };
  const watching = { ...(onToolCall === undefined ? {} : { onToolCall }), ...(approver === undefined ? {} : { approver }) };
  const approvals = new Set(listTools(node.team.approvals?.tools ?? []));
  const own = workspace === undefined ? {} : { workspace };
  const surroundings = { ...filesRoot, ...own, ...watching, ...surroundingsOf(env, node) };
  if (context.role.tool !== undefined) {
    const [tool] = tools;
    if (tool === undefined) throw new PlanwrightError('tool-unavailable', `The tool "${context.role.tool}" is not there.`);
    const timeoutMs = context.role.limits.toolTimeoutMs;
    const input = context.toolInput ?? readToolInput(context.instruction);
    const { result } = context.role;
    return executeTool({ tool, input, result, scope, store, clock, signal, timeoutMs, approvals, ...surroundings });
  }
  const [meant, ...others] = modelSpecsOf(context.role, node.team, env.defaultModel);
  // What a critic's approval is worth was measured with its own model.
  const standIns = scope.purpose === 'verify' && node.team.requireCalibrated !== undefined ? [] : others;
  const models = await resolveModels(env.models, [meant, ...standIns]);
  return executeSubtask({ context, ...models, tools, scope, store, limiter, clock, signal, approvals, ...surroundings });
}

/** It has none of the tools by which an assumption is contradicted or a cut result read on in. */
function forRemoteAgent(context: ExecutorContext): ExecutorContext {
  const { ownAssumptions: _own, assumptions: _later, sources: _sources, ...rest } = context;
  return rest;
}

/** What every model call of a run is given beside its own: the seed, who wants to hear of it, and what must not be seen. */
export function surroundingsOf({ seed, onDelta, toolRedactor }: RunEnvironment, { runId }: RunNode) {
  return {
    ...(toolRedactor === undefined ? {} : { redactor: toolRedactor }),
    ...(seed === undefined ? {} : { seed }),
    ...(onDelta === undefined ? {} : { onDelta: (delta: Parameters<typeof onDelta>[1]) => onDelta(runId, delta) }),
  };
}
