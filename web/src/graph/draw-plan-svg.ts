/** The graph as it is laid out, as an SVG document of its own, drawn as the pages on file draw theirs. */
import { type DrawnLine, type DrawnNode, drawGraph } from 'planwright/browser';
import { formatDuration, formatNumber } from '../shared/figures.ts';
import type { Place, Places } from './layout.ts';
import type { PlanGraph } from './plan-graph.ts';

const margin = 20;

export function drawPlanSvg({ nodes, edges }: PlanGraph, places: Places): string {
  const parents = new Map(nodes.map(({ path, parent }) => [path, parent]));
  const placeOf = (path: string): Place | null => {
    const place = places[path];
    if (place === undefined) return null;
    let { x, y } = place;
    for (let above = parents.get(path) ?? null; above !== null; above = parents.get(above) ?? null) {
      x += places[above]?.x ?? 0;
      y += places[above]?.y ?? 0;
    }
    return { ...place, x: x + margin, y: y + margin };
  };
  const boxes = nodes.flatMap(({ path, item, isOpen }): DrawnNode[] => {
    const place = placeOf(path);
    if (place === null) return [];
    const { subtask, role, status, startedMs, endedMs } = item;
    const note = startedMs === null || endedMs === null ? '' : formatDuration(endedMs - startedMs);
    return [{ id: subtask.id, role, status, note, isCritical: false, ...place, ...(isOpen ? { isOpen } : {}) }];
  });
  const lines = edges.flatMap(({ from, to }): DrawnLine[] => {
    const a = placeOf(from);
    const b = placeOf(to);
    return a === null || b === null ? [] : [{ points: bendBetween(a, b), isCritical: false }];
  });
  const right = Math.max(0, ...boxes.map(({ x, width }) => x + width));
  const bottom = Math.max(0, ...boxes.map(({ y, height }) => y + height));
  const size = { width: Math.ceil(right + margin), height: Math.ceil(bottom + margin) };
  return `${drawGraph({ nodes: boxes, lines, ...size, label: `A plan of ${formatNumber(boxes.length, 'subtask')}` })}\n`;
}

function bendBetween(from: Place, to: Place): DrawnLine['points'] {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x, y: to.y + to.height / 2 };
  const middle = (start.x + end.x) / 2;
  return [start, { x: middle, y: start.y }, { x: middle, y: end.y }, end];
}
