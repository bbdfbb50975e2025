/** Files named on the command line; `-` is what comes in on stdin. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { PlanwrightError } from '../index.ts';

/** @throws {PlanwrightError} `usage` when it can't be read. */
export async function readInput(path: string, what: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (thrown) {
    throw cannotRead(path, what, thrown);
  }
}

/** What stands for a path in messages. */
export function nameInput(path: string): string {
  return path === '-' ? 'stdin' : path;
}

export function cannotRead(path: string, what: string, thrown: unknown): PlanwrightError {
  const reason = thrown instanceof Error ? reasonOf(thrown) : String(thrown);
  return new PlanwrightError('usage', `Cannot read the ${what} ${nameInput(path)}: ${reason}.`, {
    location: { file: path },
    cause: thrown,
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'permission denied';
    default:
      return error.message;
  }
}
