/** Reads, writes and removes single files of a folder, following no link: what a path names is inside, or an error. */
import { lstat, rename, unlink } from 'node:fs/promises';
import { PlanwrightError } from '../errors.ts';
import { type AnchoredFolder, makeFolderIn, openFolder, openFolderIn, openNew, openToRead, pathIn } from './anchored-folder.ts';
import { errnoOf, toFileError } from './file-error.ts';
import { checkPath, defaultTreeRules, showPath } from './tree-rules.ts';

/**
 * @param path As a tree names files: relative, with forward slashes, in its plain form.
 * @throws {PlanwrightError} `usage` when it leads out of the folder, through a link, or nowhere; `workspace-failed`.
 */
export async function readTextIn(folder: string, path: string): Promise<string> {
  return inFolderOf(folder, path, 'stay', async (parent, name) => {
    const handle = await openToRead(parent, name);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new PlanwrightError('usage', `${showPath(path)} is no file.`);
      const { size } = stat;
      if (size > defaultTreeRules.fileBytes)
        throw new PlanwrightError('usage', `${showPath(path)} has ${size} bytes, too many to edit.`);
      return decodeText(await handle.readFile(), path);
    } finally {
      await handle.close();
    }
  });
}

/** Whole or not at all: written beside it first. Folders on the way are made. @throws as `readTextIn`. */
export async function writeTextIn(folder: string, path: string, text: string): Promise<void> {
  await inFolderOf(folder, path, 'make', async (parent, name) => {
    const beside = `.${process.pid}.new`;
    await unlink(pathIn(parent, beside)).catch(() => {});
    const handle = await openNew(parent, beside, (await isExecutable(parent, name)) ? 0o755 : 0o644);
    try {
      await handle.writeFile(text, 'utf8');
    } finally {
      await handle.close();
    }
    await rename(pathIn(parent, beside), pathIn(parent, name));
  });
}

/** @throws as `readTextIn`. */
export async function removeFileIn(folder: string, path: string): Promise<void> {
  await inFolderOf(folder, path, 'stay', (parent, name) => unlink(pathIn(parent, name)));
}

async function isExecutable(parent: AnchoredFolder, name: string): Promise<boolean> {
  const stat = await lstat(pathIn(parent, name)).catch(() => undefined);
  return stat?.isFile() === true && (stat.mode & 0o100) !== 0;
}

function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PlanwrightError('usage', `${showPath(path)} is no text in UTF-8.`);
  }
}

async function inFolderOf<Result>(
  folder: string,
  path: string,
  missing: 'make' | 'stay',
  use: (parent: AnchoredFolder, name: string) => Promise<Result>,
): Promise<Result> {
  checkPath(path);
  const names = path.split('/');
  const name = names.pop() ?? '';
  const opened: AnchoredFolder[] = [];
  try {
    let parent = await openFolder(folder);
    opened.push(parent);
    for (const each of names) {
      parent = await enter(parent, each, missing);
      opened.push(parent);
    }
    return await use(parent, name);
  } catch (thrown) {
    throw toEditError(thrown, path);
  } finally {
    await Promise.all(opened.map(({ handle }) => handle.close()));
  }
}

async function enter(folder: AnchoredFolder, name: string, missing: 'make' | 'stay'): Promise<AnchoredFolder> {
  try {
    return await openFolderIn(folder, name);
  } catch (thrown) {
    if (missing === 'stay' || errnoOf(thrown) !== 'ENOENT') throw thrown;
    return makeFolderIn(folder, name);
  }
}

function toEditError(thrown: unknown, path: string): unknown {
  if (thrown instanceof PlanwrightError) return thrown;
  const code = errnoOf(thrown);
  const shown = showPath(path);
  if (code === 'ENOENT') return new PlanwrightError('usage', `There is no file ${shown}.`, { cause: thrown });
  if (code === 'ELOOP' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EPERM') {
    return new PlanwrightError('usage', `${shown} is a folder, or leads through a link or a file.`, { cause: thrown });
  }
  return toFileError('workspace-failed', `${shown} cannot be used`, thrown);
}
