/** A subtask by its path through sub-teams; ids may hold slashes themselves. */
import type { SubtaskState } from 'planwright/browser';
import { type RunFold, teamRunOf } from './run-fold.ts';

export interface FoundSubtask {
  run: RunFold;
  item: SubtaskState;
  /** Ids from the outermost run down. */
  ids: string[];
}

export function findSubtask(run: RunFold, path: string, runs: ReadonlyMap<string, RunFold>): FoundSubtask | null {
  const item = run.state.subtasks.get(path);
  if (item !== undefined) return { run, item, ids: [path] };
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const above = run.state.subtasks.get(path.slice(0, slash));
    const teamRunId = above === undefined ? null : teamRunOf(run, above);
    const team = teamRunId === null ? undefined : runs.get(teamRunId);
    const found = team === undefined ? null : findSubtask(team, path.slice(slash + 1), runs);
    if (found !== null) return { ...found, ids: [path.slice(0, slash), ...found.ids] };
  }
  return null;
}
