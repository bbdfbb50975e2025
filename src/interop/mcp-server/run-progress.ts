/** A run as a call's progress: subtasks that have ended, of all that the plan has so far, and one step more for its end. */
import type { RunUpdate } from '../../run-handle.ts';
import { decide } from '../../schedule/decide.ts';
import { createRunState, partOf, type RunState } from '../../schedule/state.ts';
import type { CallProgress } from './served-tool.ts';

const phaseWords: Record<RunState['phase'], string> = {
  new: 'starting',
  gating: 'deciding between one agent and a team',
  planning: 'planning',
  approving: 'waiting for a person to approve the plan',
  executing: 'working',
  synthesizing: 'writing the deliverable',
  checking: 'checking the deliverable',
  ended: 'ended',
};

const ended: readonly string[] = ['succeeded', 'failed', 'skipped', 'cancelled'];

/** After each event of the run itself; events of sub-teams' runs tell nothing. */
export async function* readProgress(runId: string, updates: AsyncIterable<RunUpdate>): AsyncGenerator<CallProgress> {
  const state = createRunState();
  for await (const { runId: of, ...entry } of updates) {
    if (of !== runId) continue;
    decide(state, entry);
    yield describeState(state);
  }
}

function describeState(state: RunState): CallProgress {
  const subtasks = [...state.subtasks.values()].filter((item) => item.status !== 'superseded' && partOf(item) === null);
  const done = subtasks.filter(({ status }) => ended.includes(status)).length;
  const atWork = subtasks.filter(({ status }) => status === 'running' || status === 'verifying').map(({ subtask }) => subtask.id);
  const names = atWork.slice(0, 3).join(', ') + (atWork.length > 3 ? `, and ${atWork.length - 3} more` : '');
  const counts = subtasks.length === 0 ? '' : `: ${done} of ${subtasks.length} subtasks done`;
  const message = `${phaseWords[state.phase]}${counts}${names === '' ? '' : ` (${names})`}`;
  return { done: done + (state.phase === 'ended' ? 1 : 0), total: subtasks.length + 1, message };
}
