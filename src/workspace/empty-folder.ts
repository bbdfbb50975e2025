/**
 * Removes what is in a folder, whatever it is. Invariants:
 * 1. Nothing outside is removed, whatever links stand there or are put there meanwhile.
 * 2. At most two folders are open and no call recurses: a folder in a folder is first moved up, so depth costs nothing.
 */
import type { Dirent } from 'node:fs';
import { readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { PlanwrightError } from '../errors.ts';
import { type AnchoredFolder, openFolderIn, pathIn } from './anchored-folder.ts';
import { errnoOf, toFileError } from './file-error.ts';

/** How often a folder into which something keeps being written is emptied. */
const maxRounds = 10;

/** @throws {PlanwrightError} `workspace-failed` when something stays, for want of permission or because it is refilled. */
export async function emptyFolder(root: AnchoredFolder): Promise<void> {
  const moved = { count: 0 };
  let left: Dirent[] = [];
  for (let round = 0; round < maxRounds; round += 1) {
    do {
      left = await readdir(pathIn(root), { withFileTypes: true });
      for (const entry of left) await remove(root, entry, moved);
    } while (moved.count > 0 && left.some((entry) => entry.isDirectory()));
    left = await readdir(pathIn(root), { withFileTypes: true });
    if (left.length === 0) return;
  }
  throw new PlanwrightError(
    'workspace-failed',
    `${root.realPath} cannot be emptied: "${left[0]?.name ?? ''}" is still there. Stop what writes to it and remove it by hand.`,
  );
}
