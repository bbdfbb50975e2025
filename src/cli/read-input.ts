/** Files named on the command line; `-` is what comes in on stdin. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
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

/** Lines of a file and their numbers from 1, without the empty ones, one after the other. `what` is for the error. */
export async function* readLines(path: string, what: string): AsyncGenerator<{ text: string; line: number }> {
  const input = createReadStream(path, 'utf8');
  let line = 0;
  try {
    for await (const content of createInterface({ input, crlfDelay: Infinity })) {
      line += 1;
      if (content.trim() !== '') yield { text: content, line };
    }
  } catch (thrown) {
    throw cannotRead(path, what, thrown);
  } finally {
    input.destroy();
  }
}
