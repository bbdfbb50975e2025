/** What an attempt is told: it follows from the command that starts it and the results at that moment, and from nothing else. */
import type { ExecutorContext } from '../execute/context.ts';
import type { JsonSchema } from '../plan/plan.ts';
import type { Command } from '../schedule/command.ts';
import type { RunState } from '../schedule/state.ts';
import type { Role } from '../team/team.ts';
import { handOverTo } from './hand-over-results.ts';
import type { Store } from './store.ts';

export interface AttemptStart {
  command: Extract<Command, { kind: 'start' }>;
  role: Role;
  /** Of the run. */
  task: string;
  /** The form that the run's deliverable must have. */
  outputSchema?: JsonSchema | undefined;
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
  if (outputSchema !== undefined && command.delivers) context.outputSchema = outputSchema;
  return context;
}
