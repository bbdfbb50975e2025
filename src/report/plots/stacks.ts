/** Amounts made of named parts: a bar a row, its parts one behind the other. */
import { cleanText } from '../html.ts';
import { drawPlot } from './draw-plot.ts';
import { layOutLegend } from './legend.ts';
import { fitText, measureText, roomForLabels } from './measure-text.ts';
import { lookOf, paper } from './palette.ts';
import { atPixel } from './pixels.ts';
import { defaultWidth, type PlotSize } from './plot-size.ts';

export interface StackRow {
  label: string;
  /** In the order of `parts`; not negative. */
  amounts: number[];
}

export interface StackPart {
  name: string;
  /** Place in the palette. */
  place: number;
}

export interface Stacks {
  rows: StackRow[];
  parts: StackPart[];
  axisLabel: string;
  format: (amount: number) => string;
  /** Of the axis; default: `format`. */
  formatTick?: (amount: number) => string;
}

interface Segment {
  key: string;
  from: number;
  to: number;
  part: StackPart;
  amount: number;
  row: StackRow;
}

const lineHeight = 40;
const axisHeight = 44;

/** An amount of 0 has no segment. A segment that is wide enough carries its name. */
export async function drawStacks(
  { rows, parts, axisLabel, format, formatTick = format }: Stacks,
  { width = defaultWidth }: PlotSize,
): Promise<string> {
  const marginLeft =
    roomForLabels(
      rows.map(({ label }) => label),
      width * 0.3,
    ) + 14;
  const totals = rows.map(({ amounts }) => amounts.reduce((sum, amount) => sum + amount, 0));
  const marginRight = 14 + roomForLabels(totals.map(format), width * 0.25);
  const segments = rows.flatMap((row, index) => cutInto(row, `r${index}`, parts));
  const used = parts.filter((_, index) => rows.some(({ amounts }) => (amounts[index] ?? 0) > 0));
  const legend = layOutLegend(
    used.map((part) => ({ ...part, kind: 'area' })),
    width,
  );
  const longest = Math.max(...totals, 0) || 1;
  const pixelsOf = (amount: number) => (amount / longest) * (width - marginLeft - marginRight);
  const named = segments.filter(({ part, amount }) => measureText(part.name) + 10 <= pixelsOf(amount));
  const ends = rows.map((row, index) => ({
    key: `r${index}`,
    label: fitText(row.label, marginLeft - 14),
    total: totals[index] ?? 0,
  }));
  type End = (typeof ends)[number];
  return drawPlot({
    width,
    height: legend.height + rows.length * lineHeight + axisHeight,
    label: `${axisLabel}. ${rows.map((row, index) => describeRow(row, totals[index] ?? 0, parts, format)).join(' ')}`,
    options: (plot) => ({
      marginTop: legend.height,
      marginBottom: axisHeight,
      marginLeft,
      marginRight,
      x: {
        domain: [0, longest],
        label: axisLabel,
        labelArrow: 'none',
        labelAnchor: 'center',
        labelOffset: 38,
        tickFormat: formatTick,
        ticks: Math.max(2, Math.floor(width / 170)),
        grid: true,
      },
      y: { type: 'band', domain: ends.map(({ key }) => key), axis: null, padding: 0.22 },
      marks: [
        plot.barX(segments, {
          x1: 'from',
          x2: 'to',
          y: 'key',
          fill: ({ part }: Segment) => lookOf(part.place).color,
          stroke: paper,
          strokeWidth: 1,
          title: ({ row, part, amount }: Segment) => `${cleanText(row.label)}, ${cleanText(part.name)}: ${format(amount)}`,
          className: 'segment',
        }),
        plot.text(named, {
          x: ({ from, to }: Segment) => (from + to) / 2,
          y: 'key',
          text: ({ part }: Segment) => cleanText(part.name),
          fill: ({ part }: Segment) => lookOf(part.place).ink,
          className: 'name',
        }),
        plot.text(ends, { x: atPixel(marginLeft - 10), y: 'key', text: 'label', textAnchor: 'end', className: 'row' }),
        plot.text(ends, {
          x: 'total',
          y: 'key',
          text: ({ total }: End) => format(total),
          textAnchor: 'start',
          dx: 6,
          fontVariant: 'tabular-nums',
          className: 'value',
        }),
        ...legend.marks(plot),
      ],
    }),
  });
}

function cutInto(row: StackRow, key: string, parts: StackPart[]): Segment[] {
  let from = 0;
  const segments: Segment[] = [];
  for (const [index, part] of parts.entries()) {
    const amount = row.amounts[index] ?? 0;
    if (amount <= 0) continue;
    segments.push({ key, from, to: from + amount, part, amount, row });
    from += amount;
  }
  return segments;
}

function describeRow(
  { label, amounts }: StackRow,
  total: number,
  parts: StackPart[],
  format: (amount: number) => string,
): string {
  const said = parts.flatMap(({ name }, index) => {
    const amount = amounts[index] ?? 0;
    return amount > 0 ? [`${name} ${format(amount)}`] : [];
  });
  return `${label} ${format(total)}${said.length > 1 ? `: ${said.join(', ')}` : ''}.`;
}
