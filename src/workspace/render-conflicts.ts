/** Conflicts with the lines that they are about: for the person or the attempt that has to resolve them. */
import type { BlobStore } from './blob-store.ts';
import { BoundedText } from './bounded-text.ts';
import { type Conflict, type ConflictRange, describeConflict } from './conflict.ts';
import { decodeText, splitLines } from './line-edits.ts';
import type { RenderOptions } from './render-patch.ts';

/**
 * Each conflict's sentence; for lines changed in different ways what the base has there and what each version has.
 * @param blobs Has the contents of the base and of the versions.
 * @throws {PlanwrightError} as `BlobStore.get`.
 */
export async function renderConflicts(
  conflicts: readonly Conflict[],
  blobs: BlobStore,
  options: RenderOptions = {},
): Promise<string> {
  const { maxCharacters = 100_000, maxLineCharacters = 2000 } = options;
  const text = new BoundedText({ maxCharacters, maxLineCharacters });
  for (const conflict of conflicts) {
    text.add(`${describeConflict(conflict)}.`);
    for (const line of await listSides(conflict, blobs)) text.add(line);
    if (text.isFull) return text.toString('… the rest does not fit');
  }
  return text.toString();
}

async function listSides(conflict: Conflict, blobs: BlobStore): Promise<string[]> {
  const { before, ranges } = conflict;
  if (ranges === undefined || before === null) return [];
  const hashes = [before.hash, ...(ranges[0]?.versions ?? []).map(({ hash }) => hash)];
  const contents = new Map<string, string[]>();
  for (const hash of hashes) contents.set(hash, splitLines(decodeText(await blobs.get(hash)) ?? ''));
  const showLines = ({ hash, firstLine, lineCount }: ConflictRange['versions'][number]) =>
    (contents.get(hash) ?? []).slice(firstLine - 1, firstLine - 1 + lineCount).map((line) => `| ${line.replace(/\r?\n$/, '')}`);
  return ranges.flatMap((range) => [
    `${describeSide('base', range)}:`,
    ...showLines({ hash: before.hash, ...range }),
    ...range.versions.flatMap((version) => [
      `${describeSide(`version ${version.hash.slice(0, 12)}`, version)}:`,
      ...showLines(version),
    ]),
  ]);
}

function describeSide(name: string, { firstLine, lineCount }: { firstLine: number; lineCount: number }): string {
  if (lineCount === 0) return `${name}, nothing before line ${firstLine}`;
  return lineCount === 1 ? `${name}, line ${firstLine}` : `${name}, lines ${firstLine}–${firstLine + lineCount - 1}`;
}
