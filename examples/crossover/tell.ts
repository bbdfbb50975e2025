/** The measurement as text: the table of docs/crossover.md, and what follows from it. */
import type { CrossingFigure, SizeFigures, Summary } from './summarize.ts';

/** Of a row. calls and tokens are team ÷ single. */
export const columns = [
  'N',
  'tasks',
  'single: right',
  'team: right',
  'single: all right',
  'team: all right',
  'calls',
  'tokens',
  'single: right per 1,000 tokens',
  'team: right per 1,000 tokens',
];

/** A Markdown table, a row a size. */
export function tellTable({ sizes }: Summary): string {
  const rows = [columns, columns.map(() => '---'), ...sizes.map(cellsOf)];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function cellsOf({ size, tasks, single, team, calls, tokens }: SizeFigures): string[] {
  return [
    String(size),
    String(tasks),
    tellShare(single.share),
    tellShare(team.share),
    String(single.allRight),
    String(team.allRight),
    `${calls.toFixed(1)} ×`,
    `${tokens.toFixed(2)} ×`,
    single.rightPerThousandTokens.toFixed(2),
    team.rightPerThousandTokens.toFixed(2),
  ];
}

/** What follows from the table, a sentence a line. */
export function tellFindings({ sizes, crossing, apart, kinds }: Summary): string[] {
  const last = sizes.at(-1);
  const [smallest, largest] = [sizes[0]?.size ?? 0, last?.size ?? 0];
  const tax =
    last === undefined
      ? []
      : [
          `Coordination tax at N = ${last.size}: ${last.calls.toFixed(1)} × the calls, ${last.tokens.toFixed(2)} × the tokens. The plan was given and a program joined the answers: no call for either is in it.`,
        ];
  return [
    `Crossing in right answers: ${tellCrossing(crossing.success, smallest, largest)}.`,
    `Crossing in right answers per token: ${tellCrossing(crossing.perToken, smallest, largest)}.`,
    ...tax,
    `At N = ${apart.size}, of ${apart.questions} questions the single agent alone is right on ${apart.onlySingle}, the team alone on ${apart.onlyTeam}.`,
    ...kinds.map(
      ({ kind, questions, single, team }) =>
        `${kind}: of ${questions} questions the single agent is right on ${percent(single)} at N = ${largest}, the team on ${percent(team)}.`,
    ),
  ];
}

function tellCrossing(crossing: CrossingFigure, smallest: number, largest: number): string {
  const interval = `95 % interval ${tellPlace(crossing.low, largest)} to ${tellPlace(crossing.high, largest)}`;
  switch (crossing.kind) {
    case 'at':
      return `the team is ahead beyond N = ${crossing.size.toFixed(1)} (${interval})`;
    case 'below':
      return `the team is ahead at every N from ${smallest} on (${interval})`;
    case 'none':
      return `none in range: the team is not ahead at N = ${largest} (${interval})`;
  }
}

function tellPlace(size: number, largest: number): string {
  return Number.isFinite(size) ? size.toFixed(1) : `beyond ${largest}`;
}

function tellShare({ value, low, high }: { value: number; low: number; high: number }): string {
  return `${percent(value)} (${Math.round(100 * low)}–${Math.round(100 * high)})`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
