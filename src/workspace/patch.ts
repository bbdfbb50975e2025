/** A patch: what one tree has that another has not, file by file. It names contents by hash; a blob store has them. */
import type { FileState } from './tree.ts';

export type PatchChange =
  | { kind: 'added'; path: string; after: FileState }
  | { kind: 'removed'; path: string; before: FileState }
  /** The content differs, the mode may. */
  | {
      kind: 'changed';
      path: string;
      before: FileState;
      after: FileState;
      /**
       * Set by a merge of two or more contents: their hashes, in order. A later merge takes these and not the result, so
       * that it comes out the same however the merges are grouped.
       */
      mergedFrom?: string[];
    }
  /** Only the mode differs. */
  | { kind: 'mode'; path: string; before: FileState; after: FileState };

/** Plain JSON. It fits every tree in which the files it names are as `before` says, whatever else that tree has. */
export interface Patch {
  version: 1;
  /** By path, in code-unit order; each path once. */
  changes: readonly PatchChange[];
}

export const emptyPatch: Patch = { version: 1, changes: [] };

/** What a change makes of its file; null when there is none. */
export function afterOf(change: PatchChange): FileState | null {
  return change.kind === 'removed' ? null : change.after;
}

export function beforeOf(change: PatchChange): FileState | null {
  return change.kind === 'added' ? null : change.before;
}
