/** What a tree may hold: bounds on its size and rules for its paths. The same rules hold for a folder, a tree and a patch. */
import { PlanwrightError } from '../errors.ts';

export interface TreeRules {
  files: number;
  /** Of one file. */
  fileBytes: number;
  /** Of all files together. */
  totalBytes: number;
  /** Of one path, in UTF-8. */
  pathBytes: number;
  /** Parts of one path: `a/b.ts` has 2. */
  depth: number;
  /** Entries of a folder that are looked at, whether they are kept or not: folders, links and skipped files count too. */
  entries: number;
  /** Whether `.git` and what is in it may be part of a tree. A file there can make the next `git` command run a program. */
  gitInternals: boolean;
}

export const defaultTreeRules: TreeRules = {
  files: 10_000,
  fileBytes: 16 * 1024 * 1024,
  totalBytes: 256 * 1024 * 1024,
  pathBytes: 1024,
  depth: 32,
  entries: 100_000,
  gitInternals: false,
};

/** The longest name that Linux and macOS keep. */
const nameBytes = 255;

/** `why` continues the sentence `Path "…"`. */
export interface PathProblem {
  kind: 'outside' | 'unusable' | 'git' | 'too-long';
  why: string;
}

/** @returns what keeps the path out of a tree; null when nothing does. */
export function judgePath(path: string, rules: TreeRules = defaultTreeRules): PathProblem | null {
  if (path === '') return unusable('is empty');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return outside('is absolute; paths are relative to the tree');
  if (path.includes('\\')) return unusable('holds a backslash; folders are separated by "/"');
  if (/\p{Cc}/u.test(path)) return unusable('holds a control character');
  // U+FFFD stands where a name on disk is no valid UTF-8: it would not lead back to the file.
  if (!path.isWellFormed() || path.includes('\uFFFD')) return unusable('is not valid Unicode');
  const parts = path.split('/');
  if (parts.includes('..')) return outside('leads out of the tree with ".."');
  if (parts.includes('.') || parts.includes('')) return unusable('has an empty part or "."; give its plain form');
  if (!rules.gitInternals && parts.some(isGitName)) return { kind: 'git', why: 'belongs to Git’s own files' };
  if (parts.length > rules.depth) return { kind: 'too-long', why: `has ${parts.length} parts; at most ${rules.depth} are kept` };
  const bytes = Buffer.byteLength(path);
  if (bytes > rules.pathBytes) return { kind: 'too-long', why: `has ${bytes} bytes; at most ${rules.pathBytes} are kept` };
  const longest = Math.max(...parts.map((part) => Buffer.byteLength(part)));
  if (longest > nameBytes) return { kind: 'too-long', why: `has a part of ${longest} bytes; at most ${nameBytes} are kept` };
  return null;
}

function outside(why: string): PathProblem {
  return { kind: 'outside', why };
}

function unusable(why: string): PathProblem {
  return { kind: 'unusable', why };
}

/** @throws {PlanwrightError} `path-outside-root` for a path that leads out, `value-too-large` for a long one, else `usage`. */
export function checkPath(path: string, rules?: TreeRules): void {
  const problem = judgePath(path, rules);
  if (problem === null) return;
  const code = { outside: 'path-outside-root', 'too-long': 'value-too-large', unusable: 'usage', git: 'usage' } as const;
  throw new PlanwrightError(code[problem.kind], `Path ${showPath(path)} ${problem.why}.`, { details: { path } });
}

/** In quotes, at most 200 characters, control characters escaped. */
export function showPath(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}

/** HFS+ ignores these inside names. */
const ignorable = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu;

/** Whether some file system takes the name for `.git`: in other case, as `GIT~1`, with trailing dots, spaces or a stream. */
function isGitName(name: string): boolean {
  const plain = name
    .replaceAll(ignorable, '')
    .replace(/:.*$/su, '')
    .replace(/[. ]+$/u, '')
    .toLowerCase();
  return plain === '.git' || plain === 'git~1';
}

/**
 * What a file system that ignores case makes of a name, nearly: equal keys are one file on macOS and Windows.
 * The tables of those systems differ in rare letters.
 */
export function foldCase(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase();
}
