/** The places of a plan's nodes, level by level: an opened sub-team is as large as its own graph. */
import type { LayoutGraph, Place, Places } from './layout.ts';

/** Around an opened sub-team's own nodes; the top holds its name. */
const inset = { side: 16, top: 68 };

export type PlaceLevel = (level: LayoutGraph) => Map<string, Place>;

export function placeLevels(graph: LayoutGraph, place: PlaceLevel): Places {
  const places: Places = {};
  placeAll(graph, place, places);
  return places;
}

/** @returns the size of the whole. */
function placeAll({ nodes, edges }: LayoutGraph, place: PlaceLevel, places: Places): { width: number; height: number } {
  const sized = nodes.map((node) => {
    if (node.children === undefined || node.children.nodes.length === 0) return node;
    const inner = placeAll(node.children, place, places);
    for (const child of node.children.nodes) {
      const found = places[child.id];
      if (found === undefined) continue;
      found.x += inset.side;
      found.y += inset.top;
    }
    return {
      id: node.id,
      width: Math.max(node.width, inner.width + 2 * inset.side),
      height: inner.height + inset.top + inset.side,
    };
  });
  const own = place({ nodes: sized, edges });
  let width = 0;
  let height = 0;
  for (const [id, found] of own) {
    places[id] = found;
    width = Math.max(width, found.x + found.width);
    height = Math.max(height, found.y + found.height);
  }
  return { width, height };
}
