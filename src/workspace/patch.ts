/** A patch: what one tree has that another has not, file by file. It names contents by hash; a blob store has them. */
import { type FileState, sameState } from './tree.ts';

/** What a file is at some moment; null when there is none. */
export type Version = FileState | null;

/** A version as somebody made it. */
export interface Making {
  version: Version;
  /** From 1: one more than the greatest of what it was made from. */
  depth: number;
  /** What it was made from, as indices into the history. Several: their merge. None: the patch's base, or what is forgotten. */
  from: number[];
}

/**
 * All that led to a version, by depth, then by version; the 256 deepest. What nothing else was made from is, merged, the
 * version itself.
 */
export type History = Making[];

/** `history` is absent when the version was made from the patch's base directly. Merges read it (merge-file.ts). */
export type PatchChange =
  | { kind: 'added'; path: string; after: FileState; history?: History }
  | { kind: 'removed'; path: string; before: FileState; history?: History }
  /** The content differs, the mode may. */
  | { kind: 'changed'; path: string; before: FileState; after: FileState; history?: History }
  /** Only the mode differs. */
  | { kind: 'mode'; path: string; before: FileState; after: FileState; history?: History }
  /** Nothing differs, but something did on the way: one changed the file and the next changed it back. */
  | { kind: 'restored'; path: string; before: Version; history: History };

/** Plain JSON. It fits every tree in which the files it names are as `before` says, whatever else that tree has. */
export interface Patch {
  version: 1;
  /** By path, in code-unit order; each path once. */
  changes: readonly PatchChange[];
}

export const emptyPatch: Patch = { version: 1, changes: [] };

export function beforeOf(change: PatchChange): Version {
  return change.kind === 'added' ? null : change.before;
}

export function afterOf(change: PatchChange): Version {
  switch (change.kind) {
    case 'removed':
      return null;
    case 'restored':
      return change.before;
    default:
      return change.after;
  }
}

export function historyOf(change: PatchChange): History {
  return change.history ?? [{ version: afterOf(change), depth: 1, from: [] }];
}

/** The change from one version to another; none when they are the same and nothing was there between them. */
export function changeBetween(
  path: string,
  before: Version,
  { after, history }: { after: Version; history: History },
): PatchChange[] {
  const isDirect = history.length === 1 && history[0]?.depth === 1;
  if (sameVersion(before, after)) return isDirect ? [] : [{ kind: 'restored', path, before, history }];
  const past = isDirect ? {} : { history };
  if (before === null) return after === null ? [] : [{ kind: 'added', path, after, ...past }];
  if (after === null) return [{ kind: 'removed', path, before, ...past }];
  return [{ kind: before.hash === after.hash ? 'mode' : 'changed', path, before, after, ...past }];
}

/** The change from one version to another that somebody made of it at once. */
export function directChange(path: string, before: Version, after: Version): PatchChange[] {
  return changeBetween(path, before, { after, history: [{ version: after, depth: 1, from: [] }] });
}

export function sameVersion(a: Version, b: Version): boolean {
  return a === null || b === null ? a === b : sameState(a, b);
}
