/** Work whose worth is known before anybody judges it. */
import type { Truth } from './calibration-table.ts';

/** One instruction with a result that is right and one that is not. */
export interface CalibrationCase {
  /** Unique in its file; no judge sees it. */
  id: string;
  /** What the work was to be; empty where the file names none. */
  instruction: string;
  correct: string;
  defective: string;
  /** Code that decides; held out from critics. */
  tests?: string;
  /** The kind of defect. */
  kind?: string;
  /** Of the code: `javascript`, `typescript`, `python`, or as a file ends. */
  language?: string;
  /** That the code imports. */
  packages?: string[];
}

/** One piece of work to be judged by itself. */
export interface KnownWork {
  /** Of the case or the result it comes from; several works may share it. */
  id: string;
  truth: Truth;
  instruction: string;
  text: string;
  tests?: string;
  kind?: string;
  language?: string;
  packages?: string[];
}

/** Two works of each case, in the order of the cases: what is right, then what is not. */
export function worksOfCases(cases: readonly CalibrationCase[]): KnownWork[] {
  return cases.flatMap(({ correct, defective, ...rest }) => [
    { ...rest, truth: 'good' as const, text: correct },
    { ...rest, truth: 'bad' as const, text: defective },
  ]);
}
