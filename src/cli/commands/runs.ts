import { defaultStorePath, openStore, type RunRecord, type RunStatus, type Store } from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import type { StoreFlags } from '../find-run.ts';
import type { CliIo } from '../io.ts';
import { isThere } from '../store-place.ts';
import { cutText, fitText, toOneLine } from '../terminal-text.ts';

export interface RunsFlags extends StoreFlags {
  limit?: number;
}

export async function runRuns(io: CliIo, flags: RunsFlags): Promise<number> {
  const location = flags.store ?? defaultStorePath;
  if (!isThere(location)) {
    io.note(`No runs: there is no store at ${location}.\n`);
    return exitCodes.succeeded;
  }
  const store = await openStore(location);
  try {
    const records = await store.listRuns({ rootsOnly: true, ...(flags.limit === undefined ? {} : { limit: flags.limit }) });
    // An id is there to be copied: it is never cut.
    const idWidth = records.reduce((widest, { runId }) => Math.max(widest, runId.length), 3);
    if (records.length === 0) io.note(`No runs in ${store.location}.\n`);
    else if (flags.json !== true) await io.print(describeRow('RUN'.padEnd(idWidth), 'STATUS', 'STRATEGY', 'STARTED', 'TASK'));
    for (const record of records) {
      const status = await statusOf(store, record);
      if (!(await io.print(flags.json === true ? jsonLine(record, status) : tableLine(record, status, idWidth)))) break;
    }
  } finally {
    await store.close();
  }
  return exitCodes.succeeded;
}

async function statusOf(store: Store, { runId, status, drivenBy }: RunRecord): Promise<RunStatus> {
  if (status !== 'running' || drivenBy === 'workers') return status;
  return (await store.isDriven(runId)) ? 'running' : 'interrupted';
}

function jsonLine({ runId, strategy, task, endReason, createdMs, endedMs }: RunRecord, status: RunStatus): string {
  return `${JSON.stringify({ runId, status, strategy, task, endReason, createdMs, endedMs })}\n`;
}

function tableLine({ runId, strategy, task, createdMs }: RunRecord, status: RunStatus, idWidth: number): string {
  const started = `${new Date(createdMs).toISOString().slice(0, 16).replace('T', ' ')}Z`;
  return describeRow(runId.padEnd(idWidth), status, strategy, started, cutText(toOneLine(task), 60));
}

function describeRow(runId: string, status: string, strategy: string, started: string, task: string): string {
  return `${runId}  ${fitText(status, 11)}  ${fitText(strategy, 8)}  ${fitText(started, 17)}  ${task}`.trimEnd() + '\n';
}
