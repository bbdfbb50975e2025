/** A comparison in a terminal: its words, then the tables that they stand on. */
import type { ClassComparison, ComparisonReport, PairedComparison } from '../index.ts';
import { formatCount, formatUsd } from './figures.ts';
import { cutText, toOneLine, widthOf } from './terminal-text.ts';

const wordsLength = 1000;
const nameWidth = 24;

/** Lines without line feeds. */
export function describeReport(report: ComparisonReport): string[] {
  const lines = report.words.map((words) => cutText(toOneLine(words), wordsLength));
  if (report.arms.length > 0) lines.push('', ...describeArms(report));
  if (report.pairs > 0) lines.push('', ...describeOutcomes(report));
  if (report.classes.length > 0) lines.push('', ...describeClasses(report.classes));
  return lines;
}

function describeArms({ arms }: ComparisonReport): string[] {
  const rows = arms.map(({ arm, success, usd, tokens, seconds }) => [
    nameOf(arm),
    formatCount(success.n),
    describeShare(success),
    usd === null ? '–' : formatUsd(usd),
    tokens === null ? '–' : formatCount(tokens),
    seconds === null ? '–' : seconds.toFixed(1),
  ]);
  return alignColumns([['ARM', 'RUNS', 'SUCCESS', 'USD', 'TOKENS', 'SECONDS'], ...rows]);
}

function describeOutcomes({ both, onlySingle, onlyTeam, neither }: PairedComparison): string[] {
  return alignColumns([
    ['PAIRS', 'ONE AGENT SUCCEEDS', 'ONE AGENT FAILS'],
    ['team succeeds', formatCount(both), formatCount(onlyTeam)],
    ['team fails', formatCount(onlySingle), formatCount(neither)],
  ]);
}

function describeClasses(classes: readonly ClassComparison[]): string[] {
  const rows = classes.map((item) => [
    nameOf(item.class),
    formatCount(item.pairs),
    describeShare(item.success.single),
    describeShare(item.success.team),
    item.verdict === 'single' ? 'one agent' : item.verdict,
    item.furtherPairs === null ? '–' : formatCount(item.furtherPairs),
  ]);
  return alignColumns([['CLASS', 'PAIRS', 'ONE AGENT', 'TEAM', 'VERDICT', 'FURTHER PAIRS'], ...rows]);
}

function nameOf(text: string): string {
  return cutText(toOneLine(text), nameWidth);
}

/** `76.7 % (71.6 to 81.1)` */
function describeShare({ k, n, low, high }: PairedComparison['success']['single']): string {
  if (n === 0) return '–';
  return `${percent(k / n)} % (${percent(low)} to ${percent(high)})`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

/** The first column to the left, the others to the right, two spaces between. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        return column === 0 ? cell + space : space + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}
