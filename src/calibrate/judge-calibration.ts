/** Whether a critic's false-accept rate keeps to a limit, as far as its calibration can tell. */
import { PlanwrightError } from '../errors.ts';
import type { ErrorTable } from './calibration-table.ts';

/**
 * `calibrated`: the whole interval is at or below the limit. `agreeable`: the whole interval is above it, the critic approves too
 * much. `unknown`: the limit lies inside the interval, or no bad work had a verdict.
 */
export type CalibrationJudgement = 'calibrated' | 'agreeable' | 'unknown';

export interface CalibrationLimit {
  /** A share, 0 to 1. */
  maxFalseAccept: number;
}

/** @throws {PlanwrightError} `usage` for a limit outside 0 to 1. */
export function judgeCalibration(
  { bad, falseAccept }: Pick<ErrorTable, 'bad' | 'falseAccept'>,
  { maxFalseAccept }: CalibrationLimit,
): CalibrationJudgement {
  if (!(maxFalseAccept >= 0 && maxFalseAccept <= 1)) {
    throw new PlanwrightError('usage', `maxFalseAccept is a share from 0 to 1, not ${maxFalseAccept}.`);
  }
  if (bad.n === 0) return 'unknown';
  if (falseAccept.high <= maxFalseAccept) return 'calibrated';
  return falseAccept.low > maxFalseAccept ? 'agreeable' : 'unknown';
}

/**
 * The fewest defects that can show a critic to keep to the limit, when it accepts none of them: the upper end of the
 * Clopper–Pearson interval of 0 of n is 1 − (alpha ÷ 2)^(1 ÷ n). null for a limit of 0, which no number shows.
 */
export function defectsToCalibrate({ maxFalseAccept }: CalibrationLimit, alpha = 0.05): number | null {
  if (maxFalseAccept <= 0) return null;
  if (maxFalseAccept >= 1) return 1;
  return Math.max(1, Math.ceil(Math.log(alpha / 2) / Math.log1p(-maxFalseAccept) - 1e-9));
}
