/** What patches disagree about, in the words of a verdict. */
import type { Verdict } from '../verify/verdict.ts';
import type { FileState } from './tree.ts';
import { showPath } from './tree-rules.ts';

export type ConflictKind =
  /** Two contents that do not merge: overlapping lines, or no text. */
  | 'both-changed'
  | 'changed-and-removed'
  /** Two new files of one name that differ in content or mode. */
  | 'both-added'
  /** One patch has a file where another has a folder. */
  | 'file-and-folder';

export interface ConflictRange {
  /** In the base, from 1; with `lineCount` 0 the place before that line. */
  firstLine: number;
  lineCount: number;
  /** The same lines in each content that the patches made, by hash. */
  versions: { hash: string; firstLine: number; lineCount: number }[];
}

/** Plain JSON. Does not depend on the order of the patches: what they make of the path is listed by hash. */
export interface Conflict {
  path: string;
  kind: ConflictKind;
  /** What stood there before; null for nothing. */
  before: FileState | null;
  /** What the patches make of it, each once; null for removed, first. */
  versions: (FileState | null)[];
  /** `file-and-folder`: a path inside the folder. */
  inside?: string;
  /** `both-changed` of text files. */
  ranges?: ConflictRange[];
}

const shownConflicts = 20;
const shownRanges = 10;

/** One line each: `"src/a.ts": lines 10–14 are changed in 2 different ways`. */
export function describeConflict(conflict: Conflict): string {
  const path = showPath(conflict.path);
  const contents = conflict.versions.length;
  switch (conflict.kind) {
    case 'both-changed':
      return conflict.ranges === undefined
        ? `${path}: changed in ${contents} different ways and not a text file that can be merged by lines`
        : `${path}: ${describeRanges(conflict.ranges)} changed in different ways`;
    case 'changed-and-removed':
      return `${path}: changed by one patch and removed by another`;
    case 'both-added':
      return `${path}: added in ${contents} different forms`;
    case 'file-and-folder':
      return `${path}: a file in one patch and the folder of ${showPath(conflict.inside ?? '')} in another`;
    default:
      return conflict.kind satisfies never;
  }
}

/** A conflict is a verdict: `rejected`, the conflicts as its reason and, one by one, its evidence. */
export function conflictVerdict(conflicts: readonly Conflict[]): Verdict {
  const lines = conflicts.slice(0, shownConflicts).map(describeConflict);
  const more = conflicts.length - lines.length;
  const list = lines.map((line) => `- ${line}`).join('\n');
  return {
    kind: 'rejected',
    reason: `The patches cannot be merged:\n${list}${more > 0 ? `\n- and ${more} more files` : ''}`,
    evidence: lines.map((detail) => ({ check: 'merge', passed: false, detail })),
  };
}

function describeRanges(ranges: readonly ConflictRange[]): string {
  const places = ranges.slice(0, shownRanges).map(({ firstLine, lineCount }) => {
    if (lineCount === 0) return firstLine === 1 ? 'the beginning' : `what follows line ${firstLine - 1}`;
    return lineCount === 1 ? `line ${firstLine}` : `lines ${firstLine}–${firstLine + lineCount - 1}`;
  });
  const more = ranges.length - places.length;
  const list = [...places, ...(more > 0 ? [`${more} more places`] : [])].join(', ');
  const isOne = ranges.length === 1 && (ranges[0]?.lineCount ?? 0) <= 1;
  return `${list} ${isOne ? 'is' : 'are'}`;
}
