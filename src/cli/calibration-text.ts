/** A calibration in a terminal: the two rates in words, then the counts they stand on. */
import {
  type CalibrationJudgement,
  type CalibrationTable,
  defectsToCalibrate,
  type ErrorRate,
  type ErrorTable,
} from '../index.ts';
import { alignColumns } from './comparison-text.ts';
import { formatCount } from './figures.ts';
import { cutText, toOneLine } from './terminal-text.ts';

const kindWidth = 32;

/** Lines without line feeds. */
export function describeTable(table: CalibrationTable): string[] {
  const { good, bad, unverifiedOf, unverified, alpha } = table;
  const confidence = Number((100 * (1 - alpha)).toFixed(2));
  const lines = [
    `False accepts: ${describeRate(table.falseAccept)} of ${formatCount(bad.n)} that ${bad.n === 1 ? 'was' : 'were'} bad.`,
    `False rejects: ${describeRate(table.falseReject)} of ${formatCount(good.n)} that ${good.n === 1 ? 'was' : 'were'} good.`,
  ];
  if (unverified > 0) lines.push(`${formatCount(unverified)} came to no verdict: they are in neither rate.`);
  lines.push(
    '',
    ...alignColumns([
      ['TRUTH', 'ACCEPTED', 'REJECTED', 'NO VERDICT'],
      ['good', good.accepted, good.n - good.accepted, unverifiedOf.good].map(cell),
      ['bad', bad.n - bad.rejected, bad.rejected, unverifiedOf.bad].map(cell),
    ]),
  );
  const kinds = Object.entries(table.byKind);
  if (kinds.length > 0) lines.push('', ...describeKinds(kinds));
  lines.push('', `Ranges are exact (Clopper–Pearson) ${confidence} % intervals.`);
  return lines;
}

/** What a limit on false accepts makes of it. */
export function describeJudgement(judgement: CalibrationJudgement, { alpha }: CalibrationTable, maxFalseAccept: number): string {
  const limit = `${percent(maxFalseAccept)} %`;
  switch (judgement) {
    case 'calibrated':
      return `Calibrated: the whole interval of false accepts is at most ${limit}.`;
    case 'agreeable':
      return `Agreeable: the whole interval of false accepts is above ${limit}.`;
    case 'unknown': {
      const least = defectsToCalibrate({ maxFalseAccept }, alpha);
      const needed =
        least === null
          ? 'no number of defects shows that none is ever accepted'
          : `it takes ${formatCount(least)} defects without one accepted`;
      return `Unknown: false accepts may be above ${limit} or not; to show that they are not, ${needed}.`;
    }
  }
}

function describeKinds(kinds: readonly [string, ErrorTable][]): string[] {
  const rows = kinds.map(([kind, { good, bad, falseAccept, falseReject }]) => [
    cutText(toOneLine(kind), kindWidth),
    formatCount(bad.n),
    formatCount(bad.n - bad.rejected),
    describeRate(falseAccept),
    formatCount(good.n),
    formatCount(good.n - good.accepted),
    describeRate(falseReject),
  ]);
  return alignColumns([['KIND', 'BAD', 'ACCEPTED', 'FALSE ACCEPTS', 'GOOD', 'REJECTED', 'FALSE REJECTS'], ...rows]);
}

/** `5.8 % (3.6 to 8.8)`; a dash when nothing was counted. */
function describeRate({ rate, low, high }: ErrorRate): string {
  return rate === null ? '–' : `${percent(rate)} % (${percent(low)} to ${percent(high)})`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function cell(value: string | number): string {
  return typeof value === 'number' ? formatCount(value) : value;
}
