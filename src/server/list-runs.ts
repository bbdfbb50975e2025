/** The list of runs, page by page. */
import type { RunRecord, RunStatus, Store } from '../index.ts';
import { ApiError } from './api-error.ts';
import type { ListRunsQuery } from './schemas/request.ts';
import type { RunList, RunSummary } from './schemas/run.ts';

const defaultLimit = 50;

/** `next` names the last run of the page: it stays right while new runs come. */
export async function listRuns(store: Store, query: ListRunsQuery): Promise<RunList> {
  const { limit = defaultLimit, before, search, status } = query;
  // Only what is looked for has to be looked through.
  const isPlain = before === undefined && search === undefined && status === undefined;
  const records = await store.listRuns({ rootsOnly: true, ...(isPlain ? { limit: limit + 1 } : {}) });
  const wanted = search?.toLowerCase();
  const runs: RunSummary[] = [];
  for (const record of records.slice(placeAfter(records, before))) {
    if (wanted !== undefined && !record.task.toLowerCase().includes(wanted)) continue;
    const summary = await summarize(store, record);
    if (status !== undefined && summary.status !== status) continue;
    if (runs.length === limit) return { runs, next: runs.at(-1)?.runId ?? null };
    runs.push(summary);
  }
  return { runs, next: null };
}

function placeAfter(records: readonly RunRecord[], before: string | undefined): number {
  if (before === undefined) return 0;
  const at = records.findIndex(({ runId }) => runId === before);
  if (at < 0) throw new ApiError('malformed', 'before: names a run that is not in the store any more. List from the beginning.');
  return at + 1;
}

async function summarize(store: Store, record: RunRecord): Promise<RunSummary> {
  const { runId, task, strategy, endReason, createdMs, endedMs, forkedFrom } = record;
  return {
    runId,
    task,
    status: await statusOf(store, record),
    strategy,
    endReason,
    createdMs,
    endedMs,
    ...(forkedFrom === undefined ? {} : { forkedFrom }),
  };
}

/** A run that nobody holds was interrupted, unless it is the workers', one of whom will take it. */
export async function statusOf(store: Store, { runId, status, drivenBy }: RunRecord): Promise<RunStatus> {
  if (status !== 'running' || drivenBy === 'workers') return status;
  return (await store.isDriven(runId)) ? 'running' : 'interrupted';
}
