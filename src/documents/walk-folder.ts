/** Which documents a folder holds: names, sizes and stamps; no content is read. Links are not followed. */
import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from './compare-text.ts';
import { type DocumentKind, documentKind, isSkippedFolder } from './document-kind.ts';
import { maxFileBytes } from './read-inside.ts';

export interface WalkLimits {
  files: number;
  /** Of all files together. */
  bytes: number;
  /** Folder entries looked at, documents or not: a bound for folders with millions of images. */
  entries: number;
}

export const walkLimits: WalkLimits = { files: 5000, bytes: 50 * 1024 * 1024, entries: 200_000 };

export interface FoundFile {
  /** Relative to the root, with forward slashes. */
  path: string;
  kind: DocumentKind;
  /** Changes whenever the file does: inode, size, nanoseconds of its last change. */
  stamp: string;
}

/** Files that would have been read but for one reason. */
export interface LeftOut {
  reason: 'binary' | 'too-large' | 'too-many-files' | 'too-much-text' | 'link' | 'unreadable';
  /** Files or, for an unreadable folder, folders. */
  count: number;
  /** The first three. */
  examples: string[];
}

export interface Walk {
  /** By path, in code-unit order. */
  files: FoundFile[];
  leftOut: LeftOut[];
}

/** Counts by reason with a few examples each. */
export class LeftOutCounter {
  readonly #byReason = new Map<LeftOut['reason'], LeftOut>();

  add(reason: LeftOut['reason'], path: string): void {
    const entry = this.#byReason.get(reason) ?? { reason, count: 0, examples: [] };
    this.#byReason.set(reason, entry);
    entry.count += 1;
    if (entry.examples.length < 3) entry.examples.push(path);
  }

  list(): LeftOut[] {
    return [...this.#byReason.values()].toSorted((a, b) => compareText(a.reason, b.reason));
  }
}

/** @param root the root's real path. */
export async function walkFolder(root: string, limits: WalkLimits = walkLimits): Promise<Walk> {
  const files: FoundFile[] = [];
  const leftOut = new LeftOutCounter();
  const folders = [''];
  let entriesLeft = limits.entries;
  let bytesLeft = limits.bytes;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) {
      leftOut.add('unreadable', folder === '' ? '.' : folder);
      continue;
    }
    const below: string[] = [];
    for (const entry of entries.toSorted((a, b) => compareText(a.name, b.name))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      entriesLeft -= 1;
      if (entriesLeft < 0) {
        leftOut.add('too-many-files', path);
        continue;
      }
      const kind = judgeEntry(entry, path, below, leftOut);
      if (kind === undefined) continue;
      if (files.length >= limits.files) {
        leftOut.add('too-many-files', path);
        continue;
      }
      const stats = await lstat(join(root, path), { bigint: true }).catch(() => undefined);
      const reason = judgeStats(stats, bytesLeft);
      if (stats === undefined || reason !== undefined) {
        leftOut.add(reason ?? 'unreadable', path);
        continue;
      }
      bytesLeft -= Number(stats.size);
      files.push({ path, kind, stamp: `${stats.ino}:${stats.size}:${stats.ctimeNs}:${stats.mtimeNs}` });
    }
    folders.push(...below.toReversed());
  }
  return { files: files.toSorted((a, b) => compareText(a.path, b.path)), leftOut: leftOut.list() };
}

/** The kind of a document; folders to enter go to `below`. A name that cannot be cited (control characters, backslash) is left out. */
function judgeEntry(entry: Dirent, path: string, below: string[], leftOut: LeftOutCounter): DocumentKind | undefined {
  if (entry.isDirectory()) {
    if (!isSkippedFolder(entry.name)) below.push(path);
    return undefined;
  }
  const kind = documentKind(path);
  if (kind === undefined) return undefined;
  if (entry.isSymbolicLink()) leftOut.add('link', path);
  else if (!entry.isFile() || /[\p{Cc}\\\uFFFD]/u.test(path)) leftOut.add('unreadable', path);
  else return kind;
  return undefined;
}

function judgeStats(stats: BigIntStats | undefined, bytesLeft: number): LeftOut['reason'] | undefined {
  if (stats === undefined || !stats.isFile()) return 'unreadable';
  if (stats.size > maxFileBytes) return 'too-large';
  return stats.size > bytesLeft ? 'too-much-text' : undefined;
}
