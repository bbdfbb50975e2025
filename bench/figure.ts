/** What the benchmark shows: a measured number, and the bound it has to keep if it has one. */

export interface Figure {
  what: string;
  measured: number;
  /** Default 2. */
  digits?: number;
  /** Behind the number: ` ×`, ` µs`. */
  unit?: string;
  /** Absent for a number that is worth knowing and promised to nobody. */
  bound?: Bound;
}

export interface Bound {
  is: 'at most' | 'at least' | 'less than' | 'exactly';
  value: number;
}

export const atMost = (value: number): Bound => ({ is: 'at most', value });
export const atLeast = (value: number): Bound => ({ is: 'at least', value });
export const lessThan = (value: number): Bound => ({ is: 'less than', value });
export const exactly = (value: number): Bound => ({ is: 'exactly', value });

const signs: Record<Bound['is'], string> = { 'at most': '≤', 'at least': '≥', 'less than': '<', exactly: '=' };

export function isMet({ measured, bound }: Figure): boolean {
  if (bound === undefined) return true;
  switch (bound.is) {
    case 'at most':
      return measured <= bound.value;
    case 'at least':
      return measured >= bound.value;
    case 'less than':
      return measured < bound.value;
    case 'exactly':
      return measured === bound.value;
    default:
      return bound.is satisfies never;
  }
}

/** A title and one aligned line a figure. */
export function formatFigures(title: string, figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [figure.what, formatMeasured(figure), formatBound(figure), formatVerdict(figure)]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([what = '', measured = '', bound = '', verdict = '']) =>
    `  ${what.padEnd(widths[0] ?? 0)}  ${measured.padStart(widths[1] ?? 0)}  ${bound.padEnd(widths[2] ?? 0)}  ${verdict}`.trimEnd(),
  );
  return [title, ...lines, ''].join('\n');
}

function formatMeasured({ measured, digits = 2, unit = '' }: Figure): string {
  return `${measured.toFixed(digits)}${unit}`;
}

function formatBound({ bound, digits = 2, unit = '' }: Figure): string {
  return bound === undefined ? '' : `${signs[bound.is]} ${bound.value.toFixed(digits)}${unit}`;
}

function formatVerdict(figure: Figure): string {
  if (figure.bound === undefined) return '';
  return isMet(figure) ? 'met' : 'MISSED';
}
