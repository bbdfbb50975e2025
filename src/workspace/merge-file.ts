/** What several patches make of one file that stands in the base. Order and repetition of the patches change nothing. */
import { compareText } from '../documents/compare-text.ts';
import type { BlobStore } from './blob-store.ts';
import type { Conflict, ConflictRange } from './conflict.ts';
import { getFile } from './get-file.ts';
import { applyEdits, decodeText, diffLines, type LineEdit, splitLines } from './line-edits.ts';
import { findRange, type LineRange, mergeEdits } from './merge-edits.ts';
import { afterOf, type PatchChange } from './patch.ts';
import { type FileState, sameState } from './tree.ts';

export type FileMerge =
  | { kind: 'merged'; after: FileState | null; mergedFrom?: string[] }
  | { kind: 'conflict'; conflict: Conflict };

/** @param changes At least one, all of this path and made from `before`. */
export async function mergeFile(before: FileState, changes: readonly PatchChange[], blobs: BlobStore): Promise<FileMerge> {
  const path = changes[0]?.path ?? '';
  const states = distinctStates(changes);
  const [first] = states;
  if (states.length === 1 && first === null) return { kind: 'merged', after: null };
  if (first === null) {
    return { kind: 'conflict', conflict: { path, kind: 'changed-and-removed', before, versions: states } };
  }
  // A file has one of two modes: whoever differs from the base's is right.
  const mode = states.find((state) => state !== null && state.mode !== before.mode)?.mode ?? before.mode;
  const hashes = listContents(changes);
  const single = hashes.length > 1 ? undefined : changes.find((change) => change.kind === 'changed');
  if (single !== undefined) return { kind: 'merged', after: { ...single.after, mode } };
  if (hashes.length === 0) return { kind: 'merged', after: { ...before, mode } };
  const merge = await mergeContents(await getFile(blobs, before, path), hashes, blobs);
  if (merge.kind === 'conflict') {
    const conflict: Conflict = { path, kind: 'both-changed', before, versions: states };
    return { kind: 'conflict', conflict: merge.ranges === null ? conflict : { ...conflict, ranges: merge.ranges } };
  }
  const hash = await blobs.put(merge.bytes);
  return { kind: 'merged', after: { hash, mode, size: merge.bytes.length }, mergedFrom: hashes };
}

/** What the changes make of the file, each once: null first, then by hash and mode. */
export function distinctStates(changes: readonly PatchChange[]): (FileState | null)[] {
  const states: (FileState | null)[] = [];
  for (const state of changes.map(afterOf)) {
    const isKnown = states.some((known) => (known === null || state === null ? known === state : sameState(known, state)));
    if (!isKnown) states.push(state);
  }
  return states.toSorted((a, b) => compareText(keyOf(a), keyOf(b)));
}

function keyOf(state: FileState | null): string {
  return state === null ? '' : `${state.hash} ${state.mode}`;
}

/** The contents that the changes bring, by hash, each once; of a merged file those that it was merged from. */
function listContents(changes: readonly PatchChange[]): string[] {
  const hashes = changes.flatMap((change) => (change.kind === 'changed' ? (change.mergedFrom ?? [change.after.hash]) : []));
  return [...new Set(hashes)].toSorted(compareText);
}

type ContentsMerge = { kind: 'merged'; bytes: Uint8Array } | { kind: 'conflict'; ranges: ConflictRange[] | null };

/** `ranges` is null when one of the contents is no text. */
async function mergeContents(base: Uint8Array, hashes: readonly string[], blobs: BlobStore): Promise<ContentsMerge> {
  const baseText = decodeText(base);
  if (baseText === null) return { kind: 'conflict', ranges: null };
  const baseLines = splitLines(baseText);
  const versions: { hash: string; edits: LineEdit[] }[] = [];
  for (const hash of hashes) {
    const text = decodeText(await blobs.get(hash));
    if (text === null) return { kind: 'conflict', ranges: null };
    versions.push({ hash, edits: diffLines(baseLines, splitLines(text)) });
  }
  const merge = mergeEdits(versions.map(({ edits }) => edits));
  if (merge.kind === 'merged') return { kind: 'merged', bytes: Buffer.from(applyEdits(baseLines, merge.edits)) };
  return { kind: 'conflict', ranges: merge.ranges.map((range) => locate(range, versions)) };
}

function locate(range: LineRange, versions: readonly { hash: string; edits: LineEdit[] }[]): ConflictRange {
  return {
    ...toLines(range),
    versions: versions.map(({ hash, edits }) => ({ hash, ...toLines(findRange(edits, range)) })),
  };
}

function toLines({ start, end }: LineRange): { firstLine: number; lineCount: number } {
  return { firstLine: start + 1, lineCount: end - start };
}
