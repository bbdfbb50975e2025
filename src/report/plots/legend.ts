/** What the looks of a plot's series mean, in lines above it. */
import type * as PlotModule from '@observablehq/plot';
import { fitText, measureText } from './measure-text.ts';
import { lookOf } from './palette.ts';
import { fontSize } from './plot-size.ts';

export interface LegendItem {
  name: string;
  /** Place in the palette. */
  place: number;
  kind: 'symbol' | 'area' | 'line';
}

interface PlacedItem extends LegendItem {
  x: number;
  y: number;
}

export interface Legend {
  /** px that the plot begins lower. */
  height: number;
  marks: (plot: typeof PlotModule) => PlotModule.Markish[];
}

const lineHeight = 20;
const signWidth = 24;
const gap = 18;

/** Items follow each other from the left and wrap. */
export function layOutLegend(items: readonly LegendItem[], width: number): Legend {
  const placed: PlacedItem[] = [];
  let x = 0;
  let y = fontSize / 2 + 2;
  for (const item of items) {
    const name = fitText(item.name, Math.min(260, width - signWidth));
    const itemWidth = signWidth + measureText(name) + gap;
    if (x > 0 && x + itemWidth - gap > width) {
      x = 0;
      y += lineHeight;
    }
    placed.push({ ...item, name, x, y });
    x += itemWidth;
  }
  return { height: items.length === 0 ? 0 : y + lineHeight, marks: (plot) => drawLegend(plot, placed) };
}

function drawLegend(plot: typeof PlotModule, items: PlacedItem[]): PlotModule.Markish[] {
  const at = (dx: number) => ({ value: (item: PlacedItem) => item.x + dx, scale: null });
  const y = { value: (item: PlacedItem) => item.y, scale: null };
  const of = (kind: LegendItem['kind']) => items.filter((item) => item.kind === kind);
  const color = (item: PlacedItem) => lookOf(item.place).color;
  const named = { className: 'legend' } as const;
  return [
    plot.dot(of('symbol'), { x: at(8), y, r: 5, symbol: (item: PlacedItem) => lookOf(item.place).symbol, fill: color, ...named }),
    plot.dot(of('area'), { x: at(8), y, r: 7, symbol: 'square', fill: color, ...named }),
    ...of('line').map((item) =>
      plot.link([item], {
        x1: at(0),
        x2: at(20),
        y1: y,
        y2: y,
        stroke: color,
        strokeWidth: 2.5,
        strokeDasharray: lookOf(item.place).dash,
        ...named,
      }),
    ),
    plot.text(items, { x: at(signWidth), y, text: (item: PlacedItem) => item.name, textAnchor: 'start', ...named }),
  ];
}
