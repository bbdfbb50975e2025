/** Series of points joined by lines, with a band where an interval is known: regret over tasks, success against size. */
import type * as PlotModule from '@observablehq/plot';
import { cleanText } from '../html.ts';
import { formatPercent, formatPlain } from '../numbers.ts';
import { drawPlot } from './draw-plot.ts';
import { layOutLegend } from './legend.ts';
import { fitText } from './measure-text.ts';
import { lookOf, paper, quiet } from './palette.ts';
import { atPixel } from './pixels.ts';
import { defaultWidth, type PlotSize } from './plot-size.ts';

export interface LinePoint {
  x: number;
  y: number;
  /** Both or none: the interval of y. */
  low?: number;
  high?: number;
}

export interface LineSeries {
  name: string;
  /** In order of x. Above 1,000, evenly picked ones are drawn, first and last among them. */
  points: LinePoint[];
}

export interface ReferenceLine {
  /** `x`: upright at this x; `y`: level at this y. */
  axis: 'x' | 'y';
  value: number;
  label: string;
}

export interface Lines {
  xLabel: string;
  yLabel: string;
  series: LineSeries[];
  references?: ReferenceLine[];
  /** `log` needs x > 0. Default: `linear`. */
  xScale?: 'linear' | 'log';
  /** `share`: y is 0 to 1, in percent. Default: `number`. */
  yKind?: 'number' | 'share';
}

const mostPoints = 1000;
/** So few points are marked one by one. */
const mostMarked = 40;

/** A line a series. Points that are not finite are left out. @returns an SVG element. */
export async function plotLines(lines: Lines, { width = defaultWidth }: PlotSize = {}): Promise<string> {
  const { xLabel, yLabel, references = [], xScale = 'linear', yKind = 'number' } = lines;
  const series = lines.series.map(({ name, points }, place) => ({
    name: cleanText(name),
    place,
    points: pick(points.filter(isDrawable)),
  }));
  const legend = layOutLegend(series.length < 2 ? [] : series.map((item) => ({ ...item, kind: 'line' })), width);
  const isNarrow = width < 500;
  const middle = middleOf(
    series.flatMap(({ points }) => points.map(({ x }) => x)),
    xScale,
  );
  const isRight = ({ axis, value }: ReferenceLine) => axis === 'x' && value > middle;
  const yFormat = yKind === 'share' ? formatPercent : formatPlain;
  const xTicks = xScale === 'log' ? logTicks(series) : isNarrow ? 5 : 8;
  return drawPlot({
    width,
    height: legend.height + (isNarrow ? 270 : 350),
    label: `${yLabel} against ${xLabel}. ${series.map((item) => describe(item, yFormat)).join(' ')}`,
    options: (plot) => ({
      marginTop: legend.height + 30,
      marginRight: 18,
      marginBottom: 46,
      marginLeft: 56,
      x: {
        type: xScale,
        label: cleanText(xLabel),
        labelAnchor: 'center',
        labelArrow: 'none',
        labelOffset: 38,
        tickFormat: formatPlain,
        ticks: xTicks,
        nice: xScale === 'linear',
      },
      y: {
        type: 'linear',
        label: null,
        tickFormat: yFormat,
        ticks: 5,
        grid: true,
        ...(yKind === 'share' ? { domain: [0, 1] } : { nice: true, zero: true }),
      },
      marks: [
        plot.text([fitText(yLabel, width)], {
          x: atPixel(0),
          y: atPixel(legend.height + 8),
          text: (name: string) => name,
          textAnchor: 'start',
          className: 'y-label',
        }),
        ...references.flatMap((line) => drawReference(plot, line, isRight(line))),
        ...series.map((item) => drawBand(plot, item)),
        ...series.map((item) => drawLine(plot, item)),
        ...series.filter(({ points }) => points.length <= mostMarked).map((item) => drawPoints(plot, item, yFormat)),
        ...legend.marks(plot),
      ],
    }),
  });
}

interface DrawnSeries extends LineSeries {
  place: number;
}

function drawBand(plot: typeof PlotModule, { points, place }: DrawnSeries): PlotModule.Markish {
  const banded = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  return plot.areaY(banded, { x: 'x', y1: 'low', y2: 'high', fill: lookOf(place).color, fillOpacity: 0.18, className: 'band' });
}

function drawLine(plot: typeof PlotModule, { points, place, name }: DrawnSeries): PlotModule.Markish {
  const { color, dash } = lookOf(place);
  return plot.line(points, {
    x: 'x',
    y: 'y',
    stroke: color,
    strokeWidth: 2.25,
    strokeDasharray: dash,
    title: () => name,
    className: 'line',
  });
}

function drawPoints(
  plot: typeof PlotModule,
  { points, place, name }: DrawnSeries,
  format: (y: number) => string,
): PlotModule.Markish {
  const { color, symbol } = lookOf(place);
  const title = ({ x, y, low, high }: LinePoint) =>
    `${name}, ${formatPlain(x)}: ${format(y)}${low === undefined || high === undefined ? '' : ` (${format(low)} to ${format(high)})`}`;
  return plot.dot(points, { x: 'x', y: 'y', r: 4, symbol, fill: color, title, className: 'point' });
}

/** Its name stands on the side that has more room. */
function drawReference(plot: typeof PlotModule, { axis, value, label }: ReferenceLine, isRight: boolean): PlotModule.Markish[] {
  const look = { stroke: quiet, strokeDasharray: '4 4', className: 'reference' } as const;
  const text = { text: () => fitText(label, 200), fill: quiet, stroke: paper, className: 'reference-name' } as const;
  const side = isRight ? ({ textAnchor: 'end', dx: -5 } as const) : ({ textAnchor: 'start', dx: 5 } as const);
  return axis === 'x'
    ? [plot.ruleX([value], look), plot.text([value], { x: (x: number) => x, frameAnchor: 'top', dy: 4, ...side, ...text })]
    : [
        plot.ruleY([value], look),
        plot.text([value], { y: (y: number) => y, frameAnchor: 'right', textAnchor: 'end', dy: -8, ...text }),
      ];
}

function middleOf(values: readonly number[], scale: 'linear' | 'log'): number {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return scale === 'log' ? Math.sqrt(low * high) : (low + high) / 2;
}

function isDrawable({ x, y, low = 0, high = 0 }: LinePoint): boolean {
  return [x, y, low, high].every(Number.isFinite);
}

function pick(points: LinePoint[]): LinePoint[] {
  if (points.length <= mostPoints) return points;
  const step = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, index) => points[Math.round(index * step)]).filter(
    (point) => point !== undefined,
  );
}

/** The x of the data when they are few, as sizes that were tried are; else powers of ten by Plot's own choice. */
function logTicks(series: readonly LineSeries[]): number[] | number {
  const values = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))];
  return values.length <= 10 ? values.toSorted((a, b) => a - b) : 5;
}

function describe({ name, points }: LineSeries, format: (y: number) => string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return `${name}: no points.`;
  return `${name}: ${format(first.y)} at ${formatPlain(first.x)}, ${format(last.y)} at ${formatPlain(last.x)}.`;
}
