/**
 * Goes through a folder, each folder held open while its files are looked at (anchored-folder.ts). Links, devices, pipes,
 * sockets and names that no tree may have are left out and counted; a link is never followed.
 */
import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { compareText } from '../documents/compare-text.ts';
import { PlanwrightError } from '../errors.ts';
import { type AnchoredFolder, openFolderIn, pathIn, shownPath } from './anchored-folder.ts';
import { errnoOf, toFileError } from './file-error.ts';
import { judgePath, showPath, type TreeRules } from './tree-rules.ts';

/** What was in a folder and is in no tree. */
export interface LeftOut {
  /** `name`: control characters, a backslash, or no valid Unicode. `skipped`: the caller asked for it. */
  reason: 'link' | 'special' | 'name' | 'git' | 'skipped';
  /** A folder that was not entered counts as one. */
  count: number;
  /** The first ten, in the order of the visit. */
  examples: string[];
}

export interface VisitOptions {
  rules: TreeRules;
  /** Names of files and folders, at any depth. */
  skip: ReadonlySet<string>;
  signal?: AbortSignal | undefined;
  /** Names of plain files, in code-unit order; the folder is open until the promise settles. */
  onFiles(folder: AnchoredFolder, names: string[]): Promise<void>;
  /** A folder that was gone, or no folder any more, when it was to be entered. */
  onVanished(path: string): void;
}

/**
 * @returns by reason, in alphabetical order.
 * @throws {PlanwrightError} `value-too-large` beyond the rules' bounds, `workspace-failed` for a folder that cannot be read.
 */
export async function visitFolder(root: AnchoredFolder, options: VisitOptions): Promise<LeftOut[]> {
  const visit: Visit = { ...options, entriesLeft: options.rules.entries, leftOut: new Map() };
  await visitOne(root, visit);
  return [...visit.leftOut.values()].toSorted((a, b) => compareText(a.reason, b.reason));
}

interface Visit extends VisitOptions {
  entriesLeft: number;
  leftOut: Map<LeftOut['reason'], LeftOut>;
}

async function visitOne(folder: AnchoredFolder, visit: Visit): Promise<void> {
  visit.signal?.throwIfAborted();
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of await listEntries(folder, visit)) {
    if (!isKept(folder, entry, visit)) continue;
    (entry.isDirectory() ? folders : files).push(entry.name);
  }
  await visit.onFiles(folder, files);
  for (const name of folders) {
    const below = await enter(folder, name, visit);
    if (below === undefined) continue;
    try {
      await visitOne(below, visit);
    } finally {
      await below.handle.close();
    }
  }
}

async function enter(folder: AnchoredFolder, name: string, visit: Visit): Promise<AnchoredFolder | undefined> {
  const path = shownPath(folder, name);
  try {
    return await openFolderIn(folder, name);
  } catch (thrown) {
    if (!isVanished(thrown)) throw toFileError('workspace-failed', `Folder ${showPath(path)} cannot be read`, thrown);
    visit.onVanished(path);
    return undefined;
  }
}

/** Whether a name that was listed means something else by now: it is gone, or a link or a file took its place. */
export function isVanished(thrown: unknown): boolean {
  return ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO'].includes(errnoOf(thrown));
}

function showFolder({ shown, realPath }: AnchoredFolder): string {
  return `Folder ${showPath(shown === '' ? realPath : shown)}`;
}

/** For what is counted over all that was visited so far. */
export function upToFolder(folder: AnchoredFolder): string {
  return folder.shown === '' ? showFolder(folder) : `${showFolder(folder)} and what comes before it`;
}

/** Sorted; read piece by piece, so that a folder of millions of entries is given up in time. */
async function listEntries(folder: AnchoredFolder, visit: Visit): Promise<Dirent[]> {
  const entries: Dirent[] = [];
  try {
    for await (const entry of await opendir(pathIn(folder), { bufferSize: 512 })) {
      visit.entriesLeft -= 1;
      if (visit.entriesLeft < 0) {
        throw new PlanwrightError(
          'value-too-large',
          `${upToFolder(folder)}: more than ${visit.rules.entries} entries. Skip folders that can be made again.`,
        );
      }
      entries.push(entry);
    }
  } catch (thrown) {
    throw toFileError('workspace-failed', `${showFolder(folder)} cannot be listed`, thrown);
  }
  return entries.toSorted((a, b) => compareText(a.name, b.name));
}

/** @throws {PlanwrightError} `value-too-large` for a path that is too long or too deep: it is not silently lost. */
function isKept(folder: AnchoredFolder, entry: Dirent, { rules, skip, leftOut }: Visit): boolean {
  const path = shownPath(folder, entry.name);
  const leaveOut = (reason: LeftOut['reason']) => {
    const counted = leftOut.get(reason) ?? { reason, count: 0, examples: [] };
    leftOut.set(reason, counted);
    counted.count += 1;
    if (counted.examples.length < 10) counted.examples.push(path);
    return false;
  };
  if (skip.has(entry.name)) return leaveOut('skipped');
  const problem = judgePath(path, rules);
  if (problem?.kind === 'too-long') throw new PlanwrightError('value-too-large', `Path ${showPath(path)} ${problem.why}.`);
  if (problem?.kind === 'git') return leaveOut('git');
  if (problem !== null) return leaveOut('name');
  if (entry.isSymbolicLink()) return leaveOut('link');
  return entry.isFile() || entry.isDirectory() ? true : leaveOut('special');
}
