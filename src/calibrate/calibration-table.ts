/**
 * How often a critic or a check is wrong on work whose worth is known. A row that came to no verdict is counted apart: it is in
 * neither rate, above or below the line, because nothing was accepted or rejected.
 */
import { clopperPearsonInterval } from '../measure/statistics/proportion.ts';

export type Truth = 'good' | 'bad';
export type CalibrationVerdict = 'accepted' | 'rejected' | 'unverified';

/** One piece of known work and what was said of it. */
export interface LabeledVerdict {
  truth: Truth;
  verdict: CalibrationVerdict;
  /** What is wrong with bad work; of good work, the kind of the case it belongs to. */
  kind?: string;
}

/** With nothing to count, the rate is null and the interval 0 to 1. */
export interface ErrorRate {
  rate: number | null;
  low: number;
  high: number;
}

export interface ErrorTable {
  /** Good work with a verdict. */
  good: { n: number; accepted: number };
  /** Bad work with a verdict. */
  bad: { n: number; rejected: number };
  /** Bad work accepted ÷ bad work with a verdict, with the Clopper–Pearson interval. */
  falseAccept: ErrorRate;
  /** Good work rejected ÷ good work with a verdict. */
  falseReject: ErrorRate;
  /** Rows without a verdict, of either truth. */
  unverified: number;
}

export interface CalibrationTable extends ErrorTable {
  version: 1;
  /** 1 − confidence of the intervals. */
  alpha: number;
  /** Of `unverified`. */
  unverifiedOf: { good: number; bad: number };
  /** Rows that name a kind, in order of first mention; the others are in the whole only. */
  byKind: Record<string, ErrorTable>;
}

interface Count {
  good: Record<CalibrationVerdict, number>;
  bad: Record<CalibrationVerdict, number>;
}

/** @param alpha default 0.05: intervals at 95 %. */
export function tabulateVerdicts(rows: Iterable<LabeledVerdict>, { alpha = 0.05 }: { alpha?: number } = {}): CalibrationTable {
  const whole = emptyCount();
  const kinds = new Map<string, Count>();
  for (const { truth, verdict, kind } of rows) {
    whole[truth][verdict] += 1;
    if (kind === undefined) continue;
    const known = kinds.get(kind) ?? emptyCount();
    known[truth][verdict] += 1;
    kinds.set(kind, known);
  }
  return {
    version: 1,
    ...tabulate(whole, alpha),
    unverifiedOf: { good: whole.good.unverified, bad: whole.bad.unverified },
    byKind: Object.fromEntries([...kinds].map(([kind, count]) => [kind, tabulate(count, alpha)])),
    alpha,
  };
}

function tabulate({ good, bad }: Count, alpha: number): ErrorTable {
  return {
    good: { n: good.accepted + good.rejected, accepted: good.accepted },
    bad: { n: bad.accepted + bad.rejected, rejected: bad.rejected },
    falseAccept: rateOf(bad.accepted, bad.accepted + bad.rejected, alpha),
    falseReject: rateOf(good.rejected, good.accepted + good.rejected, alpha),
    unverified: good.unverified + bad.unverified,
  };
}

function rateOf(k: number, n: number, alpha: number): ErrorRate {
  if (n === 0) return { rate: null, low: 0, high: 1 };
  const { low, high } = clopperPearsonInterval(k, n, alpha);
  return { rate: k / n, low, high };
}

function emptyCount(): Count {
  return { good: { accepted: 0, rejected: 0, unverified: 0 }, bad: { accepted: 0, rejected: 0, unverified: 0 } };
}
