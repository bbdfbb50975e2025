/** How far a diagnosis says what people say: Cohen's κ for each mode. */
import { type AgreementCounts, cohenKappa, type Kappa } from '../measure/statistics/cohen-kappa.ts';
import type { Diagnosis } from './diagnose-trace.ts';
import { type MastCode, mastCodes, mastModes } from './mast-modes.ts';
import type { TraceLabel } from './read-labels.ts';

export interface ModeAgreement extends Kappa {
  mode: MastCode;
  name: string;
  /** Rows of this mode. */
  n: number;
  /** Said by both, by labels alone (missed), by the diagnosis alone (false alarms), by neither. */
  both: number;
  onlyLabels: number;
  onlyDiagnosis: number;
  neither: number;
}

export interface DiagnosisAgreement {
  version: 1;
  /** In order of the modes; those without a row are left out. */
  modes: ModeAgreement[];
  /** All rows as one table: of which mode they are, it does not see. */
  pooled: Omit<ModeAgreement, 'mode' | 'name'>;
  traces: number;
  /** A finding below it does not count as one. */
  minConfidence: number;
  /** 1 − confidence of the intervals. */
  alpha: number;
  interval: 'profile likelihood';
}

export interface AgreementOptions {
  /** Default 0.5. */
  minConfidence?: number;
  /** Default 0.05. */
  alpha?: number;
}

/** Only pairs of a trace and a mode that have a label are counted. A trace without a diagnosis counts as one without findings. */
export function measureAgreement(
  labels: readonly TraceLabel[],
  diagnoses: ReadonlyMap<string, Pick<Diagnosis, 'findings'>>,
  { minConfidence = 0.5, alpha = 0.05 }: AgreementOptions = {},
): DiagnosisAgreement {
  const counts = new Map<MastCode, AgreementCounts>();
  const pooled = emptyCounts();
  for (const { trace, mode, present } of labels) {
    const isFound =
      diagnoses.get(trace)?.findings.some((finding) => finding.mode === mode && finding.confidence >= minConfidence) ?? false;
    const cell = present ? (isFound ? 'both' : 'onlyFirst') : isFound ? 'onlySecond' : 'neither';
    const own = counts.get(mode) ?? emptyCounts();
    own[cell] += 1;
    counts.set(mode, own);
    pooled[cell] += 1;
  }
  const modes = mastCodes.flatMap((mode) => {
    const own = counts.get(mode);
    return own === undefined ? [] : [{ mode, name: mastModes[mode].name, ...describe(own, alpha) }];
  });
  return {
    version: 1,
    modes,
    pooled: describe(pooled, alpha),
    traces: new Set(labels.map(({ trace }) => trace)).size,
    minConfidence,
    alpha,
    interval: 'profile likelihood',
  };
}

function describe(counts: AgreementCounts, alpha: number): DiagnosisAgreement['pooled'] {
  const { both, onlyFirst, onlySecond, neither } = counts;
  const n = both + onlyFirst + onlySecond + neither;
  return { n, both, onlyLabels: onlyFirst, onlyDiagnosis: onlySecond, neither, ...cohenKappa(counts, alpha) };
}

function emptyCounts(): AgreementCounts {
  return { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
}
