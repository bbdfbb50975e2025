/** The progress of a run that goes on: folded from what is stored of it and of its sub-teams' runs. */
import { type Store, subRunId } from '../../index.ts';
import { Progress } from './progress.ts';

export async function loadProgress(store: Store, rootRunId: string): Promise<Progress> {
  const progress = new Progress(rootRunId);
  await loadRun(store, progress, rootRunId);
  for (const call of await store.listCalls(rootRunId)) {
    if (call.kind !== 'model') continue;
    const { subtaskId, attempt, inputTokens, outputTokens } = call;
    progress.enterDelta(call.runId, { type: 'call-ended', subtaskId, attempt, inputTokens, outputTokens });
  }
  return progress;
}

async function loadRun(store: Store, progress: Progress, runId: string): Promise<void> {
  for (const entry of await store.readEvents(runId)) {
    progress.enter({ ...entry, runId });
    const { event } = entry;
    if (event.type !== 'attempt-started' || progress.find(runId).state.settings.roles[event.role]?.composite !== true) continue;
    const childRunId = subRunId(runId, event.subtaskId, event.attempt);
    if ((await store.getRun(childRunId)) !== undefined) await loadRun(store, progress, childRunId);
  }
}
