/** The examples as their headers and docs/calibration.md run them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  calibrateCode,
  calibrateCritic,
  judgeCalibration,
  MemoryStore,
  readCalibrationFile,
  tabulateVerdicts,
  worksOfCases,
} from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { expect, test } from 'vitest';
import { judgeMutants, seedCases } from './mutants.ts';
import { calibrateQuotes, seedReport, tellKinds } from './quotes.ts';

const read = (file: string) => readCalibrationFile(readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8'), { file });
const page = readFileSync(fileURLToPath(new URL('../../docs/calibration.md', import.meta.url)), 'utf8').split('\n');

function readCases() {
  const file = read('cases.jsonl');
  return file.kind === 'cases' ? file.cases : [];
}

test('labeled verdicts', () => {
  const file = read('verdicts.jsonl');
  expect(tabulateVerdicts(file.kind === 'verdicts' ? file.rows : [])).toMatchObject({
    good: { n: 3, accepted: 2 },
    bad: { n: 4, rejected: 2 },
    unverified: 1,
    byKind: { 'off-by-one': { bad: { n: 3, rejected: 2 } }, 'dropped-await': { bad: { n: 1, rejected: 0 }, unverified: 1 } },
  });
});

test('the quotes check sees every broken citation and no twisted statement; docs/calibration.md has its table', async () => {
  const table = await calibrateQuotes(await seedReport());
  expect(table.good).toEqual({ n: 1, accepted: 1 });
  const seen = Object.entries(table.byKind).map(([kind, { bad }]) => [kind, bad.rejected / bad.n]);
  expect(seen).toEqual([
    ['changed-number', 1],
    ['dropped-not', 1],
    ['invented-quote', 1],
    ['wrong-line', 1],
    ['other-file', 1],
    ['twisted-statement', 0],
  ]);
  for (const row of tellKinds(table)) expect(page).toContain(row);
});

test('the code check accepts what is right and rejects each known defect', async () => {
  const cases = readCases();
  const { table } = await calibrateCode({ works: worksOfCases(cases), concurrency: 2 });
  expect(table).toMatchObject({ good: { n: 6, accepted: 6 }, bad: { n: 6, rejected: 6 }, unverified: 0 });
  expect(Object.keys(table.byKind)).toEqual(cases.map(({ kind }) => kind));
});

test('most seeded defects of these cases are seen by their tests', async () => {
  const works = seedCases(readCases());
  const { table } = await judgeMutants(works);
  expect(table.bad.n).toBe(works.length);
  expect(works.length).toBeGreaterThanOrEqual(10);
  expect(table.bad.rejected / table.bad.n).toBeGreaterThan(0.8);
});

test('a critic that agrees with everything is called agreeable', async () => {
  const polite = scriptedModel(() => JSON.stringify({ verdict: 'accept', defects: [], tried: [] }));
  const works = worksOfCases(readCases());
  const { table, counted, withoutReceipt } = await calibrateCritic({ works, model: polite, store: new MemoryStore() });
  expect(table).toMatchObject({ falseAccept: { rate: 1 }, falseReject: { rate: 0 } });
  expect(judgeCalibration(table, { maxFalseAccept: 0.2 })).toBe('agreeable');
  // In a run none of its approvals would count: it has run nothing.
  expect([withoutReceipt, counted.unverified]).toEqual([{ judgements: 12, accepted: 12 }, 12]);
});
