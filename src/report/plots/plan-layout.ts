/**
 * Where the boxes and lines of a plan's graph are. Small plans are laid out by dagre, which is loaded at the first one. Large or
 * dense ones are laid out in plain layers: dagre takes many seconds for thousands of lines, and its long lines push boxes far
 * apart.
 */

export interface LayoutNode {
  id: string;
  /** What its lines come from; ids that are not there are left out. */
  from: string[];
}

export interface Placed {
  x: number;
  y: number;
}

export interface LayoutLine {
  from: string;
  to: string;
  /** From box to box; the inner ones are where it bends. */
  points: Placed[];
}

export interface PlanLayout {
  width: number;
  height: number;
  /** Middles of the boxes, by id. */
  places: Map<string, Placed>;
  lines: LayoutLine[];
}

export const nodeWidth = 168;
export const nodeHeight = 48;
const margin = 8;
const gap = 20;
/** px: a layer that is not wider needs no other direction, and a graph that is not is not too wide. */
const pageWidth = 760;
/** Beyond these dagre is not asked. */
const mostByDagre = { nodes: 150, lines: 600 };
/** Times that a layer is put in order by what is above it. */
const sweeps = 4;

/** From above to below, or from the left where that is narrower. */
export async function layOutPlan(given: readonly LayoutNode[]): Promise<PlanLayout> {
  const ids = new Set(given.map(({ id }) => id));
  const nodes = given.map(({ id, from }) => ({ id, from: [...new Set(from)].filter((before) => ids.has(before)) }));
  const layers = listLayers(nodes);
  const widest = Math.max(1, ...layers.map((layer) => layer.length));
  const isTall = widest * (nodeWidth + gap) <= Math.max(pageWidth, layers.length * (nodeWidth + 2 * gap));
  const lines = nodes.reduce((sum, { from }) => sum + from.length, 0);
  if (nodes.length > mostByDagre.nodes || lines > mostByDagre.lines) return layOutLayers(nodes, layers, isTall);
  const laidOut = await layOutByDagre(nodes, isTall);
  const least = widest * ((isTall ? nodeWidth : nodeHeight) + gap);
  const extent = isTall ? laidOut.width : laidOut.height;
  return extent > Math.max(pageWidth, 1.5 * least) ? layOutLayers(nodes, layers, isTall) : laidOut;
}

async function layOutByDagre(nodes: readonly LayoutNode[], isTall: boolean): Promise<PlanLayout> {
  const { Graph, layout } = await import('@dagrejs/dagre');
  const graph = new Graph();
  graph.setGraph({ rankdir: isTall ? 'TB' : 'LR', nodesep: gap, ranksep: isTall ? 44 : 52, marginx: margin, marginy: margin });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { width: nodeWidth, height: nodeHeight });
  for (const { id, from } of nodes) for (const before of from) graph.setEdge(before, id);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    places: new Map(nodes.map(({ id }) => [id, placeOf(graph.node(id))])),
    lines: graph.edges().map((edge: { v: string; w: string }) => ({
      from: edge.v,
      to: edge.w,
      points: (graph.edge(edge) as { points?: Placed[] } | undefined)?.points ?? [],
    })),
  };
}

function placeOf(node: unknown): Placed {
  const { x = 0, y = 0 } = (node ?? {}) as Partial<Placed>;
  return { x, y };
}

/** Each node one layer below the lowest that it comes from. */
function listLayers(nodes: readonly LayoutNode[]): LayoutNode[][] {
  const layerOf = new Map<string, number>();
  const layers: LayoutNode[][] = [];
  const pending = new Set(nodes);
  // Nodes stand after what they come from but in plans that were written in another order: those take another round.
  for (let isMoving = true; isMoving; ) {
    isMoving = false;
    for (const node of pending) {
      if (node.from.some((before) => !layerOf.has(before))) continue;
      const layer = Math.max(0, ...node.from.map((before) => (layerOf.get(before) ?? 0) + 1));
      layerOf.set(node.id, layer);
      (layers[layer] ??= []).push(node);
      pending.delete(node);
      isMoving = true;
    }
  }
  return layers;
}

/** Boxes of a layer stand close together, each about below what it comes from. */
function layOutLayers(nodes: readonly LayoutNode[], layers: readonly LayoutNode[][], isTall: boolean): PlanLayout {
  const pitch = (isTall ? nodeWidth : nodeHeight) + gap;
  const step = isTall ? nodeHeight + 44 : nodeWidth + 52;
  const widest = Math.max(...layers.map((layer) => layer.length));
  const extent = widest * pitch - gap + 2 * margin;
  const length = layers.length * step - (isTall ? 44 : 52) + 2 * margin;
  const across = placeAcross(layers);
  const places = new Map<string, Placed>();
  for (const [index, layer] of layers.entries()) {
    const along = margin + index * step + (isTall ? nodeHeight : nodeWidth) / 2;
    for (const { id } of layer) {
      const side = extent / 2 + (across.get(id) ?? 0) * pitch;
      places.set(id, isTall ? { x: side, y: along } : { x: along, y: side });
    }
  }
  const lines = nodes.flatMap(({ id, from }) =>
    from.flatMap((before) => {
      const [start, end] = [places.get(before), places.get(id)];
      return start === undefined || end === undefined ? [] : [{ from: before, to: id, points: connect(start, end, isTall) }];
    }),
  );
  return { width: isTall ? extent : length, height: isTall ? length : extent, places, lines };
}

/** Places in boxes from the middle of the layer. */
function placeAcross(layers: readonly LayoutNode[][]): Map<string, number> {
  const across = new Map<string, number>();
  const settle = (layer: readonly LayoutNode[]): void => {
    for (const [index, { id }] of layer.entries()) across.set(id, index - (layer.length - 1) / 2);
  };
  for (const layer of layers) settle(layer);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    for (const layer of layers.slice(1)) {
      const wanted = new Map(layer.map((node) => [node, meanOf(node.from.map((before) => across.get(before) ?? 0))]));
      settle(layer.toSorted((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0)));
    }
  }
  return across;
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** From side to side, with a bend in the middle. */
function connect(from: Placed, to: Placed, isTall: boolean): Placed[] {
  if (isTall) {
    const middle = (from.y + to.y) / 2;
    const [start, end] = [from.y + nodeHeight / 2, to.y - nodeHeight / 2];
    return [
      { x: from.x, y: start },
      { x: from.x, y: middle },
      { x: to.x, y: middle },
      { x: to.x, y: end },
    ];
  }
  const middle = (from.x + to.x) / 2;
  const [start, end] = [from.x + nodeWidth / 2, to.x - nodeWidth / 2];
  return [
    { x: start, y: from.y },
    { x: middle, y: from.y },
    { x: middle, y: to.y },
    { x: end, y: to.y },
  ];
}
