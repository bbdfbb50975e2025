/** Published solutions whose worth is known: right, and broken by people. The data are not part of the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

export interface CodeCase {
  id: string;
  correct: string;
  defective: string;
  tests: string;
  /** Packages that it imports. */
  packages: string[];
}

const rowSchema = z.object({
  task_id: z.string(),
  prompt: z.string(),
  canonical_solution: z.string(),
  buggy_solution: z.string(),
  test: z.string(),
});

/** HumanEvalPack, JavaScript (octopack, MIT), from shared/data beside one of the folders above; null where there is none. */
export function readCodeCases(): CodeCase[] | null {
  const path = findUpwards(import.meta.dirname, join('shared', 'data', 'critic', 'humanevalpack_js.jsonl'));
  if (path === null) return null;
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => {
    const row = rowSchema.parse(JSON.parse(line));
    const imported = [...row.canonical_solution.matchAll(/require\('([\w-]+)'\)/g)].map(([, name]) => name ?? '');
    return {
      id: row.task_id,
      correct: row.prompt + row.canonical_solution,
      defective: row.prompt + row.buggy_solution,
      tests: row.test,
      packages: imported,
    };
  });
}

function findUpwards(from: string, path: string): string | null {
  const found = join(from, path);
  if (existsSync(found)) return found;
  const above = dirname(from);
  return above === from ? null : findUpwards(above, path);
}
