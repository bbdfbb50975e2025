/**
 * Merges patches that were made from one base. Invariants:
 * 1. The order of the patches, repeated patches and the grouping of merges change nothing: a merge is the union of sets of
 *    changes, in a text file of sets of edits.
 * 2. Each patch's change of each file is in the result, or that file is a conflict.
 */
import { compareText } from '../documents/compare-text.ts';
import { checkFits } from './apply-patch.ts';
import type { BlobStore } from './blob-store.ts';
import type { Conflict } from './conflict.ts';
import { distinctStates, type FileMerge, mergeFile } from './merge-file.ts';
import type { Patch, PatchChange } from './patch.ts';
import { type FileState, findCaseCollisions, findFileAndFolder, makeTree, sameState, type Tree, type TreeFile } from './tree.ts';
import type { TreeRules } from './tree-rules.ts';

export type Merge =
  /** `tree` is `base` with `patch`. */
  | { kind: 'merged'; tree: Tree; patch: Patch; caseCollisions: string[][] }
  /** By path; nothing is merged. */
  | { kind: 'conflict'; conflicts: Conflict[] };

export interface MergeOptions {
  /** Has the contents of the base and of the patches; gets the contents of merged files. */
  blobs: BlobStore;
  rules?: TreeRules;
  signal?: AbortSignal;
}

/**
 * @param patches Each made from `base`, in any order; none gives `base` itself.
 * @throws {PlanwrightError} `patch-mismatch` when one was made from another base, naming the file; `value-too-large` when the
 *   merged tree is beyond the rules' bounds; as `BlobStore`. Rejects with the signal's reason when it aborts.
 */
export async function mergePatches(base: Tree, patches: readonly Patch[], options: MergeOptions): Promise<Merge> {
  const files = new Map(base.files.map((file) => [file.path, file]));
  const merges = new Map<string, FileMerge>();
  for (const [path, changes] of groupByPath(files, patches)) {
    options.signal?.throwIfAborted();
    const before = stateOf(files.get(path));
    merges.set(path, before === null ? mergeAdded(path, changes) : await mergeFile(before, changes, options.blobs));
  }
  const conflicts = [...merges.values()].flatMap((merge) => (merge.kind === 'conflict' ? [merge.conflict] : []));
  conflicts.push(...findClashes(files, merges));
  if (conflicts.length > 0) return { kind: 'conflict', conflicts: conflicts.toSorted((a, b) => compareText(a.path, b.path)) };
  return conclude(files, merges, options.rules);
}

/** @returns by path, in code-unit order. @throws {PlanwrightError} `patch-mismatch`. */
function groupByPath(files: ReadonlyMap<string, TreeFile>, patches: readonly Patch[]): [string, PatchChange[]][] {
  const byPath = new Map<string, PatchChange[]>();
  for (const change of patches.flatMap((patch) => patch.changes)) {
    checkFits(files.get(change.path), change);
    const changes = byPath.get(change.path);
    if (changes === undefined) byPath.set(change.path, [change]);
    else changes.push(change);
  }
  return [...byPath].toSorted(([a], [b]) => compareText(a, b));
}

function mergeAdded(path: string, changes: readonly PatchChange[]): FileMerge {
  const versions = distinctStates(changes);
  const [after] = versions;
  if (versions.length === 1 && after !== undefined) return { kind: 'merged', after };
  return { kind: 'conflict', conflict: { path, kind: 'both-added', before: null, versions } };
}

/** Files of one patch that are folders in another. A file that one patch removes and another changes counts as removed. */
function findClashes(files: ReadonlyMap<string, TreeFile>, merges: ReadonlyMap<string, FileMerge>): Conflict[] {
  const standing = new Map<string, FileState>(files);
  for (const [path, merge] of merges) {
    const after = merge.kind === 'merged' ? merge.after : (merge.conflict.versions[0] ?? null);
    if (after === null) standing.delete(path);
    else standing.set(path, after);
  }
  return findFileAndFolder([...standing.keys()]).map(({ path, inside }) => ({
    path,
    kind: 'file-and-folder',
    before: stateOf(files.get(path)),
    versions: [stateOf(standing.get(path))],
    inside,
  }));
}

function conclude(files: ReadonlyMap<string, TreeFile>, merges: ReadonlyMap<string, FileMerge>, rules?: TreeRules): Merge {
  const merged = new Map(files);
  const changes: PatchChange[] = [];
  for (const [path, merge] of merges) {
    if (merge.kind === 'conflict') continue;
    changes.push(...toChange(path, stateOf(files.get(path)), merge));
    if (merge.after === null) merged.delete(path);
    else merged.set(path, { path, ...merge.after });
  }
  const tree = makeTree(merged.values(), rules);
  return { kind: 'merged', tree, patch: { version: 1, changes }, caseCollisions: findCaseCollisions(tree) };
}

function toChange(path: string, before: FileState | null, merge: Extract<FileMerge, { kind: 'merged' }>): PatchChange[] {
  const { after, mergedFrom } = merge;
  if (before === null) return after === null ? [] : [{ kind: 'added', path, after }];
  if (after === null) return [{ kind: 'removed', path, before }];
  if (mergedFrom !== undefined) return [{ kind: 'changed', path, before, after, mergedFrom }];
  if (sameState(before, after)) return [];
  return [{ kind: before.hash === after.hash ? 'mode' : 'changed', path, before, after }];
}

function stateOf(file: FileState | undefined): FileState | null {
  return file === undefined ? null : { hash: file.hash, mode: file.mode, size: file.size };
}
