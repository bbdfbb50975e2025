/** Published solutions whose worth is known: right, and broken by people. The data are not part of the repository. */
import { z } from 'zod';
import { findSharedData, readRows } from '../test/support/shared-data.ts';

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
  const path = findSharedData('critic', 'humanevalpack_js.jsonl');
  if (path === undefined) return null;
  return readRows(path, rowSchema).map((row) => {
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
