/** What a part of the exercises comes to: its assumptions, its tables and what follows from them. */

/** A table; cells are text as it is shown. */
export interface Sheet {
  title: string;
  columns: string[];
  rows: string[][];
}

export interface Exercise {
  title: string;
  /** What was declared before anything was run: error rates, latencies, sizes. */
  declared: string[];
  sheets: Sheet[];
  /** Sentences whose numbers come from the run. */
  findings: string[];
  /** The same, and more, as numbers. */
  figures: object;
}

/** A Markdown table, without its title. */
export function tellSheet({ columns, rows }: Sheet): string {
  const lines = [columns, columns.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function tellExercise({ title, declared, sheets, findings }: Exercise): string {
  const parts = [
    `## ${title}`,
    declared.map((line) => `- ${line}`).join('\n'),
    ...sheets.map((sheet) => `${sheet.title}\n\n${tellSheet(sheet)}`),
    findings.join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** `59 % (49–68)`: k of n with its interval at 95 %. */
export function tellShare({ k, n, low, high }: { k: number; n: number; low: number; high: number }): string {
  return `${percent(n === 0 ? 0 : k / n)} (${Math.round(100 * low)}–${Math.round(100 * high)})`;
}

export function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

/** With thousands set apart. */
export function whole(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
