/** A plan as a graph in layers. */
import type { SubtaskStatus } from '../../schedule/state.ts';
import { cutText, type Html, html } from '../html.ts';
import { fontSize } from './draw-plot.ts';
import { fitText } from './measure-text.ts';
import { lookOf, paper, quiet } from './palette.ts';
import { layOutPlan, nodeHeight, nodeWidth, type Placed } from './plan-layout.ts';
import { lookOfStatus } from './subtask-look.ts';

export interface GraphNode {
  id: string;
  role: string;
  status: SubtaskStatus;
  dependsOn: string[];
  /** The mapped subtask that it is an item of. */
  itemOf?: string;
  /** Under its role: `2.1 s`. */
  note: string;
  /** On the critical path. */
  isCritical: boolean;
  /** What comes before it there, where it builds on that. */
  criticalFrom?: string;
  /** Of this page, without `#`. Absent: it leads nowhere. */
  anchor?: string;
}

interface Line {
  points: Placed[];
  isCritical: boolean;
}

const labelLength = 1000;
const mostLines = 2_000;

export interface DrawnGraph {
  /** An `<svg>` element. It holds links, so it is no mere image. */
  markup: string;
  /** px, when its text has the page's size. */
  width: number;
  /** Of a plan with too many to be told apart, only lines of the critical path are drawn. */
  linesLeftOut: number;
}

export async function drawPlanGraph(nodes: readonly GraphNode[], label: string): Promise<DrawnGraph> {
  const { width, height, places, lines } = await layOutPlan(
    nodes.map(({ id, dependsOn, itemOf }) => ({ id, from: itemOf === undefined ? dependsOn : [...dependsOn, itemOf] })),
  );
  const before = new Map(nodes.map(({ id, criticalFrom }) => [id, criticalFrom]));
  const all = lines.map(({ from, to, points }): Line => ({ points, isCritical: before.get(to) === from }));
  const shown = all.length > mostLines ? all.filter(({ isCritical }) => isCritical) : all;
  const { markup } =
    html`<svg xmlns="http://www.w3.org/2000/svg" role="group" aria-label="${cutText(label, labelLength)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="${fontSize}" fill="currentColor">
${shown.map(drawLine)}
${nodes.map((node) => drawNode(node, places.get(node.id) ?? { x: 0, y: 0 }))}
</svg>`;
  return { markup, width, linesLeftOut: all.length - shown.length };
}

function drawLine({ points, isCritical }: Line): Html {
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

function drawNode(node: GraphNode, { x, y }: Placed): Html {
  const { id, role, status, note, isCritical, anchor } = node;
  const { color, sign, isDashed } = lookOfStatus(status);
  const left = round(x - nodeWidth / 2);
  const top = round(y - nodeHeight / 2);
  const told = note === '' ? status : `${status}, ${note}`;
  const drawn = html`<title>${cutText(id, 200)}: ${cutText(role, 80)}, ${told}${isCritical && ', on the critical path'}</title>
<rect x="${left}" y="${top}" width="${nodeWidth}" height="${nodeHeight}" rx="6" fill="${paper}" stroke="${color}" stroke-width="${isCritical ? 3 : 1.5}" vector-effect="non-scaling-stroke"${isDashed && html` stroke-dasharray="4 3"`}></rect>
<text x="${left + 10}" y="${top + 20}"><tspan fill="${color}" font-weight="600">${sign}</tspan> <tspan font-weight="600">${fitText(id, nodeWidth - 40)}</tspan></text>
<text x="${left + 10}" y="${top + 37}" fill="${quiet}">${fitText(`${role} · ${status === 'succeeded' && note !== '' ? note : status}`, nodeWidth - 20)}</text>`;
  return anchor === undefined ? html`<g>${drawn}</g>\n` : html`<a href="#${anchor}">${drawn}</a>\n`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
