/** Shares with their intervals, a row each, in named groups: a point at k ÷ n and a line from low to high. */
import type { Proportion } from '../../measure/statistics/interval.ts';
import { cleanText } from '../html.ts';
import { formatPercent, formatPercentRange, formatProportion } from '../numbers.ts';
import { drawPlot } from './draw-plot.ts';
import { fitText, roomForLabels } from './measure-text.ts';
import { lookOf, paper } from './palette.ts';
import { atPixel } from './pixels.ts';
import { defaultWidth, type PlotSize } from './plot-size.ts';

export interface IntervalRow {
  label: string;
  proportion: Proportion;
  /** Place in the palette. */
  place: number;
}

export interface IntervalGroup {
  /** Above its rows. */
  title?: string;
  rows: IntervalRow[];
}

type Line = { key: string; title: string } | { key: string; label: string; row: IntervalRow };
type RowLine = Extract<Line, { row: IntervalRow }>;

const lineHeight = 26;
const axisHeight = 42;
/** How much wider bold text is. */
const boldness = 1.2;

/** A row with n = 0 has its line, from 0 to 1, and no point. */
export async function drawIntervals(
  groups: readonly IntervalGroup[],
  axisLabel: string,
  { width = defaultWidth }: PlotSize,
): Promise<string> {
  const labels = groups.flatMap(({ rows }) => rows.map(({ label }) => label));
  const marginLeft = roomForLabels(labels, width * 0.34) + 14;
  const isNarrow = width < 500;
  const marginRight = isNarrow ? 50 : 136;
  const lines = layOutLines(groups, marginLeft - 14, width);
  const rows = lines.filter((line): line is RowLine => 'row' in line);
  const titles = lines.filter((line): line is Exclude<Line, RowLine> => 'title' in line);
  const right = ({ row: { proportion } }: RowLine) => describe(proportion, isNarrow);
  return drawPlot({
    width,
    height: lines.length * lineHeight + axisHeight,
    label: `${axisLabel}. ${describeGroups(groups)}`,
    options: (plot) => ({
      marginTop: 2,
      marginBottom: axisHeight - 2,
      marginLeft,
      marginRight,
      x: {
        domain: [0, 1],
        label: axisLabel,
        labelArrow: 'none',
        labelAnchor: 'center',
        labelOffset: 36,
        tickFormat: formatPercent,
        ticks: isNarrow ? 3 : 5,
        grid: true,
      },
      y: { type: 'band', domain: lines.map(({ key }) => key), axis: null },
      marks: [
        plot.text(titles, {
          x: atPixel(0),
          y: 'key',
          text: 'title',
          textAnchor: 'start',
          fontWeight: 600,
          dy: 3,
          className: 'group',
        }),
        plot.text(rows, { x: atPixel(marginLeft - 10), y: 'key', text: 'label', textAnchor: 'end', className: 'row' }),
        plot.link(rows, {
          x1: ({ row }: RowLine) => row.proportion.low,
          x2: ({ row }: RowLine) => row.proportion.high,
          y1: 'key',
          y2: 'key',
          stroke: colorOf,
          strokeWidth: 3,
          strokeLinecap: 'round',
          title: titleOf,
          className: 'interval',
        }),
        plot.dot(
          rows.filter(({ row }) => row.proportion.n > 0),
          {
            x: shareOf,
            y: 'key',
            r: 5.5,
            symbol: (line: RowLine) => lookOf(line.row.place).symbol,
            fill: colorOf,
            stroke: paper,
            strokeWidth: 1,
            title: titleOf,
            className: 'point',
          },
        ),
        plot.text(rows, {
          x: atPixel(width - marginRight + 10),
          y: 'key',
          text: right,
          textAnchor: 'start',
          fontVariant: 'tabular-nums',
          className: 'value',
        }),
      ],
    }),
  });
}

function shareOf({ row: { proportion } }: RowLine): number {
  return proportion.k / proportion.n;
}

function colorOf({ row }: RowLine): string {
  return lookOf(row.place).color;
}

function titleOf({ row }: RowLine): string {
  return `${cleanText(row.label)}: ${formatProportion(row.proportion)}`;
}

function layOutLines(groups: readonly IntervalGroup[], labelWidth: number, width: number): Line[] {
  return groups.flatMap(({ title, rows }, group) => [
    ...(title === undefined ? [] : [{ key: `g${group}`, title: fitText(title, width / boldness) }]),
    ...rows.map((row, index) => ({ key: `g${group}r${index}`, label: fitText(row.label, labelWidth), row })),
  ]);
}

function describe({ k, n, low, high }: Proportion, isNarrow: boolean): string {
  if (n === 0) return isNarrow ? '–' : 'no data';
  return isNarrow ? formatPercent(k / n) : `${formatPercent(k / n)} (${formatPercentRange(low, high)})`;
}

function describeGroups(groups: readonly IntervalGroup[]): string {
  return groups
    .map(({ title, rows }) => {
      const said = rows.map(({ label, proportion }) => `${label} ${formatProportion(proportion)}`).join(', ');
      return `${title === undefined ? '' : `${title}: `}${said}.`;
    })
    .join(' ');
}
