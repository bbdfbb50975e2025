/** When who worked on what: a row a subtask, a bar an attempt. */
import { cleanText, cutText, type Html, html } from '../html.ts';
import { formatPlain, formatSeconds } from '../numbers.ts';
import { fitText, roomForLabels } from './measure-text.ts';
import { lookOf, paper, quiet } from './palette.ts';
import { defaultWidth, fontSize, type PlotSize } from './plot-size.ts';

export interface TimelineRow {
  label: string;
  /** Sub-teams' subtasks stand below those that they carry out. */
  level: number;
  isCritical: boolean;
  bars: TimelineBar[];
}

export interface TimelineBar {
  /** ms from the run's start. */
  startedMs: number;
  endedMs: number;
  /** `planning` and `accepted` work are filled, what was in vain is not. */
  kind: 'planning' | 'accepted' | 'in vain';
  /** In words, for who points at it. */
  title: string;
}

const rowHeight = 20;
const axisHeight = 40;
const topMargin = 30;
const labelLength = 1000;

/** @returns an `<svg>` element. */
export function drawTimeline(rows: readonly TimelineRow[], { width = defaultWidth }: PlotSize = {}): string {
  const labels = rows.map(({ label, level }) => `${'  '.repeat(Math.min(level, 3))}${label}`);
  const left = roomForLabels(labels, width * 0.36) + 26;
  const lastMs = Math.max(1, ...rows.flatMap(({ bars }) => bars.map(({ endedMs }) => endedMs)));
  const plotWidth = width - left - 16;
  const xOf = (ms: number): number => Math.round((left + (Math.max(0, ms) / lastMs) * plotWidth) * 10) / 10;
  const height = topMargin + rows.length * rowHeight + axisHeight;
  const bottom = height - axisHeight;
  const ticks = listTicks(lastMs / 1000, Math.max(2, Math.floor(plotWidth / 90)));
  const label = `Attempts over time, ${rows.length} rows, ${formatSeconds(lastMs / 1000)} in all. The data are in the table.`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${cutText(label, labelLength)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="${fontSize}" fill="currentColor">
${drawLegend(width)}
${ticks.map((seconds) => html`<line x1="${xOf(seconds * 1000)}" x2="${xOf(seconds * 1000)}" y1="${topMargin}" y2="${bottom}" stroke="${quiet}" stroke-opacity="0.25"></line><text x="${xOf(seconds * 1000)}" y="${bottom + 16}" text-anchor="middle" fill="${quiet}">${formatPlain(seconds)}</text>`)}
<text x="${left + plotWidth / 2}" y="${bottom + 34}" text-anchor="middle" fill="${quiet}">Seconds from the start</text>
${rows.map((row, index) => drawRow(row, { y: topMargin + index * rowHeight, left, xOf }))}
</svg>`.markup;
}

function drawRow(
  { label, level, isCritical, bars }: TimelineRow,
  { y, left, xOf }: { y: number; left: number; xOf: (ms: number) => number },
): Html {
  const indent = Math.min(level, 3) * 8;
  const weight = isCritical ? 600 : 400;
  return html`<text x="${indent + 12}" y="${y + 14}" font-weight="${weight}">${fitText(label, left - 26 - indent)}</text>${isCritical && html`<circle cx="5" cy="${y + 10}" r="3.5" fill="${lookOf(1).color}"></circle>`}
${bars.map((bar) => drawBar(bar, { y, isCritical, xOf }))}
`;
}

function drawBar(
  { startedMs, endedMs, kind, title }: TimelineBar,
  { y, isCritical, xOf }: { y: number; isCritical: boolean; xOf: (ms: number) => number },
): Html {
  const color = colorOf(kind, isCritical);
  const x = xOf(startedMs);
  const width = Math.max(1.5, Math.round((xOf(endedMs) - x) * 10) / 10);
  const fill = kind === 'in vain' ? paper : color;
  return html`<rect x="${x}" y="${y + 4}" width="${width}" height="${rowHeight - 7}" rx="2" fill="${fill}" stroke="${color}"${kind === 'in vain' && html` stroke-dasharray="3 2"`}><title>${cleanText(title)}</title></rect>`;
}

function colorOf(kind: TimelineBar['kind'], isCritical: boolean): string {
  if (kind === 'planning') return lookOf(4).color;
  return isCritical ? lookOf(1).color : lookOf(0).color;
}

function drawLegend(width: number): Html {
  const items: [string, Html][] = [
    ['accepted', html`<rect x="0" y="-10" width="18" height="12" rx="2" fill="${lookOf(0).color}"></rect>`],
    ['on the critical path', html`<rect x="0" y="-10" width="18" height="12" rx="2" fill="${lookOf(1).color}"></rect>`],
    [
      'in vain',
      html`<rect x="0" y="-10" width="18" height="12" rx="2" fill="${paper}" stroke="${lookOf(0).color}" stroke-dasharray="3 2"></rect>`,
    ],
    ['planning', html`<rect x="0" y="-10" width="18" height="12" rx="2" fill="${lookOf(4).color}"></rect>`],
  ];
  const step = Math.min(160, Math.floor(width / items.length));
  return html`${items.map(([name, sign], index) => html`<g transform="translate(${index * step},14)">${sign}<text x="23" y="0">${fitText(name, step - 25)}</text></g>`)}`;
}

/** Round numbers from 0 up, about so many. */
function listTicks(most: number, count: number): number[] {
  const rough = most / count;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * size >= rough) ?? 10) * size;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}
