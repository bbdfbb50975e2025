/**
 * The tree of a real folder. Invariants:
 * 1. Nothing outside the folder is read, whatever links stand in it or are put into it meanwhile.
 * 2. All of the tree stood at one moment: when the last file has been read, the stamp of each is compared once more. A
 *    folder that keeps changing is an error, never half of two states.
 * 3. A file is known by its content alone: no stamp of an earlier reading is trusted.
 */
import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { compareText } from '../documents/compare-text.ts';
import { PlanwrightError } from '../errors.ts';
import { type AnchoredFolder, openFolder, openToRead, pathIn, shownPath } from './anchored-folder.ts';
import { type BlobStore, hashBytes } from './blob-store.ts';
import { forEachAtMost } from './bounded-parallel.ts';
import { toFileError } from './file-error.ts';
import { findCaseCollisions, makeTree, type Tree, type TreeFile } from './tree.ts';
import { defaultTreeRules, showPath, type TreeRules } from './tree-rules.ts';
import { isVanished, type LeftOut, upToFolder, visitFolder } from './visit-folder.ts';

export interface ReadTreeOptions {
  /** Contents that this tree has are in `blobs` already and are not put again. */
  base?: Tree;
  /** Names of files and folders to leave out, at any depth: `node_modules`. Default: none. */
  skip?: readonly string[];
  rules?: TreeRules;
  signal?: AbortSignal;
}

export interface FolderReading {
  tree: Tree;
  /** Links, devices, names that no tree may have, Git's files, what `skip` names. */
  leftOut: LeftOut[];
  /** Names that are one file where case does not count (see `findCaseCollisions`). */
  caseCollisions: string[][];
}

/** Files read at once. */
const filesAtOnce = 8;
/** How often a folder that changes while it is read is read. */
const maxTries = 3;

/**
 * @param blobs Gets the content of each file.
 * @throws {PlanwrightError} `usage` when there is no folder; `value-too-large` beyond the rules' bounds; `workspace-failed` for
 *   what cannot be read, and when the folder changed during each of three readings.
 */
export async function readTree(folder: string, blobs: BlobStore, options: ReadTreeOptions = {}): Promise<FolderReading> {
  const root = await openFolder(folder);
  try {
    return await readOpenFolder(root, blobs, options);
  } finally {
    await root.handle.close();
  }
}

/** `readTree` of a folder that is open; it stays open. */
export async function readOpenFolder(root: AnchoredFolder, blobs: BlobStore, options: ReadTreeOptions): Promise<FolderReading> {
  let changed: string[] = [];
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const reading = new Reading(blobs, options);
    const leftOut = await reading.readFiles(root);
    changed = await reading.findChanged(root);
    if (changed.length > 0) continue;
    const tree = makeTree(reading.files, options.rules);
    return { tree, leftOut, caseCollisions: findCaseCollisions(tree) };
  }
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : '';
  throw new PlanwrightError(
    'workspace-failed',
    `${changed.slice(0, 3).map(showPath).join(', ')}${more} changed while the folder was read, ${maxTries} times. Stop what writes to it and try again.`,
    { details: { changed: changed.slice(0, 100) } },
  );
}

interface Content {
  bytes: Uint8Array;
  stats: BigIntStats;
}

/** One pass over the folder, and the look back at it. */
class Reading {
  readonly files: TreeFile[] = [];
  readonly #blobs: BlobStore;
  readonly #known: ReadonlySet<string>;
  readonly #rules: TreeRules;
  readonly #skip: ReadonlySet<string>;
  readonly #signal: AbortSignal | undefined;
  /** By path, of each file that was read. */
  readonly #stamps = new Map<string, string>();
  readonly #changed = new Set<string>();
  #fileCount = 0;
  #totalBytes = 0;

  constructor(blobs: BlobStore, { base, skip = [], rules = defaultTreeRules, signal }: ReadTreeOptions) {
    this.#blobs = blobs;
    this.#known = new Set(base?.files.map(({ hash }) => hash));
    this.#rules = rules;
    this.#skip = new Set(skip);
    this.#signal = signal;
  }

