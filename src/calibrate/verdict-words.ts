/** The words in which other systems say whether work is good and what a critic made of it. Case and white space around them are set aside. */
import type { CalibrationVerdict, Truth } from './calibration-table.ts';

const truths: Readonly<Record<Truth, readonly string[]>> = {
  good: ['good', 'correct', 'right', 'valid', 'true', 'yes', '1'],
  bad: ['bad', 'defective', 'incorrect', 'wrong', 'invalid', 'buggy', 'false', 'no', '0'],
};

const verdicts: Readonly<Record<CalibrationVerdict, readonly string[]>> = {
  accepted: [
    'accepted',
    'accept',
    'approved',
    'approve',
    'passed',
    'pass',
    'good',
    'correct',
    'right',
    'valid',
    'ok',
    'true',
    'yes',
    '1',
  ],
  rejected: [
    'rejected',
    'reject',
    'refused',
    'refuse',
    'denied',
    'deny',
    'failed',
    'fail',
    'bad',
    'defective',
    'incorrect',
    'wrong',
    'invalid',
    'false',
    'no',
    '0',
  ],
  unverified: ['unverified', 'undecided', 'unknown', 'abstained', 'abstain'],
};

const truthOf = invert(truths);
const verdictOf = invert(verdicts);

/** What a message offers. */
export const truthChoices = 'good or bad (or correct, defective, valid, invalid, true, false, …)';
export const verdictChoices =
  'accepted, rejected or unverified (or accept, approve, pass, reject, fail, true, false, undecided, …)';

export function readTruth(value: unknown): Truth | undefined {
  return truthOf.get(wordOf(value));
}

/** null says that there is no verdict. */
export function readVerdict(value: unknown): CalibrationVerdict | undefined {
  return value === null ? 'unverified' : verdictOf.get(wordOf(value));
}

function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number'
    ? String(value).trim().toLowerCase()
    : '';
}

function invert<Meaning extends string>(words: Readonly<Record<Meaning, readonly string[]>>): Map<string, Meaning> {
  const entries = Object.entries(words) as [Meaning, readonly string[]][];
  return new Map(entries.flatMap(([meaning, list]) => list.map((word) => [word, meaning] as const)));
}
