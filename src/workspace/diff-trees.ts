import { compareText } from '../documents/compare-text.ts';
import type { Patch, PatchChange } from './patch.ts';
import type { FileState, Tree, TreeFile } from './tree.ts';

/** The patch that makes `changed` of `base`: the same two trees give the same patch. A renamed file is removed and added. */
export function diffTrees(base: Tree, changed: Tree): Patch {
  const before = new Map(base.files.map((file) => [file.path, file]));
  const after = new Map(changed.files.map((file) => [file.path, file]));
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted(compareText);
  return { version: 1, changes: paths.flatMap((path) => diffFile(path, before.get(path), after.get(path))) };
}

function diffFile(path: string, before: TreeFile | undefined, after: TreeFile | undefined): PatchChange[] {
  if (before === undefined) return after === undefined ? [] : [{ kind: 'added', path, after: stateOf(after) }];
  if (after === undefined) return [{ kind: 'removed', path, before: stateOf(before) }];
  if (before.hash !== after.hash) return [{ kind: 'changed', path, before: stateOf(before), after: stateOf(after) }];
  return before.mode === after.mode ? [] : [{ kind: 'mode', path, before: stateOf(before), after: stateOf(after) }];
}

function stateOf({ hash, mode, size }: TreeFile): FileState {
  return { hash, mode, size };
}
