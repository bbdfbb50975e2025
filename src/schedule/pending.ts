/** What is under way in a state: the commands a process that takes the run up has to carry out (again). */

import { pendingRequests } from './approval.ts';
import type { Command } from './command.ts';
import { isMapped, mappedCommand } from './expand.ts';
import { candidateDeliverable, synthesizeCommand } from './finish.ts';
import { pendingGrowth } from './grow.ts';
import { planCommand } from './planning.ts';
import type { RunState } from './state.ts';

/** Issued and not answered yet, in a fixed order. Attempts keep their numbers, so that their journaled calls are found. */
export function pendingCommands(state: RunState): Command[] {
  const commands: Command[] = [];
  const { timeoutMs } = state.settings.limits;
  if (state.phase === 'new' || state.phase === 'ended') return commands;
  if (timeoutMs !== undefined && !state.isWaiting) {
    commands.push({ kind: 'set-timer', timerId: 'deadline', delayMs: Math.max(0, timeoutMs - state.activeMs) });
  }
  if (state.phase === 'gating') commands.push({ kind: 'decide-gate' });
  if (state.plannerAtWork) commands.push(planCommand(state));
  if (state.replan !== null) commands.push(state.replan);
  if (state.phase === 'approving') commands.push({ kind: 'wait', question: 'Approve this plan?' });
  if (state.phase === 'synthesizing') commands.push(synthesizeCommand(state));
  if (state.phase === 'checking') {
    const candidate = candidateDeliverable(state);
    if (candidate !== null) commands.push({ kind: 'check-deliverable', output: candidate.output });
  }
  for (const item of state.subtasks.values()) {
    if (item.status === 'running' && item.started !== null) commands.push(item.started);
    if (item.status === 'running' && isMapped(item)) commands.push(mappedCommand(state, item));
    pendingRequests(item, commands);
    if (state.growing.has(item)) continue;
    if (item.status === 'verifying' && item.output !== null) {
      const { subtask, attempt, role, output } = item;
      const assumed = state.assumptions.get(subtask.id) ?? [];
      const assumptions = assumed.filter((assumption) => typeof assumption === 'object');
      commands.push({ kind: 'verify', subtask, attempt, role, output, assumptions });
    }
  }
  const growth = pendingGrowth(state);
  if (growth !== null) commands.push(growth);
  return commands;
}
