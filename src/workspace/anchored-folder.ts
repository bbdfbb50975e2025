/**
 * A folder held open, in which names are looked up in the folder itself and not along its path (openat(2), which Node does
 * not offer). Invariants:
 * 1. No link is followed: not the folder's own name, not a name in it.
 * 2. On Linux a folder that is moved or replaced by a link meanwhile changes nothing: the folder that was opened is meant,
 *    through `/proc/self/fd`.
 * 3. Elsewhere the path is compared with what was opened, before the open file is used. Between two checks a folder may be
 *    replaced; then at most an empty file or folder is made at the other place, and an error says so.
 */
import { type BigIntStats, constants, existsSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { PlanwrightError } from '../errors.ts';
import { toFileError } from './file-error.ts';
import { showPath } from './tree-rules.ts';

/** `descriptor`: invariant 2. `path`: invariant 3. */
export type Anchoring = 'descriptor' | 'path';

export const systemAnchoring: Anchoring = process.platform === 'linux' && existsSync('/proc/self/fd') ? 'descriptor' : 'path';

const noFollow = constants.O_NOFOLLOW ?? 0;
const folderFlags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | noFollow;

export interface AnchoredFolder {
  readonly handle: FileHandle;
  readonly anchoring: Anchoring;
  /** Of the folder when it was opened, free of links. */
  readonly realPath: string;
  /** From the root that was opened first, with forward slashes; empty for that root. For messages. */
  readonly shown: string;
}

/**
 * @param path May lead through links; they are resolved once, here.
 * @throws {PlanwrightError} `usage` when there is no folder; `workspace-failed` when it cannot be opened.
 */
export async function openFolder(path: string, anchoring: Anchoring = systemAnchoring): Promise<AnchoredFolder> {
  try {
    const realPath = await realpath(path);
    return { handle: await open(realPath, folderFlags), anchoring, realPath, shown: '' };
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')) {
      throw new PlanwrightError('usage', `There is no folder ${showPath(path)}.`, { cause: thrown });
    }
    throw toFileError('workspace-failed', `Folder ${showPath(path)} cannot be opened`, thrown);
  }
}

/** The path to give to a function of `node:fs` for a name in the folder; for the folder itself without a name. */
export function pathIn({ handle, anchoring, realPath }: AnchoredFolder, name = ''): string {
  const folder = anchoring === 'descriptor' ? `/proc/self/fd/${handle.fd}` : realPath;
  return name === '' ? folder : `${folder}/${name}`;
}

export function shownPath(folder: AnchoredFolder, name: string): string {
  return folder.shown === '' ? name : `${folder.shown}/${name}`;
}

/** @throws the system's error, `ENOTDIR` or `ELOOP` for a link; `workspace-failed` when the folder was replaced (invariant 3). */
export async function openFolderIn(folder: AnchoredFolder, name: string): Promise<AnchoredFolder> {
  const handle = await openIn(folder, name, { flags: folderFlags });
  return { handle, anchoring: folder.anchoring, realPath: join(folder.realPath, name), shown: shownPath(folder, name) };
}

/** Makes a folder that was not there, for this user only, and opens it. */
export async function makeFolderIn(folder: AnchoredFolder, name: string): Promise<AnchoredFolder> {
  await mkdir(pathIn(folder, name), 0o700);
  return openFolderIn(folder, name);
}

/** Reads: never blocks, on no pipe and no device. @throws as `openFolderIn`. */
export function openToRead(folder: AnchoredFolder, name: string): Promise<FileHandle> {
  return openIn(folder, name, { flags: constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0) });
}

/** A new file: whatever has the name already, a link too, is an error `EEXIST`. @throws as `openFolderIn`. */
export function openNew(folder: AnchoredFolder, name: string, mode: number): Promise<FileHandle> {
  return openIn(folder, name, { flags: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow, mode });
}

/** Whether the name in the folder still means what was opened under it. */
export async function isStanding(folder: AnchoredFolder, name: string, handle: FileHandle): Promise<boolean> {
  const standing = await lstat(pathIn(folder, name), { bigint: true }).catch(() => undefined);
  return standing !== undefined && isSame(standing, await handle.stat({ bigint: true }));
}

async function openIn(folder: AnchoredFolder, name: string, how: { flags: number; mode?: number }): Promise<FileHandle> {
  const handle = await open(pathIn(folder, name), how.flags, how.mode);
  try {
    const isHeld = folder.anchoring === 'descriptor' || ((await isInPlace(folder)) && (await isStanding(folder, name, handle)));
    if (!isHeld) throw replaced(shownPath(folder, name));
    return handle;
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

/**
 * Before the names in a folder are listed or removed by path (invariant 3); by descriptor there is nothing to check.
 * @throws {PlanwrightError} `workspace-failed` when the folder's path leads elsewhere by now.
 */
export async function checkInPlace(folder: AnchoredFolder): Promise<void> {
  if (folder.anchoring === 'path' && !(await isInPlace(folder)))
    throw replaced(folder.shown === '' ? folder.realPath : folder.shown);
}

/** The folder's path is free of links and leads to the folder. */
async function isInPlace({ realPath, handle }: AnchoredFolder): Promise<boolean> {
  const [real, standing] = await Promise.all([
    realpath(realPath).catch(() => undefined),
    lstat(realPath, { bigint: true }).catch(() => undefined),
  ]);
  return real === realPath && standing !== undefined && isSame(standing, await handle.stat({ bigint: true }));
}

function replaced(path: string): PlanwrightError {
  return new PlanwrightError(
    'workspace-failed',
    `${showPath(path)}, or a folder on the way to it, was replaced while it was used; nothing was read or written there.`,
  );
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}
