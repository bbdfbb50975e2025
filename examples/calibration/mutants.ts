/**
 * How many seeded defects are defects: mutants of the correct solutions of a case file, judged by the tests of their case.
 *
 *   node --conditions=planwright:source examples/calibration/mutants.ts examples/calibration/cases.jsonl
 *   node --conditions=planwright:source examples/calibration/mutants.ts FILE id=task_id,correct=declaration+canonical_solution,…
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  type CalibrationCase,
  type CheckCalibration,
  calibrateCode,
  type KnownWork,
  parseFieldMap,
  readCalibrationFile,
  seedDefects,
  seededRandom,
} from 'planwright';
import { tellKinds } from './quotes.ts';

/** One mutant of each kind that a solution has a place for. */
export function seedCases(cases: readonly CalibrationCase[]): KnownWork[] {
  const random = seededRandom(1);
  return cases.flatMap(({ id, instruction, correct, tests, packages, language = 'javascript' }) => {
    const shared = {
      instruction,
      language,
      ...(tests === undefined ? {} : { tests }),
      ...(packages === undefined ? {} : { packages }),
    };
    return seedDefects(correct, { random, language }).map(({ kind, text }): KnownWork => {
      return { ...shared, id: `${id} ${kind}`, truth: 'bad', kind, text };
    });
  });
}

/** A mutant that loops is stopped after 2 s. */
export async function judgeMutants(works: readonly KnownWork[]): Promise<CheckCalibration> {
  return calibrateCode({ works, timeoutMs: 2000, concurrency: 2 });
}

if (import.meta.main) {
  const [, , path = fileURLToPath(new URL('cases.jsonl', import.meta.url)), fields] = process.argv;
  const map = fields === undefined ? {} : { fields: parseFieldMap(fields) };
  const file = readCalibrationFile(await readFile(path, 'utf8'), { file: path, needs: ['tests'], ...map });
  const cases = file.kind === 'cases' ? file.cases : [];
  const { table } = await judgeMutants(seedCases(cases));
  console.log(`${table.bad.n} mutants of ${cases.length} solutions; the tests see ${table.bad.rejected}.`);
  console.log(['| kind | mutants | seen by the tests | not seen |', '|---|---|---|---|', ...tellKinds(table)].join('\n'));
}
