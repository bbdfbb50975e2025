/** Third-party data that is no part of the repository: shared/data beside one of the folders above this one, where it is present. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { z } from 'zod';

/** undefined: it is not there, and the tests of it are skipped. */
export function findSharedData(...path: string[]): string | undefined {
  return findUpwards(import.meta.dirname, join('shared', 'data', ...path));
}

function findUpwards(from: string, path: string): string | undefined {
  const found = join(from, path);
  if (existsSync(found)) return found;
  const above = dirname(from);
  return above === from ? undefined : findUpwards(above, path);
}

/** A JSONL file, each line as the schema has it. */
export function readRows<T>(file: string, schema: z.ZodType<T>): T[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => schema.parse(JSON.parse(line)));
}
