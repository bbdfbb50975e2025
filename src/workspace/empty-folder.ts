/**
 * Removes what is in a folder, whatever it is. Invariants:
 * 1. Nothing outside is removed, whatever links stand there or are put there meanwhile (anchored-folder.ts).
 * 2. Two folders are open at most and nothing recurses: a folder in a folder is first moved up, so depth costs nothing.
 */
import { readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { PlanwrightError } from '../errors.ts';
import { type AnchoredFolder, checkInPlace, openFolder, openFolderIn, pathIn } from './anchored-folder.ts';
import { errnoOf, toFileError } from './file-error.ts';
import { showPath } from './tree-rules.ts';

/** How often a folder into which something keeps writing is gone through. */
const maxRounds = 10;

/** @throws {PlanwrightError} `workspace-failed` when something stays: for want of permission, or because it keeps coming back. */
export async function emptyFolder(root: AnchoredFolder): Promise<void> {
  try {
    await allowChanges(root);
    for (let round = 0; round < maxRounds; round += 1) {
      const names = await listNames(root);
      if (names.length === 0) return;
      await removeAll(root, names);
    }
  } catch (thrown) {
    throw toFileError('workspace-failed', `${showPath(root.realPath)} cannot be emptied`, thrown);
  }
  throw new PlanwrightError(
    'workspace-failed',
    `${showPath(root.realPath)} cannot be emptied: something keeps writing to it. Stop that, then remove the folder.`,
  );
}

/**
 * Removes the folders in `root` that `openWorkspace` made there: what is left when a process was killed. Only when no
 * workspace of this root is in use.
 * @throws {PlanwrightError} as `emptyFolder`; `usage` when there is no folder `root`.
 */
export async function clearWorkspaces(root: string): Promise<void> {
  const folder = await openFolder(root);
  try {
    await emptyFolder(folder);
  } finally {
    await folder.handle.close();
  }
}

async function removeAll(root: AnchoredFolder, names: string[]): Promise<void> {
  const waiting = [...names];
  let movedUp = 0;
  const nextName = () => {
    movedUp += 1;
    return `.planwright-removed-${movedUp}`;
  };
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (await removeFile(root, name)) continue;
    const folder = await openFolderIn(root, name).catch(ignoreReplaced);
    if (folder === undefined) continue;
    try {
      await allowChanges(folder);
      for (const inner of await listNames(folder)) {
        if (!(await removeFile(folder, inner))) waiting.push(...(await moveUp(root, { folder, inner, nextName })));
      }
    } finally {
      await folder.handle.close();
    }
    await rmdir(pathIn(root, name)).catch(ignoreReplaced);
  }
}

/** @returns false for a folder, which is left. */
async function removeFile(folder: AnchoredFolder, name: string): Promise<boolean> {
  try {
    await unlink(pathIn(folder, name));
    return true;
  } catch (thrown) {
    // POSIX says EPERM for a folder, Linux says EISDIR.
    if (errnoOf(thrown) === 'EISDIR' || errnoOf(thrown) === 'EPERM') return false;
    return ignoreReplaced(thrown) ?? true;
  }
}

/** @returns the new name in `root`; none when the folder is left for the next round. */
async function moveUp(
  root: AnchoredFolder,
  { folder, inner, nextName }: { folder: AnchoredFolder; inner: string; nextName: () => string },
): Promise<string[]> {
  const name = nextName();
  try {
    await rename(pathIn(folder, inner), pathIn(root, name));
    return [name];
  } catch (thrown) {
    // A folder that may not be written to cannot be moved: its ".." changes.
    if (errnoOf(thrown) !== 'EACCES') return ignoreReplaced(thrown) ?? [];
    const locked = await openFolderIn(folder, inner);
    try {
      await allowChanges(locked);
    } finally {
      await locked.handle.close();
    }
    await rename(pathIn(folder, inner), pathIn(root, name));
    return [name];
  }
}

/** None of a folder that has been removed. */
async function listNames(folder: AnchoredFolder): Promise<string[]> {
  await checkInPlace(folder);
  return readdir(pathIn(folder)).catch((thrown: unknown) => {
    if (errnoOf(thrown) === 'ENOENT') return [];
    throw thrown;
  });
}

async function allowChanges({ handle }: AnchoredFolder): Promise<void> {
  const { mode } = await handle.stat();
  if ((mode & 0o700) !== 0o700) await handle.chmod(0o700);
}

/** What has gone, become something else, or been refilled meanwhile is for the next round. */
function ignoreReplaced(thrown: unknown): undefined {
  if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENOTEMPTY', 'EEXIST', 'EISDIR'].includes(errnoOf(thrown))) return undefined;
  throw thrown;
}
