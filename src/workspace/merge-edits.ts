/**
 * Merges the edits of any number of versions of one text. What is merged is a set: the same edit made by several versions is
 * made once, and neither the order of the versions nor a version's repetition matters.
 */
import { compareText } from '../documents/compare-text.ts';
import type { LineEdit } from './line-edits.ts';

/** Lines [start, end) of the base, from 0, that versions want different things of; an empty range is a place between lines. */
export interface LineRange {
  start: number;
  end: number;
}

export type EditsMerge = { kind: 'merged'; edits: LineEdit[] } | { kind: 'conflict'; ranges: LineRange[] };

/**
 * Two different edits conflict when they overlap or touch: without an unchanged line between them nobody can say that the one
 * holds beside the other.
 * @param versions Each version's edits, as `diffLines` gives them.
 */
export function mergeEdits(versions: readonly (readonly LineEdit[])[]): EditsMerge {
  const sorted = versions.flat().toSorted(compareEdits);
  const edits: LineEdit[] = [];
  const ranges: LineRange[] = [];
  let group: { start: number; end: number; isConflict: boolean } | undefined;
  const closeGroup = () => {
    if (group?.isConflict === true) ranges.push({ start: group.start, end: group.end });
  };
  for (const edit of sorted) {
    const previous = edits.at(-1);
    if (previous !== undefined && compareEdits(previous, edit) === 0) continue;
    edits.push(edit);
    if (group === undefined || edit.start > group.end) {
      closeGroup();
      group = { start: edit.start, end: edit.end, isConflict: false };
    } else {
      group = { start: group.start, end: Math.max(group.end, edit.end), isConflict: true };
    }
  }
  closeGroup();
  return ranges.length > 0 ? { kind: 'conflict', ranges } : { kind: 'merged', edits };
}

/** Where the lines of a range of the base are in a version, 0-based; the range touches no edit that reaches out of it. */
export function findRange(edits: readonly LineEdit[], { start, end }: LineRange): LineRange {
  let shift = 0;
  let growth = 0;
  for (const edit of edits) {
    const grown = edit.lines.length - (edit.end - edit.start);
    if (edit.end < start) shift += grown;
    else if (edit.start <= end) growth += grown;
  }
  return { start: start + shift, end: end + shift + growth };
}

function compareEdits(a: LineEdit, b: LineEdit): number {
  if (a.start !== b.start) return a.start - b.start;
  if (a.end !== b.end) return a.end - b.end;
  if (a.lines.length !== b.lines.length) return a.lines.length - b.lines.length;
  for (const [index, line] of a.lines.entries()) {
    const order = compareText(line, b.lines[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
