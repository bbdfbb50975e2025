import { expect, test } from 'vitest';
import { clopperPearsonInterval } from '../measure/statistics/proportion.ts';
import { tabulateVerdicts } from './calibration-table.ts';
import { defectsToCalibrate, judgeCalibration } from './judge-calibration.ts';

function judge(accepted: number, defects: number, maxFalseAccept: number) {
  const rows = Array.from({ length: defects }, (_, at) => ({
    truth: 'bad' as const,
    verdict: at < accepted ? ('accepted' as const) : ('rejected' as const),
  }));
  return judgeCalibration(tabulateVerdicts(rows), { maxFalseAccept });
}

test('a limit decides only where the whole interval lies on one side of it', () => {
  // 0 of 36: up to 9.7 %; 9 of 36: from 12.1 %; 3 of 36: 1.8 to 22.5 %.
  expect([judge(0, 36, 0.1), judge(9, 36, 0.1), judge(3, 36, 0.1)]).toEqual(['calibrated', 'agreeable', 'unknown']);
  expect([judge(0, 35, 0.1), judge(0, 0, 0.1), judge(5, 5, 1), judge(0, 1000, 0)]).toEqual([
    'unknown',
    'unknown',
    'calibrated',
    'unknown',
  ]);
});

test('unverified defects neither clear a critic nor condemn it', () => {
  const table = tabulateVerdicts(Array.from({ length: 100 }, () => ({ truth: 'bad' as const, verdict: 'unverified' as const })));
  expect(judgeCalibration(table, { maxFalseAccept: 0.5 })).toBe('unknown');
});

test('the fewest defects that can clear a critic: one less is too few', () => {
  expect([0.01, 0.05, 0.1, 0.2, 0.5].map((maxFalseAccept) => defectsToCalibrate({ maxFalseAccept }))).toEqual([
    368, 72, 36, 17, 6,
  ]);
  for (const [limit, alpha] of [
    [0.01, 0.05],
    [0.05, 0.05],
    [0.1, 0.05],
    [0.33, 0.01],
    [0.5, 0.5],
  ] as const) {
    const least = defectsToCalibrate({ maxFalseAccept: limit }, alpha) ?? 0;
    expect(clopperPearsonInterval(0, least, alpha).high).toBeLessThanOrEqual(limit + 1e-9);
    expect(clopperPearsonInterval(0, least - 1, alpha).high).toBeGreaterThan(limit);
  }
  expect([defectsToCalibrate({ maxFalseAccept: 0 }), defectsToCalibrate({ maxFalseAccept: 1 })]).toEqual([null, 1]);
});

test.each([-0.1, 1.1, Number.NaN])('a limit of %d is refused', (maxFalseAccept) => {
  expect(() => judge(0, 5, maxFalseAccept)).toThrow(`maxFalseAccept is a share from 0 to 1, not ${maxFalseAccept}.`);
});
