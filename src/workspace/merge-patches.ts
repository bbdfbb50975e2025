/**
 * Merges patches that were made from one base. Invariants:
 * 1. The order of the patches, repeated patches and the grouping of merges change nothing: a merge is the union of sets of
 *    versions, and in a text file of sets of edits.
 * 2. Each patch's change of each file is in the result, or in what another patch made of that, or the file is a conflict.
 */
import { compareText } from '../documents/compare-text.ts';
import { checkFits } from './apply-patch.ts';
import type { BlobStore } from './blob-store.ts';
import type { Conflict } from './conflict.ts';
import { type FileMerge, mergeFile } from './merge-file.ts';
import { changeBetween, type Patch, type PatchChange } from './patch.ts';
import { type FileState, findCaseCollisions, findFileAndFolder, makeTree, stateOf, type Tree, type TreeFile } from './tree.ts';
import type { TreeRules } from './tree-rules.ts';

export type Merge =
  /** `tree` is `base` with `patch`. */
  | { kind: 'merged'; tree: Tree; patch: Patch; caseCollisions: string[][] }
  /** By path; nothing is merged. */
  | { kind: 'conflict'; conflicts: Conflict[] };

export interface MergeOptions {
  /** Has the contents of the base, of the patches and of what they were composed of; gets the contents of merged files. */
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
    merges.set(path, await mergeFile(changes, { path, before: stateOf(files.get(path)), blobs: options.blobs }));
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
    versions: [standing.get(path) ?? null],
    inside,
  }));
}

function conclude(files: ReadonlyMap<string, TreeFile>, merges: ReadonlyMap<string, FileMerge>, rules?: TreeRules): Merge {
  const merged = new Map(files);
  const changes: PatchChange[] = [];
  for (const [path, merge] of merges) {
    if (merge.kind === 'conflict') continue;
    changes.push(...changeBetween(path, stateOf(files.get(path)), merge));
    if (merge.after === null) merged.delete(path);
    else merged.set(path, { path, ...merge.after });
  }
  const tree = makeTree(merged.values(), rules);
  return { kind: 'merged', tree, patch: { version: 1, changes }, caseCollisions: findCaseCollisions(tree) };
}
