/** Pages that a command writes to a file. */
import { existsSync } from 'node:fs';
import { lstat, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PlanwrightError } from '../index.ts';
import type { CliIo } from './io.ts';

/**
 * Before anything is spent on what the page is to show.
 * @throws {PlanwrightError} `usage` when its folder is not there.
 */
export function refusePage(path: string | undefined): void {
  if (path === undefined || existsSync(dirname(resolve(path)))) return;
  throw new PlanwrightError('usage', `Cannot write the page ${path}: there is no folder ${dirname(path)}.`, {
    location: { file: path },
  });
}

/** @throws {PlanwrightError} `usage` when it can't be written. `hint`: a sentence on what that costs. */
export async function writePage(io: CliIo, { path, text, hint }: { path: string; text: string; hint?: string }): Promise<void> {
  try {
    await replaceFile(path, text);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `Cannot write the page ${path}: ${reason}.${hint === undefined ? '' : ` ${hint}`}`;
    throw new PlanwrightError('usage', message, { location: { file: path }, cause: thrown });
  }
  io.note(`Wrote ${path}\n`);
}

/** Whole or not at all: a reader never sees half a page. What is no plain file (a pipe, a link) is written as it is. */
async function replaceFile(path: string, text: string): Promise<void> {
  const there = await lstat(path).catch(() => null);
  if (there !== null && !there.isFile()) {
    await writeFile(path, text);
    return;
  }
  const part = `${path}.${process.pid}.part`;
  try {
    await writeFile(part, text, there === null ? {} : { mode: there.mode });
    await rename(part, path);
  } catch (thrown) {
    await rm(part, { force: true });
    throw thrown;
  }
}
