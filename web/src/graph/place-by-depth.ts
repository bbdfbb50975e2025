/** Columns by depth: linear in the plan's size, for plans that dagre would take too long over. Each stands near what it waits for. */
import { gap, type LayoutGraph, type Place } from './layout.ts';

const dagreMost = { nodes: 160, edges: 400 };

/** Whether its outermost level is more than dagre does in a few 100 ms. */
export function isLarge({ nodes, edges }: LayoutGraph): boolean {
  return nodes.length > dagreMost.nodes || edges.length > dagreMost.edges;
}

export function placeByDepth({ nodes, edges }: LayoutGraph): Map<string, Place> {
  const before = Map.groupBy(edges, ({ to }) => to);
  const after = Map.groupBy(edges, ({ from }) => from);
  const open = new Map(nodes.map(({ id }) => [id, before.get(id)?.length ?? 0]));
  const depths = new Map(nodes.map(({ id }) => [id, 0]));
  const ready = nodes.filter(({ id }) => open.get(id) === 0).map(({ id }) => id);
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    const depth = (depths.get(id) ?? 0) + 1;
    for (const { to } of after.get(id) ?? []) {
      depths.set(to, Math.max(depths.get(to) ?? 0, depth));
      const left = (open.get(to) ?? 1) - 1;
      open.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  const columns = [...Map.groupBy(nodes, ({ id }) => depths.get(id) ?? 0)].toSorted(([a], [b]) => a - b);
  const places = new Map<string, Place>();
  let x = 0;
  for (const [, column] of columns) {
    // Beside what it waits for: the mean height of that.
    const wanted = new Map(column.map(({ id }) => [id, meanHeight(before.get(id) ?? [], places)]));
    let y = 0;
    let width = 0;
    for (const node of column.toSorted((a, b) => (wanted.get(a.id) ?? 0) - (wanted.get(b.id) ?? 0))) {
      places.set(node.id, { x, y, width: node.width, height: node.height });
      y += node.height + gap.between;
      width = Math.max(width, node.width);
    }
    x += width + gap.ranks;
  }
  return places;
}

function meanHeight(edges: LayoutGraph['edges'], places: Map<string, Place>): number {
  if (edges.length === 0) return 0;
  return edges.reduce((sum, { from }) => sum + (places.get(from)?.y ?? 0), 0) / edges.length;
}
