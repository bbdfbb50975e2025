/**
 * A tree: the files of a folder at one moment, each by the hash of its content. Folders exist through the files in them;
 * an empty folder and a link are no part of a tree.
 */
import { hash } from 'node:crypto';
import { compareText } from '../documents/compare-text.ts';
import { PlanwrightError } from '../errors.ts';
import { checkPath, defaultTreeRules, foldCase, showPath, type TreeRules } from './tree-rules.ts';

/** `executable`: the owner may run it. No other permission is kept. */
export type FileMode = 'file' | 'executable';

export interface FileState {
  /** SHA-256 of the content, 64 lower-case hex digits. */
  hash: string;
  mode: FileMode;
  /** Bytes. */
  size: number;
}

export interface TreeFile extends FileState {
  /** Relative, with forward slashes, in its plain form. */
  path: string;
}

/** Plain JSON. A list, not an object by path: `__proto__` and `10` are fine names for files. */
export interface Tree {
  version: 1;
  /** By path, in code-unit order; each path once, none is a folder of another. */
  files: readonly TreeFile[];
}

export const emptyTree: Tree = { version: 1, files: [] };

/**
 * @param files In any order.
 * @throws {PlanwrightError} as `checkTree`.
 */
export function makeTree(files: Iterable<TreeFile>, rules?: TreeRules): Tree {
  const tree: Tree = { version: 1, files: [...files].toSorted((a, b) => compareText(a.path, b.path)) };
  checkTree(tree, rules);
  return tree;
}

/**
 * @throws {PlanwrightError} `value-too-large` beyond the rules' bounds; `path-outside-root` or `usage` for a path that no
 *   tree may have, for two entries of one path, and for a file that is also a folder.
 */
export function checkTree({ files }: Tree, rules: TreeRules = defaultTreeRules): void {
  if (files.length > rules.files) throw tooLarge(`has ${files.length} files; at most ${rules.files} are kept`);
  let totalBytes = 0;
  let previous: string | undefined;
  for (const { path, size } of files) {
    checkPath(path, rules);
    if (previous !== undefined && compareText(previous, path) >= 0) {
      throw new PlanwrightError('usage', `A tree lists ${showPath(path)} after ${showPath(previous)}: each path once, in order.`);
    }
    previous = path;
    if (size > rules.fileBytes) {
      throw new PlanwrightError(
        'value-too-large',
        `File ${showPath(path)} has ${size} bytes; at most ${rules.fileBytes} are kept.`,
        { details: { path } },
      );
    }
    totalBytes += size;
  }
  if (totalBytes > rules.totalBytes) throw tooLarge(`has ${totalBytes} bytes; at most ${rules.totalBytes} are kept`);
  const clash = findFileAndFolder(files.map(({ path }) => path))[0];
  if (clash === undefined) return;
  throw new PlanwrightError(
    'usage',
    `A tree has ${showPath(clash.path)} both as a file and as the folder of ${showPath(clash.inside)}.`,
    { details: { path: clash.path } },
  );
}

/** The tree's identity: SHA-256 of its canonical JSON (RFC 8785: members in alphabetical order, no spaces). */
export function hashTree({ files }: Tree): string {
  const canonical = files.map(({ hash: content, mode, path, size }) => ({ hash: content, mode, path, size }));
  return hash('sha256', JSON.stringify({ files: canonical, version: 1 }));
}

/** Paths that stand for a file and, in another path, for a folder; with the first path inside each. */
export function findFileAndFolder(paths: readonly string[]): { path: string; inside: string }[] {
  const files = new Set(paths);
  const clashes = new Map<string, string>();
  for (const path of paths) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (files.has(folder) && !clashes.has(folder)) clashes.set(folder, path);
    }
  }
  return [...clashes].map(([path, inside]) => ({ path, inside })).toSorted((a, b) => compareText(a.path, b.path));
}

/**
 * Groups of names that a file system which ignores case takes for one: files, and folders on the way to them. Such a tree is
 * valid and can be written where case counts.
 */
export function findCaseCollisions({ files }: Tree): string[][] {
  const groups = new Map<string, Set<string>>();
  for (const { path } of files) {
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const name = end === -1 ? path : path.slice(0, end);
      const key = foldCase(name);
      groups.set(key, (groups.get(key) ?? new Set()).add(name));
      if (end === -1) break;
    }
  }
  return [...groups.values()].filter((names) => names.size > 1).map((names) => [...names].toSorted(compareText));
}

/** Without the path; null for no file. */
export function stateOf(file: TreeFile | undefined): FileState | null {
  return file === undefined ? null : { hash: file.hash, mode: file.mode, size: file.size };
}

export function sameState(a: FileState, b: FileState): boolean {
  return a.hash === b.hash && a.mode === b.mode && a.size === b.size;
}

function tooLarge(what: string): PlanwrightError {
  return new PlanwrightError(
    'value-too-large',
    `A tree ${what}. Leave out what can be made again (installed packages, build output), or raise the limit.`,
  );
}
