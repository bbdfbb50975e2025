/**
 * Writes a tree into a folder. Invariants:
 * 1. Nothing is written outside the folder, whatever links are put into it meanwhile (anchored-folder.ts); nothing that is
 *    there is overwritten.
 * 2. Either the whole tree stands, or the folder is empty again and an error says what could not be written.
 */
import { readdir } from 'node:fs/promises';
import { PlanwrightError } from '../errors.ts';
import { type AnchoredFolder, isStanding, makeFolderIn, openFolder, openNew, pathIn, shownPath } from './anchored-folder.ts';
import type { BlobStore } from './blob-store.ts';
import { forEachAtMost } from './bounded-parallel.ts';
import { emptyFolder } from './empty-folder.ts';
import { errnoOf, toFileError } from './file-error.ts';
import { getFile } from './get-file.ts';
import { checkTree, findCaseCollisions, type Tree, type TreeFile } from './tree.ts';
import { showPath, type TreeRules } from './tree-rules.ts';

export interface MaterializeOptions {
  /** An empty folder. */
  folder: string;
  rules?: TreeRules;
  signal?: AbortSignal;
}

/** Files written at once. */
const filesAtOnce = 8;

/**
 * @throws {PlanwrightError} `usage` when there is no such folder or something is in it; as `checkTree` and `BlobStore.get`;
 *   `workspace-failed` when a file cannot be written. Rejects with the signal's reason when it aborts.
 */
export async function materialize(tree: Tree, blobs: BlobStore, options: MaterializeOptions): Promise<void> {
  checkTree(tree, options.rules);
  const root = await openFolder(options.folder);
  try {
    await fillFolder(root, tree, { blobs, signal: options.signal });
  } finally {
    await root.handle.close();
  }
}

/** What `materialize` does with a folder that is open; it stays open. The tree has been checked. */
export async function fillFolder(
  root: AnchoredFolder,
  tree: Tree,
  { blobs, signal }: { blobs: BlobStore; signal?: AbortSignal | undefined },
): Promise<void> {
  const first = (await readdir(pathIn(root)))[0];
  if (first !== undefined) {
    throw new PlanwrightError(
      'usage',
      `Folder ${showPath(root.realPath)} is not empty (it has ${showPath(first)}). A tree is written into an empty folder.`,
    );
  }
  try {
    await writeLevel(root, nest(tree.files), { blobs, signal, tree });
  } catch (thrown) {
    await emptyFolder(root).catch((second: unknown) => {
      throw new PlanwrightError('workspace-failed', `${messageOf(thrown)} What had been written stays: ${messageOf(second)}`, {
        cause: thrown,
      });
    });
    throw thrown;
  }
}

/** One folder's files by name, and its folders. */
interface Level {
  files: Map<string, TreeFile>;
  folders: Map<string, Level>;
}

function nest(files: readonly TreeFile[]): Level {
  const root: Level = { files: new Map(), folders: new Map() };
  for (const file of files) {
    const parts = file.path.split('/');
    const name = parts.pop() ?? '';
    let level = root;
    for (const part of parts) {
      const next = level.folders.get(part) ?? { files: new Map(), folders: new Map() };
      level.folders.set(part, next);
      level = next;
    }
    level.files.set(name, file);
  }
  return root;
}

interface Writing {
  blobs: BlobStore;
  signal: AbortSignal | undefined;
  tree: Tree;
}

async function writeLevel(folder: AnchoredFolder, level: Level, writing: Writing): Promise<void> {
  await forEachAtMost(filesAtOnce, level.files, async ([name, file]) => writeFile(folder, { name, file }, writing));
  for (const [name, below] of level.folders) {
    const path = shownPath(folder, name);
    const inner = await makeFolderIn(folder, name).catch((thrown: unknown) => {
      throw cannotWrite(path, thrown, writing.tree);
    });
    try {
      await writeLevel(inner, below, writing);
      if (!(await isStanding(folder, name, inner.handle))) {
        throw new PlanwrightError('workspace-failed', `Folder ${showPath(path)} was moved away while it was written.`);
      }
    } finally {
      await inner.handle.close();
    }
  }
}

async function writeFile(
  folder: AnchoredFolder,
  { name, file }: { name: string; file: TreeFile },
  { blobs, signal, tree }: Writing,
): Promise<void> {
  signal?.throwIfAborted();
  const bytes = await getFile(blobs, file, file.path);
  try {
    const handle = await openNew(folder, name, file.mode === 'executable' ? 0o755 : 0o644);
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    throw cannotWrite(file.path, thrown, tree);
  }
}

function cannotWrite(path: string, thrown: unknown, tree: Tree): PlanwrightError {
  if (errnoOf(thrown) !== 'EEXIST') return toFileError('workspace-failed', `${showPath(path)} cannot be written`, thrown);
  const collision = findCaseCollisions(tree).find((names) => names.some((name) => name === path));
  const why =
    collision === undefined
      ? 'something has that name already'
      : `this file system takes ${collision.map(showPath).join(' and ')} for one name`;
  return new PlanwrightError('workspace-failed', `${showPath(path)} cannot be written: ${why}.`, { cause: thrown });
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
