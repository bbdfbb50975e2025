/** What an attempt is told: it follows from the command that starts it and the results at that moment, and from nothing else. */
import type { ExecutorContext, FailedDependency } from '../execute/context.ts';
import { readToolInput, type ToolInput } from '../execute/tool-input.ts';
import type { JsonSchema } from '../plan/plan.ts';
import type { Command } from '../schedule/command.ts';
import { type RunState, takesFailures } from '../schedule/state.ts';
import type { Role } from '../team/team.ts';
import { handOverTo, loadOutputs } from './hand-over-results.ts';
import type { Store } from './store.ts';

export interface AttemptStart {
  command: Extract<Command, { kind: 'start' }>;
  role: Role;
  /** Of the run. */
  task: string;
  /** The form that the run's deliverable must have. */
  outputSchema?: JsonSchema | undefined;
}

/** Told to what takes failures: which of the results that it was to have there will never be, and why. */
function listFailed(state: RunState, { subtask }: AttemptStart['command']): FailedDependency[] {
  if (!takesFailures(subtask)) return [];
  return subtask.dependsOn.flatMap((id) => {
    const item = state.subtasks.get(id);
    if (item === undefined || item.status === 'succeeded') return [];
    return [{ subtaskId: id, role: item.role, reason: item.error?.message ?? `It was ${item.status}.` }];
  });
}

/** Data stand in it as they are: a tool reads no fences and no digests. */
async function toolInputOf(store: Store, state: RunState, { subtask }: AttemptStart['command']): Promise<ToolInput> {
  const results = await loadOutputs(store, state, subtask.dependsOn);
  return readToolInput(
    subtask.instruction,
    results.map(({ subtaskId, output }) => ({ name: subtaskId, value: output })),
  );
}

/** @param state As it is when the attempt starts. */
export async function contextOfAttempt(
  store: Store,
  state: RunState,
  { command, role, task, outputSchema }: AttemptStart,
): Promise<ExecutorContext> {
  const context: ExecutorContext = { role, task, ...(await handOverTo({ store }, { state }, command)) };
  if (command.feedback !== undefined) context.feedback = command.feedback;
  const ownAssumptions = command.subtask.assumes?.filter((assumption) => typeof assumption === 'string') ?? [];
  if (ownAssumptions.length > 0) context.ownAssumptions = ownAssumptions;
  if (command.assumptions !== undefined) context.assumptions = command.assumptions;
  // What a pattern reads has the form that it is read in.
  const isRead = command.subtask.grow === true && role.output !== undefined;
  const form = outputSchema !== undefined && command.delivers && !isRead ? outputSchema : role.output;
  if (form !== undefined) context.outputSchema = form;
  const failed = listFailed(state, command);
  if (failed.length > 0) context.failed = failed;
  if (role.tool !== undefined) context.toolInput = await toolInputOf(store, state, command);
  return context;
}
