/** Folders and files that a client names: only below the operator's root, with links followed. */
import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { PlanwrightError } from '../../errors.ts';

/**
 * The real path of what a client named.
 * @param wanted Relative to the root, or absolute below it.
 * @throws {PlanwrightError} `path-outside-root` when there is no root or it lies outside; `usage` when nothing is there.
 */
export async function resolveInside(root: string | undefined, wanted: string): Promise<string> {
  const shown = JSON.stringify(wanted.slice(0, 200));
  if (root === undefined) {
    throw new PlanwrightError(
      'path-outside-root',
      `${shown} can't be read: this server was started without --files-root, so it reads no files.`,
    );
  }
  const realRoot = await realpath(root);
  const path = resolve(realRoot, wanted);
  // Told before the disk is asked: what lies outside is not even said to exist.
  if (!isInside(realRoot, path)) throw outside(shown);
  const real = await realpath(path).catch(() => null);
  if (real === null) throw new PlanwrightError('usage', `There is nothing at ${shown} below the server's files root.`);
  if (!isInside(realRoot, real)) throw outside(shown);
  return real;
}

/** With links followed on both sides. */
function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(root, way) === path);
}

function outside(shown: string): PlanwrightError {
  return new PlanwrightError('path-outside-root', `${shown} lies outside of the server's files root. Name a path below it.`);
}