  readFiles(root: AnchoredFolder): Promise<LeftOut[]> {
    return this.#visit(root, async (folder, names) => {
      this.#fileCount += names.length;
      if (this.#fileCount > this.#rules.files) throw tooLarge(`${upToFolder(folder)}: more than ${this.#rules.files} files.`);
      await forEachAtMost(filesAtOnce, names, async (name) => this.#readFile(folder, name));
    });
  }

  /** Invariant 2. @returns paths in code-unit order. */
  async findChanged(root: AnchoredFolder): Promise<string[]> {
    const unseen = new Map(this.#stamps);
    await this.#visit(root, (folder, names) =>
      forEachAtMost(filesAtOnce, names, async (name) => {
        const path = shownPath(folder, name);
        const stats = await lstat(pathIn(folder, name), { bigint: true }).catch(() => undefined);
        if (stats === undefined || unseen.get(path) !== stampOf(stats)) this.#changed.add(path);
        unseen.delete(path);
      }),
    );
    for (const path of unseen.keys()) this.#changed.add(path);
    return [...this.#changed].toSorted(compareText);
  }

  #visit(root: AnchoredFolder, onFiles: (folder: AnchoredFolder, names: string[]) => Promise<void>): Promise<LeftOut[]> {
    return visitFolder(root, {
      rules: this.#rules,
      skip: this.#skip,
      signal: this.#signal,
      onFiles,
      onVanished: (path) => this.#changed.add(path),
    });
  }

  async #readFile(folder: AnchoredFolder, name: string): Promise<void> {
    this.#signal?.throwIfAborted();
    const path = shownPath(folder, name);
    const content = await this.#readStable(folder, name, path).catch((thrown: unknown) => {
      if (isVanished(thrown)) return undefined;
      throw toFileError('workspace-failed', `${showPath(path)} cannot be read`, thrown);
    });
    if (content === undefined) this.#changed.add(path);
    else await this.#keep(path, content.bytes, content.stats);
  }

  /** @returns undefined when the file changed under the reading, or is none any more. */
  async #readStable(folder: AnchoredFolder, name: string, path: string): Promise<Content | undefined> {
    const handle = await openToRead(folder, name);
    try {
      const before = await handle.stat({ bigint: true });
      if (!before.isFile()) return undefined;
      this.#checkBounds(folder, path, before);
      const buffer = Buffer.allocUnsafe(Number(before.size) + 1);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      const stats = await handle.stat({ bigint: true });
      const isStable = BigInt(bytesRead) === before.size && stampOf(stats) === stampOf(before);
      return isStable ? { bytes: buffer.subarray(0, bytesRead), stats } : undefined;
    } finally {
      await handle.close();
    }
  }

  async #keep(path: string, bytes: Uint8Array, stats: BigIntStats): Promise<void> {
    const hash = hashBytes(bytes);
    if (!this.#known.has(hash)) await this.#blobs.put(bytes);
    const mode = (stats.mode & 0o100n) === 0n ? 'file' : 'executable';
    this.files.push({ path, hash, mode, size: bytes.length });
    this.#stamps.set(path, stampOf(stats));
  }

  /** Before the bytes are read: a file of a terabyte costs nothing. */
  #checkBounds(folder: AnchoredFolder, path: string, { size }: BigIntStats): void {
    const { fileBytes, totalBytes } = this.#rules;
    if (size > fileBytes) throw tooLarge(`File ${showPath(path)} has ${size} bytes; at most ${fileBytes} are kept.`);
    this.#totalBytes += Number(size);
    if (this.#totalBytes > totalBytes) throw tooLarge(`${upToFolder(folder)}: more than ${totalBytes} bytes.`);
  }
}

function tooLarge(what: string): PlanwrightError {
  return new PlanwrightError('value-too-large', `${what} Skip what can be made again, or raise the limit.`);
}

/** Changes whenever the file does, but for two changes within one tick of the file system's clock (Linux: 4 ms or less). */
function stampOf({ dev, ino, size, mode, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mode}:${mtimeNs}:${ctimeNs}`;
}
