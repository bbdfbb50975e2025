/**
 * GPT-4's verdicts on 500 plans of blocks, with ground truth (PlanBench): the calibration table against a count of its own. The
 * data are not part of the repository: they are read from shared/data/critic beside one of the folders above this one, and these
 * tests are skipped where there is none.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeCalibration, parseFieldMap, readCalibrationFile, tabulateVerdicts } from 'planwright';
import { describe, expect, test } from 'vitest';
import { findSharedData } from '../support/shared-data.ts';

const name = 'planbench_gpt4_blocksworld_verification.jsonl';
const path = findSharedData('critic', name);

interface Row {
  instance_id: number;
  ground_truth_plan: string;
  llm_raw_response: string;
  llm_correct_binary: boolean;
}

const fields = parseFieldMap('id=instance_id,truth=parsed_ground_truth_plan.valid,verdict=extracted_llm_plan.valid');

/** From the sentences themselves, not from the fields that the table is made of. */
function isValid(sentence: string): boolean {
  return sentence.trim().startsWith('The above plan is valid.');
}

describe.skipIf(path === undefined)('PlanBench (skipped where shared/data/critic is not there to be read)', () => {
  const text = path === undefined ? '' : readFileSync(path, 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
  const count = (is: (row: Row) => boolean): number => rows.filter(is).length;
  const readTable = () => {
    const file = readCalibrationFile(text, { file: name, fields });
    return tabulateVerdicts(file.kind === 'verdicts' ? file.rows : []);
  };

  test('the table equals the file’s own counts', () => {
    const good = count(({ ground_truth_plan }) => isValid(ground_truth_plan));
    const goodAccepted = count(
      ({ ground_truth_plan, llm_raw_response }) => isValid(ground_truth_plan) && isValid(llm_raw_response),
    );
    const badAccepted = count(
      ({ ground_truth_plan, llm_raw_response }) => !isValid(ground_truth_plan) && isValid(llm_raw_response),
    );
    const table = readTable();
    expect(table).toMatchObject({
      good: { n: good, accepted: goodAccepted },
      bad: { n: rows.length - good, rejected: rows.length - good - badAccepted },
      falseAccept: { rate: badAccepted / (rows.length - good) },
      falseReject: { rate: (good - goodAccepted) / good },
      unverified: 0,
      byKind: {},
    });
    expect([good, rows.length, goodAccepted, badAccepted]).toEqual([155, 500, 133, 5]);
    // The file says for each row whether the verdict was right.
    expect(goodAccepted + table.bad.rejected).toBe(count(({ llm_correct_binary }) => llm_correct_binary));
  });

  test('docs/calibration.md has these figures, and what a limit of 10 % makes of them', () => {
    const table = readTable();
    const page = readFileSync(join(import.meta.dirname, '../../docs/calibration.md'), 'utf8');
    const share = ({ rate, low, high }: typeof table.falseAccept): string =>
      `${(100 * (rate ?? Number.NaN)).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
    expect(page).toContain(`False accepts: ${share(table.falseAccept)} of ${table.bad.n} that were bad.`);
    expect(page).toContain(`False rejects: ${share(table.falseReject)} of ${table.good.n} that were good.`);
    expect(judgeCalibration(table, { maxFalseAccept: 0.1 })).toBe('calibrated');
    expect(judgeCalibration(table, { maxFalseAccept: 0.002 })).toBe('agreeable');
  });
});
