/** Where on a run's page a subtask is told. */
import { mostEntries } from '../bounds.ts';
import type { RunDetail, SubtaskDetail } from '../run-details.ts';

export interface ToldSubtask {
  run: RunDetail;
  subtask: SubtaskDetail;
  anchor: string;
}

/** Subtasks that have a part of their own, in the order of the page. */
export function listTold(runs: readonly RunDetail[]): ToldSubtask[] {
  const told: ToldSubtask[] = [];
  for (const [place, run] of runs.slice(0, mostEntries.runsTold).entries()) {
    for (const [index, subtask] of run.subtasks.slice(0, mostEntries.subtasksTold).entries()) {
      if (told.length < mostEntries.subtasksTold) told.push({ run, subtask, anchor: `subtask-${place + 1}-${index + 1}` });
    }
  }
  return told;
}

/** By run and subtask. */
export function indexAnchors(told: readonly ToldSubtask[]): (runId: string, subtaskId: string) => string | undefined {
  const anchors = new Map(told.map(({ run, subtask, anchor }) => [`${run.runId} ${subtask.id}`, anchor]));
  return (runId, subtaskId) => anchors.get(`${runId} ${subtaskId}`);
}

/** `the plan`, or `gather › find`: the composite subtasks that lead to a sub-team's run. */
export function nameRun({ path }: RunDetail): string {
  return path.length === 0 ? 'The plan' : path.join(' › ');
}
