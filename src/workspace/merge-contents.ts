/** Merges contents of one file by lines. */
import type { BlobStore } from './blob-store.ts';
import type { ConflictRange } from './conflict.ts';
import { getFile } from './get-file.ts';
import { applyEdits, decodeText, diffLines, type LineEdit, splitLines } from './line-edits.ts';
import { findRange, type LineRange, mergeEdits } from './merge-edits.ts';
import type { FileState } from './tree.ts';

export type ContentsMerge =
  | { kind: 'merged'; content: { hash: string; size: number } }
  /** `ranges` is null when one of the contents is no text. */
  | { kind: 'conflict'; ranges: ConflictRange[] | null };

/** @param hashes Of two or more contents that were made from `base`, in order. */
export async function mergeContents(
  base: FileState,
  { path, hashes }: { path: string; hashes: readonly string[] },
  blobs: BlobStore,
): Promise<ContentsMerge> {
  const baseText = decodeText(await getFile(blobs, base, path));
  if (baseText === null) return { kind: 'conflict', ranges: null };
  const baseLines = splitLines(baseText);
  const versions: { hash: string; edits: LineEdit[] }[] = [];
  for (const hash of hashes) {
    const text = decodeText(await blobs.get(hash));
    if (text === null) return { kind: 'conflict', ranges: null };
    versions.push({ hash, edits: diffLines(baseLines, splitLines(text)) });
  }
  const merge = mergeEdits(versions.map(({ edits }) => edits));
  if (merge.kind === 'conflict') return { kind: 'conflict', ranges: merge.ranges.map((range) => locate(range, versions)) };
  const bytes = Buffer.from(applyEdits(baseLines, merge.edits));
  return { kind: 'merged', content: { hash: await blobs.put(bytes), size: bytes.length } };
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
