/**
 * Reads an archive into a store, run by run.
 *
 * 1. Nothing of a run is written before all of it is read and found right, but values and contents of files: those are kept
 *    by hash, nobody sees them, and `collectGarbage` removes what stays without a run.
 * 2. A run that is there already is never changed.
 * 3. The outermost run is written last: whatever happens in between, no list shows half a run, and importing again completes it.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Store } from '../engine/store.ts';
import type { PlanwrightError } from '../errors.ts';
import type { StoredValue } from '../events.ts';
import type { BlobStore } from '../workspace/blob-store.ts';
import { type ArchiveLine, archiveVersion, readLine } from './archive-format.ts';
import { archiveInvalid, type NumberedLine, splitLines } from './archive-lines.ts';
import { type ImportedRun, ImportedTree } from './imported-tree.ts';
import { contentsOf, type Reference } from './references.ts';

export interface ImportOptions {
  /** The archive's name for messages. Default `archive`. */
  file?: string;
  /** Hears of every outermost run as it is done with. */
  onRun?: (runId: string, what: 'imported' | 'skipped') => void;
}

/** Ids of outermost runs, in the archive's order. `skipped`: they were there already, with the same events. */
export interface ImportedRuns {
  imported: string[];
  skipped: string[];
}

/**
 * Gives the runs of an archive to a store, with the same ids, events, calls and outcomes. Runs that were whole before an
 * error stay imported.
 * @param chunks The archive's bytes, in pieces of any size.
 * @throws {PlanwrightError} `archive-invalid` with the line, for a file that is cut off, damaged, of a newer version, or
 *   holds a run that is there already with other events; whatever the store throws.
 */
export async function importRuns(
  store: Store,
  chunks: AsyncIterable<Uint8Array>,
  { file = 'archive', onRun }: ImportOptions = {},
): Promise<ImportedRuns> {
  const reader = new ArchiveReader(store, await store.openBlobs(), file, onRun);
  for await (const line of splitLines(chunks, { file })) await reader.enter(line);
  return reader.finish();
}

class ArchiveReader {
  readonly #store: Store;
  readonly #blobs: BlobStore;
  readonly #file: string;
  readonly #onRun: ImportOptions['onRun'];
  readonly #result: ImportedRuns = { imported: [], skipped: [] };
  #tree: ImportedTree | null = null;
  #state: 'new' | 'open' | 'over' = 'new';
  #lines = 0;

  constructor(store: Store, blobs: BlobStore, file: string, onRun: ImportOptions['onRun']) {
    this.#store = store;
    this.#blobs = blobs;
    this.#file = file;
    this.#onRun = onRun;
  }

