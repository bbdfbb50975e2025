/** Pages that a command writes to a file. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
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
    await writeFile(path, text);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `Cannot write the page ${path}: ${reason}.${hint === undefined ? '' : ` ${hint}`}`;
    throw new PlanwrightError('usage', message, { location: { file: path }, cause: thrown });
  }
  io.note(`Wrote ${path}\n`);
}
