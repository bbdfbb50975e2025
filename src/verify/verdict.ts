/** What a verifier says of one result. An acceptance without evidence does not exist: no checks means no verdict at all. */

/** One check's finding: what was looked at and what was seen. */
export interface Evidence {
  /** The check's kind: `schema`, `predicate`, `quotes`, `critic`, … */
  check: string;
  passed: boolean;
  /** What was seen: the failing path, the missing text, the quote that is not in its line. */
  detail: string;
  /** Keys of the journaled tool calls that a critic's verdict rests on. */
  receipts?: string[];
}

export type Verdict =
  | { kind: 'accepted'; evidence: Evidence[] }
  /** `reason` is written for the executor that tries again. */
  | { kind: 'rejected'; reason: string; evidence: Evidence[] }
  /** The check could not be made (no sandbox, say). Never counted as accepted. */
  | { kind: 'unverified'; reason: string; evidence: Evidence[] };