  async enter({ number, text }: NumberedLine): Promise<void> {
    this.#lines = number;
    const read = readLine(text);
    if ('problem' in read) throw this.#invalid(read.problem);
    const { line } = read;
    if (this.#state === 'over') throw this.#invalid('nothing may follow the end of an archive');
    if (this.#state === 'new') this.#open(line);
    else if (line.kind === 'archive') throw this.#invalid('an archive has one header');
    else if (line.kind === 'end') this.#close(line.trees);
    else if (line.kind === 'run' && this.#tree === null) this.#begin(line);
    else if (this.#tree === null) throw this.#invalid(`a line of kind "${line.kind}" stands outside of any run`);
    else await this.#enterInTree(this.#tree, line);
  }

  finish(): ImportedRuns {
    if (this.#state === 'over') return this.#result;
    const { imported, skipped } = this.#result;
    const whole = imported.length + skipped.length;
    const kept = whole === 0 ? 'Nothing of it was imported' : `Whole before that, and in the store: ${whole}`;
    throw this.#invalid(this.#lines === 0 ? 'the file is empty' : `the file is cut off: no line says that it ends here. ${kept}`);
  }

  #open(line: ArchiveLine): void {
    if (line.kind !== 'archive') throw this.#invalid('this is no archive: the first line is no header');
    if (line.version !== archiveVersion) {
      throw this.#invalid(`this archive has version ${line.version}; this Planwright reads version ${archiveVersion}. Update it`);
    }
    this.#state = 'open';
  }

  #close(trees: number): void {
    if (this.#tree !== null) throw this.#invalid(`the archive ends inside of run "${this.#tree.rootRunId}"`);
    const found = this.#result.imported.length + this.#result.skipped.length;
    if (found !== trees) throw this.#invalid(`${trees} runs are said to be above, and ${found} are`);
    this.#state = 'over';
  }

  #begin({ record }: Extract<ArchiveLine, { kind: 'run' }>): void {
    if (record.parentRunId !== null || record.rootRunId !== record.runId) {
      throw this.#invalid(`run "${record.runId}" is below another one, which is not here`);
    }
    this.#tree = new ImportedTree(record, this.#lines);
  }

  async #enterInTree(tree: ImportedTree, line: Exclude<ArchiveLine, { kind: 'archive' | 'end' }>): Promise<void> {
    if (line.kind === 'value') await this.#keepValue(tree, line);
    else if (line.kind === 'blob') await this.#keepBlob(tree, line);
    else {
      const problem = tree.enter(line, this.#lines);
      if (problem !== null) throw this.#invalid(problem);
      if (line.kind === 'tree-end') {
        await this.#keepTree(tree);
        this.#tree = null;
      }
    }
  }

  async #keepValue(tree: ImportedTree, { hash, value }: Extract<ArchiveLine, { kind: 'value' }>): Promise<void> {
    const stored = await this.#store.putValue(value);
    if (stored.kind !== 'stored' || stored.hash !== hash) throw this.#invalid(`the value ${hash} has another hash`);
    tree.enterHash('values', hash);
  }

  async #keepBlob(tree: ImportedTree, { hash, base64 }: Extract<ArchiveLine, { kind: 'blob' }>): Promise<void> {
    const bytes = Buffer.from(base64, 'base64');
    if ((await this.#blobs.put(bytes)) !== hash) throw this.#invalid(`the blob ${hash} has another hash`);
    tree.enterHash('blobs', hash);
  }

  async #keepTree(tree: ImportedTree): Promise<void> {
    const folded = tree.fold();
    if ('problem' in folded) throw archiveInvalid(this.#file, folded.line, folded.problem);
    await this.#checkReferences(tree, folded.references);
    const isThere = await this.#findExisting(tree);
    if (!isThere) await writeTree(this.#store, tree);
    const what = isThere ? 'skipped' : 'imported';
    this.#result[what].push(tree.rootRunId);
    this.#onRun?.(tree.rootRunId, what);
  }

  /** What a run refers to came with it: an archive stands by itself. */
  async #checkReferences(tree: ImportedTree, references: Reference[]): Promise<void> {
    for (const reference of references) {
      const { stored, holds } = reference;
      if (stored.kind === 'stored' && !tree.hashes.has(stored.hash)) {
        throw this.#invalid(`run "${tree.rootRunId}" refers to the value ${stored.hash}, which is not in it`);
      }
      if (holds === 'result') continue;
      for (const hash of await this.#readContents(reference, stored)) {
        if (!tree.hashes.has(hash)) {
          throw this.#invalid(`run "${tree.rootRunId}" refers to the blob ${hash}, which is not in it`);
        }
      }
    }
  }

  async #readContents(reference: Reference, stored: StoredValue): Promise<string[]> {
    const value = await this.#store.getValue(stored);
    try {
      return contentsOf(reference, value);
    } catch (thrown) {
      throw this.#invalid(thrown instanceof Error ? thrown.message.replace(/\.$/, '') : String(thrown), thrown);
    }
  }

  /** @throws {PlanwrightError} when one of its runs is there with other events. */
  async #findExisting(tree: ImportedTree): Promise<boolean> {
    let isRootThere = false;
    for (const run of tree.runs) {
      const { runId } = run.record;
      const known = await this.#store.readEvents(runId);
      // What an import that was cut off has left.
      if (known.length === 0) continue;
      if (runId === tree.rootRunId) isRootThere = true;
      const difference = findDifference(run, known);
      if (difference === null) continue;
      throw archiveInvalid(
        this.#file,
        run.line,
        `run "${runId}" is in ${this.#store.location} already, with other events from event ${difference} on. ` +
          'It was left as it is; import into another store',
      );
    }
    return isRootThere;
  }

  #invalid(problem: string, cause?: unknown): PlanwrightError {
    return archiveInvalid(this.#file, Math.max(1, this.#lines), problem, cause);
  }
}

/** @returns the first event that is not the same, or null. */
function findDifference({ entries }: ImportedRun, known: readonly unknown[]): number | null {
  const length = Math.max(entries.length, known.length);
  for (let at = 0; at < length; at += 1) if (!isDeepStrictEqual(entries[at], known[at])) return at + 1;
  return null;
}

/** All in one turn, which a store may make one transaction. */
async function writeTree(store: Store, { runs, calls, outcome }: ImportedTree): Promise<void> {
  for (const run of runs) if (run.signals.length > 0) await dropSentSignals(store, run);
  const writes: Promise<unknown>[] = calls.map((call) => store.putCall(call));
  if (outcome !== undefined) writes.push(store.putOutcome(outcome));
  const [root, ...below] = runs;
  for (const run of [...below, root]) if (run !== undefined) writes.push(writeRun(store, run));
  await Promise.all(writes);
}

/** An import that was cut off may have sent some: they count once. */
async function dropSentSignals(store: Store, run: ImportedRun): Promise<void> {
  if ((await store.getRun(run.record.runId)) === undefined) return;
  const sent = await store.readSignals(run.record.runId);
  run.signals = run.signals.filter((signal) => !sent.some((known) => isDeepStrictEqual(known.signal, signal)));
}

async function writeRun(store: Store, { record, entries, signals }: ImportedRun): Promise<void> {
  const created = store.createRun(record);
  const appended = store.appendEvents(record.runId, entries).catch(async (thrown: unknown) => {
    // What an import that was cut off has left, and was found to be the same.
    if (await created) throw thrown;
  });
  const sent = signals.map((signal) => store.sendSignal(record.runId, signal));
  await Promise.all([created, appended, ...sent]);
}
