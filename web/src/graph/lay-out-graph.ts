/** Places by dagre, which finds the order that crosses fewest edges; dependencies stand to the left of what waits for them. */
import { Graph, layout } from '@dagrejs/dagre';
import { gap, type LayoutGraph, type Place, type Places } from './layout.ts';
import { isLarge, placeByDepth } from './place-by-depth.ts';
import { placeLevels } from './place-levels.ts';

export function layOutGraph(graph: LayoutGraph): Places {
  return placeLevels(graph, (level) => (isLarge(level) ? placeByDepth(level) : placeByDagre(level)));
}

function placeByDagre({ nodes, edges }: LayoutGraph): Map<string, Place> {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: gap.between, ranksep: gap.ranks });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const places = new Map<string, Place>();
  for (const { id, width, height } of nodes) {
    const { x = 0, y = 0 } = graph.node(id) as { x?: number; y?: number };
    places.set(id, { x: x - width / 2, y: y - height / 2, width, height });
  }
  return places;
}
