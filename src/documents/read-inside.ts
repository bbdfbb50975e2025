/**
 * Reads one file below a root, whatever its path says. Invariants:
 * 1. No byte of a file outside the root is returned: not by `..`, an absolute path, a link, or a folder swapped for a
 *    link while the file is being opened.
 * 2. Only documents are read (document-kind.ts): no hidden file, no device, no pipe.
 * 3. Opening never blocks, and no more than `maxBytes` are read, even from a file that grows meanwhile.
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { PlanwrightError } from '../errors.ts';
import { type DocumentKind, documentKind } from './document-kind.ts';

/** Larger files are not read. */
export const maxFileBytes = 2 * 1024 * 1024;

export interface FileBytes {
  /** Relative to the root, links resolved, with forward slashes. */
  path: string;
  kind: DocumentKind;
  bytes: Buffer;
}

/**
 * The path in its plain form: `./a//b.md` is `a/b.md`.
 * @throws PlanwrightError `path-outside-root` for anything that is not plainly a path below the root.
 */
export function normalizePath(path: string): string {
  const shown = JSON.stringify(path.slice(0, 200));
  const refuse = (why: string): never => {
    throw new PlanwrightError(
      'path-outside-root',
      `Path ${shown} ${why}. Paths are relative to the given folder, with forward slashes.`,
    );
  };
  if (path.includes('\0')) refuse('holds a NUL byte');
  if (path.includes('\\')) refuse('holds a backslash');
  if (path.startsWith('/') || /^[A-Za-z]:\//.test(path)) refuse('is absolute');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) refuse('leads out of the folder with ".."');
  if (parts.length === 0) throw new PlanwrightError('usage', `Path ${shown} names no file.`);
  return parts.join('/');
}

/**
 * @param root the root's real path.
 * @throws PlanwrightError `path-outside-root`, or `usage` when there is no such document.
 */
export async function readInside(root: string, path: string): Promise<FileBytes> {
  const wanted = normalizePath(path);
  const real = await realpath(join(root, wanted)).catch((error: unknown) => {
    throw missing(wanted, error);
  });
  const inside = pathInside(root, real);
  if (inside === undefined) {
    throw new PlanwrightError(
      'path-outside-root',
      `Path "${wanted}" is a link that leads out of the given folder; it is not followed.`,
    );
  }
  const kind = documentKind(inside);
  if (kind === undefined)
    throw new PlanwrightError('usage', `"${wanted}" is not a document that is read (hidden, or of a kind that is not text).`);
  const handle = await open(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)).catch(
    (error: unknown) => {
      throw missing(wanted, error);
    },
  );
  try {
    await checkStillInside(handle, real, wanted);
    return { path: inside, kind, bytes: await readBounded(handle, wanted) };
  } finally {
    await handle.close();
  }
}

/** `real` relative to `root` with forward slashes; undefined when it is not below it. */
export function pathInside(root: string, real: string): string | undefined {
  const path = relative(root, real);
  return path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path) ? undefined : path.split(sep).join('/');
}

/** The opened file must be the one that stands, free of links, at the path that was judged. */
async function checkStillInside(handle: FileHandle, real: string, wanted: string): Promise<void> {
  const opened = await handle.stat({ bigint: true });
  const again = await realpath(real).catch(() => undefined);
  const standing = again === real ? await lstat(real, { bigint: true }).catch(() => undefined) : undefined;
  if (standing === undefined || standing.dev !== opened.dev || standing.ino !== opened.ino) {
    throw new PlanwrightError('path-outside-root', `"${wanted}" was replaced while it was being opened; it is not read.`);
  }
  if (!opened.isFile()) throw new PlanwrightError('usage', `"${wanted}" is a folder or a device, not a file.`);
}

async function readBounded(handle: FileHandle, wanted: string): Promise<Buffer> {
  const { size } = await handle.stat();
  const buffer = Buffer.allocUnsafe(Math.min(size, maxFileBytes) + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
  }
  if (size < maxFileBytes) throw new PlanwrightError('usage', `"${wanted}" grew while it was being read. Read it again.`);
  throw new PlanwrightError('usage', `"${wanted}" is larger than ${maxFileBytes} bytes and is not read.`);
}

function missing(path: string, error: unknown): PlanwrightError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') {
    return new PlanwrightError('usage', `There is no file "${path.slice(0, 200)}" in the folder.`, { cause: error });
  }
  return new PlanwrightError('usage', `"${path.slice(0, 200)}" cannot be opened${code === '' ? '' : ` (${code})`}.`, {
    cause: error,
  });
}
