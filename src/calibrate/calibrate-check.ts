/** Any check that needs no model, measured on works whose worth is known. */
import type { Verdict } from '../verify/verdict.ts';
import type { KnownWork } from './calibration-case.ts';
import { type CalibrationTable, tabulateVerdicts } from './calibration-table.ts';
import { type BlindWork, type CalibrationStop, type JudgingProgress, judgeWorks, type KnownJudgement } from './judge-works.ts';

export interface CalibrateCheckOptions {
  works: readonly KnownWork[];
  check: (work: BlindWork, signal: AbortSignal) => Promise<Verdict>;
  /** Of the order. Default 1. */
  seed?: number;
  /** Works at once. Default 1. */
  concurrency?: number;
  /** 1 − confidence of the intervals. Default 0.05. */
  alpha?: number;
  signal?: AbortSignal;
  onJudgement?: (judgement: KnownJudgement, progress: JudgingProgress) => void;
}

export interface CheckCalibration {
  table: CalibrationTable;
  /** In the order of the works. */
  judgements: KnownJudgement[];
  stopped: CalibrationStop;
}

/** @throws {PlanwrightError} `usage` without works; and what the check throws. */
export async function calibrateCheck(options: CalibrateCheckOptions): Promise<CheckCalibration> {
  const { works, check, seed = 1, concurrency = 1, alpha = 0.05, signal, onJudgement } = options;
  const { judgements, stopped } = await judgeWorks({
    works,
    seed,
    concurrency,
    judge: async (work, _index, stop) => {
      const verdict = await check(work, stop);
      return { kind: 'judged', judgement: { verdict: verdict.kind, detail: detailOf(verdict) } };
    },
    ...(signal === undefined ? {} : { signal }),
    ...(onJudgement === undefined ? {} : { onJudgement }),
  });
  return { table: tabulateVerdicts(judgements, { alpha }), judgements, stopped };
}

function detailOf(verdict: Verdict): string {
  if (verdict.kind !== 'accepted') return verdict.reason;
  return verdict.evidence.map(({ detail }) => detail).join(' ');
}
