/** Draws a plan's graph whose boxes and lines have their places: on a page, and what the web app hands over as SVG. */
import type { SubtaskStatus } from '../../schedule/state.ts';
import { cutText, type Html, html } from '../html.ts';
import { fitText } from './measure-text.ts';
import { lookOf, paper, quiet } from './palette.ts';
import type { Placed } from './plan-layout.ts';
import { fontSize } from './plot-size.ts';
import { lookOfStatus } from './subtask-look.ts';

export interface DrawnNode {
  id: string;
  role: string;
  status: SubtaskStatus;
  /** Under its role: `2.1 s`. */
  note: string;
  /** On the critical path. */
  isCritical: boolean;
  /** Of this page, without `#`. Absent: it leads nowhere. */
  anchor?: string;
  /** px, its top left corner and its size. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Of an opened sub-team, whose own boxes stand in it: drawn before them. */
  isOpen?: true;
}

export interface DrawnLine {
  /** From box to box; the inner ones are where it bends. */
  points: readonly Placed[];
  isCritical: boolean;
}

export interface GraphToDraw {
  nodes: readonly DrawnNode[];
  lines: readonly DrawnLine[];
  /** px */
  width: number;
  height: number;
  /** What it shows, for who does not see it. */
  label: string;
}

const labelLength = 1000;

/** @returns an `<svg>` element. It may hold links, so it is no mere image. */
export function drawGraph({ nodes, lines, width, height, label }: GraphToDraw): string {
  return html`<svg xmlns="http://www.w3.org/2000/svg" role="group" aria-label="${cutText(label, labelLength)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="${fontSize}" fill="currentColor">
${nodes.filter(({ isOpen }) => isOpen).map(drawNode)}
${lines.map(drawLine)}
${nodes.filter(({ isOpen }) => isOpen !== true).map(drawNode)}
</svg>`.markup;
}

function drawLine({ points, isCritical }: DrawnLine): Html {
  const end = points.at(-1);
  const before = points.at(-2);
  if (end === undefined || before === undefined) return html``;
  const color = isCritical ? lookOf(1).color : quiet;
  return html`<path d="${bend(points)}" fill="none" stroke="${color}" stroke-width="${isCritical ? 2.5 : 1}" vector-effect="non-scaling-stroke"></path>${drawHead(before, end, color)}
`;
}

/** Through the middles of its inner lines, rounded at the points where they meet. */
function bend(points: readonly Placed[]): string {
  return points
    .map(({ x, y }, index) => {
      if (index === 0) return `M${round(x)},${round(y)}`;
      const next = points[index + 1];
      if (next === undefined) return `L${round(x)},${round(y)}`;
      const isLast = index === points.length - 2;
      // The last line stays straight for a while: the head lies on it.
      const share = isLast ? 0.4 : 0.5;
      return `Q${round(x)},${round(y)} ${round(x + (next.x - x) * share)},${round(y + (next.y - y) * share)}`;
    })
    .join('');
}

/** The arrow's head, turned the way its line comes. */
function drawHead(from: Placed, to: Placed, color: string): Html {
  const angle = Math.round((Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI);
  return html`<path d="M0,0L-7,-3.5L-7,3.5Z" fill="${color}" transform="translate(${round(to.x)},${round(to.y)}) rotate(${angle})"></path>`;
}

function drawNode({ id, role, status, note, isCritical, anchor, x, y, width, height }: DrawnNode): Html {
  const { color, sign, isDashed } = lookOfStatus(status);
  const left = round(x);
  const top = round(y);
  const told = note === '' ? status : `${status}, ${note}`;
  const drawn = html`<title>${cutText(id, 200)}: ${cutText(role, 80)}, ${told}${isCritical && ', on the critical path'}</title>
<rect x="${left}" y="${top}" width="${round(width)}" height="${round(height)}" rx="6" fill="${paper}" stroke="${color}" stroke-width="${isCritical ? 3 : 1.5}" vector-effect="non-scaling-stroke"${isDashed && html` stroke-dasharray="4 3"`}></rect>
<text x="${left + 10}" y="${top + 20}"><tspan fill="${color}" font-weight="600">${sign}</tspan> <tspan font-weight="600">${fitText(id, width - 40)}</tspan></text>
<text x="${left + 10}" y="${top + 37}" fill="${quiet}">${fitText(`${role} · ${status === 'succeeded' && note !== '' ? note : status}`, width - 20)}</text>`;
  return anchor === undefined ? html`<g>${drawn}</g>\n` : html`<a href="#${anchor}">${drawn}</a>\n`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
