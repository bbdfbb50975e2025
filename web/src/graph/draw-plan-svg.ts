/** The graph as it is laid out, as an SVG document of its own: for a page, a report, a pull request. */
import { stateWords } from '../shared/state-icon.tsx';
import type { Places } from './layout.ts';
import type { PlanGraph } from './plan-graph.ts';
import { stateOfSubtask } from './state-of-subtask.ts';

const margin = 20;
const strokes: Record<string, string> = { succeeded: '#0f7b5a', failed: '#b3261e', running: '#0b6fb0', verifying: '#8a5a00' };

export function drawPlanSvg({ nodes, edges }: PlanGraph, places: Places): string {
  const parents = new Map(nodes.map(({ path, parent }) => [path, parent]));
  const placeOf = (path: string) => {
    const place = places[path];
    if (place === undefined) return null;
    let { x, y } = place;
    for (let above = parents.get(path) ?? null; above !== null; above = parents.get(above) ?? null) {
      x += places[above]?.x ?? 0;
      y += places[above]?.y ?? 0;
    }
    return { ...place, x, y };
  };
  let width = 0;
  let height = 0;
  const boxes = nodes.flatMap(({ path, item, isOpen }) => {
    const place = placeOf(path);
    if (place === null) return [];
    width = Math.max(width, place.x + place.width);
    height = Math.max(height, place.y + place.height);
    const state = stateOfSubtask(item);
    const dashes = state === 'superseded' ? ' stroke-dasharray="5 4" opacity=".6"' : '';
    return [
      `<rect x="${place.x}" y="${place.y}" width="${place.width}" height="${place.height}" rx="8" fill="${isOpen ? '#f5f7f9' : '#fff'}" stroke="${strokes[state] ?? '#57606a'}"${dashes}/>`,
      `<text x="${place.x + 12}" y="${place.y + 24}" font-weight="600">${escapeXml(cut(item.subtask.id, 26))}</text>`,
      `<text x="${place.x + 12}" y="${place.y + 46}" fill="#57606a">${escapeXml(cut(item.role, 16))} · ${stateWords[state]}</text>`,
    ];
  });
  const lines = edges.flatMap(({ from, to }) => {
    const a = placeOf(from);
    const b = placeOf(to);
    if (a === null || b === null) return [];
    const [x1, y1, x2, y2] = [a.x + a.width, a.y + a.height / 2, b.x, b.y + b.height / 2];
    const bend = Math.max(24, (x2 - x1) / 2);
    return [
      `<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" fill="none" stroke="#8b949e" marker-end="url(#end)"/>`,
    ];
  });
  const size = { width: Math.ceil(width + 2 * margin), height: Math.ceil(height + 2 * margin) };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="${-margin} ${-margin} ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="14">`,
    '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8Z" fill="#8b949e"/></marker></defs>',
    ...lines,
    ...boxes,
    '</svg>',
    '',
  ].join('\n');
}

function cut(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
