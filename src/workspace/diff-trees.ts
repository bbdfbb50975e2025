import { compareText } from '../documents/compare-text.ts';
import { directChange, type Patch } from './patch.ts';
import { stateOf, type Tree } from './tree.ts';

/** The patch that makes `changed` of `base`: the same two trees give the same patch. A renamed file is removed and added. */
export function diffTrees(base: Tree, changed: Tree): Patch {
  const before = new Map(base.files.map((file) => [file.path, file]));
  const after = new Map(changed.files.map((file) => [file.path, file]));
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted(compareText);
  return {
    version: 1,
    changes: paths.flatMap((path) => directChange(path, stateOf(before.get(path)), stateOf(after.get(path)))),
  };
}
