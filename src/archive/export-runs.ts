/** Writes runs as an archive, line by line: beside the list of runs, one run's records and one value are in memory at a time. */
import type { RunRecord, Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import type { BlobStore } from '../workspace/blob-store.ts';
import { type ArchiveLine, archiveVersion, noCounts, type TreeCounts, writeLine } from './archive-format.ts';
import { orderByDepth } from './order-by-depth.ts';
import { contentsOf, type Reference, referencesOfCall, referencesOfEvent, referencesOfSetup } from './references.ts';

export interface ExportOptions {
  /** Outermost runs, in this order. Default: all, oldest first. */
  runIds?: readonly string[];
}

/**
 * The lines of an archive, each with its end. What a run refers to is in it, so it stands without the store. A run that is
 * driven meanwhile is written as it stands. Calibrations and outcomes of runs that are gone are left out.
 * @throws {PlanwrightError} `run-unknown`; `usage` for the run of a sub-team; `store-corrupt` when something is missing.
 */
export async function* exportRuns(store: Store, { runIds }: ExportOptions = {}): AsyncGenerator<string> {
  yield writeLine({ kind: 'archive', version: archiveVersion });
  let trees = 0;
  for (const runId of runIds ?? (await listRoots(store))) {
    const root = await findRoot(store, runId);
    for await (const line of exportTree(store, root)) {
      if (line.kind === 'tree-end') trees += 1;
      yield writeLine(line);
    }
  }
  yield writeLine({ kind: 'end', trees });
}

async function listRoots(store: Store): Promise<string[]> {
  return (await store.listRuns({ rootsOnly: true })).map(({ runId }) => runId).reverse();
}

async function findRoot(store: Store, runId: string): Promise<RunRecord> {
  const run = await store.getRun(runId);
  if (run === undefined) {
    throw new PlanwrightError('run-unknown', `No run "${runId}" in ${store.location}. List the runs with: planwright runs`);
  }
  if (run.parentRunId === null) return run;
  throw new PlanwrightError(
    'usage',
    `Run "${runId}" is that of a sub-team. Export the run it belongs to, which holds it: ${run.rootRunId}`,
  );
}

async function* exportTree(store: Store, root: RunRecord): AsyncGenerator<ArchiveLine> {
  // A run without events has not begun: there is nothing to go on from.
  if ((await store.readEvents(root.runId)).length === 0) return;
  const counts = noCounts();
  const written = new Set<string>();
  const blobs = await store.openBlobs();
  const below = (await store.listRuns({ rootRunId: root.runId })).filter(({ runId }) => runId !== root.runId);
  for (const { runId } of [root, ...orderByDepth(below)]) {
    // The journal first: a record that is read later is at least as new.
    const entries = await store.readEvents(runId);
    const record = await store.getRun(runId);
    if (record === undefined || entries.length === 0) continue;
    counts.runs += 1;
    yield { kind: 'run', record };
    const references = [...referencesOfSetup(record.setup), ...entries.flatMap(({ event }) => referencesOfEvent(event))];
    yield* exportReferences(store, blobs, references, { counts, written });
    for (const entry of entries) yield { kind: 'event', entry };
    counts.events += entries.length;
    const signals = await store.readSignals(runId);
    for (const { signal } of signals) yield { kind: 'signal', signal };
    counts.signals += signals.length;
  }
  const calls = await store.listCalls(root.runId);
  for (const call of calls) {
    yield* exportReferences(store, blobs, referencesOfCall(call), { counts, written });
    yield { kind: 'call', call };
  }
  counts.calls = calls.length;
  const outcome = await store.getOutcome(root.runId);
  if (outcome !== undefined) yield { kind: 'outcome', outcome };
  yield { kind: 'tree-end', rootRunId: root.runId, ...counts };
}

/** Each value and each blob once in a group. */
async function* exportReferences(
  store: Store,
  blobs: BlobStore,
  references: Reference[],
  { counts, written }: { counts: TreeCounts; written: Set<string> },
): AsyncGenerator<ArchiveLine> {
  for (const reference of references) {
    const { stored, holds } = reference;
    if (stored.kind === 'inline' && holds === 'result') continue;
    const key = stored.kind === 'stored' ? `${holds} ${stored.hash}` : null;
    if (key !== null && written.has(key)) continue;
    const value = await store.getValue(stored);
    if (stored.kind === 'stored' && key !== null) {
      written.add(key);
      if (!written.has(stored.hash)) {
        written.add(stored.hash);
        counts.values += 1;
        yield { kind: 'value', hash: stored.hash, value };
      }
    }
    for (const hash of contentsOf(reference, value)) {
      if (written.has(`blob ${hash}`)) continue;
      written.add(`blob ${hash}`);
      counts.blobs += 1;
      yield { kind: 'blob', hash, base64: Buffer.from(await blobs.get(hash)).toString('base64') };
    }
  }
}
