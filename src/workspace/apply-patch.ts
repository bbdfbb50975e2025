import { PlanwrightError } from '../errors.ts';
import { afterOf, beforeOf, type Patch, type PatchChange, sameVersion, type Version } from './patch.ts';
import { makeTree, stateOf, type Tree, type TreeFile } from './tree.ts';
import { showPath, type TreeRules } from './tree-rules.ts';

/**
 * The tree that the patch makes of `base`. Files that the patch doesn't name may be anything.
 * @throws {PlanwrightError} `patch-mismatch` when a file of `base` is not what the patch was made from, naming the file; as
 *   `checkTree` when the result is no valid tree.
 */
export function applyPatch(base: Tree, patch: Patch, rules?: TreeRules): Tree {
  const files = new Map(base.files.map((file) => [file.path, file]));
  for (const change of patch.changes) {
    checkFits(files.get(change.path), change);
    const after = afterOf(change);
    if (after === null) files.delete(change.path);
    else files.set(change.path, { path: change.path, ...after });
  }
  return makeTree(files.values(), rules);
}

/** @throws {PlanwrightError} `patch-mismatch` when `found` is not what the change was made from. */
export function checkFits(found: TreeFile | undefined, change: PatchChange): void {
  const expected = beforeOf(change);
  if (sameVersion(stateOf(found), expected)) return;
  throw new PlanwrightError(
    'patch-mismatch',
    `The patch does not fit: it expects ${describe(expected, change.path)} and finds ${describe(stateOf(found), change.path)}. Make it again from this base.`,
    { details: { path: change.path } },
  );
}

function describe(state: Version, path: string): string {
  if (state === null) return `no file ${showPath(path)}`;
  const { hash, mode, size } = state;
  return `${showPath(path)} with content ${hash.slice(0, 12)} (${size} bytes${mode === 'executable' ? ', executable' : ''})`;
}
