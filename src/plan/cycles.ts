/** Finding cycles: one for each strongly connected component, so that independent mistakes are reported once each. */
import { type Graph, orderNodes } from './dag.ts';

/**
 * One cycle a component, each node before the one that depends on it, starting at the component's lowest index, and the
 * shortest through that node; in order of their first nodes. A node that depends on itself is not looked for.
 */
export function findCycles(graph: Graph): number[][] {
  const order = orderNodes(graph);
  if (order.length === graph.size) return [];
  const components = findComponents(graph, order);
  const firsts = new Map<number, number>();
  const sizes = new Map<number, number>();
  for (const [node, component] of components.entries()) {
    if (component === -1) continue;
    if (!firsts.has(component)) firsts.set(component, node);
    sizes.set(component, (sizes.get(component) ?? 0) + 1);
  }
  const cycles: number[][] = [];
  for (const [component, first] of firsts) {
    if ((sizes.get(component) ?? 0) > 1) cycles.push(findCycleThrough(graph, components, first));
  }
  return cycles;
}

/** Tarjan's algorithm with its stack made explicit: component numbers by node, -1 for the nodes in `settled`. */
function findComponents(graph: Graph, settled: readonly number[]): Int32Array {
  const unvisited = -1;
  const component = new Int32Array(graph.size).fill(-1);
  const entered = new Int32Array(graph.size).fill(unvisited);
  const lowest = new Int32Array(graph.size);
  const nextEdge = new Int32Array(graph.size);
  const open = new Uint8Array(graph.size);
  const skip = new Uint8Array(graph.size);
  for (const node of settled) skip[node] = 1;
  const stack: number[] = [];
  const path: number[] = [];
  let clock = 0;
  let components = 0;

  const enter = (node: number): void => {
    entered[node] = clock;
    lowest[node] = clock;
    clock++;
    open[node] = 1;
    stack.push(node);
    path.push(node);
  };
  const lower = (node: number, value: number): void => {
    if (value < (lowest[node] ?? 0)) lowest[node] = value;
  };
  const closeComponent = (root: number): void => {
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      open[node] = 0;
      component[node] = components;
      if (node === root) break;
    }
    components++;
  };

  for (let start = 0; start < graph.size; start++) {
    if (skip[start] === 1 || entered[start] !== unvisited) continue;
    enter(start);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const edge = nextEdge[node] ?? 0;
      const next = graph.dependents[node]?.[edge];
      if (next === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) lower(parent, lowest[node] ?? 0);
        if (lowest[node] === entered[node]) closeComponent(node);
        continue;
      }
      nextEdge[node] = edge + 1;
      if (entered[next] === unvisited) enter(next);
      else if (open[next] === 1) lower(node, entered[next] ?? 0);
    }
  }
  return component;
}

/** Breadth first from `start` within its component, until an edge leads back. */
function findCycleThrough(graph: Graph, components: Int32Array, start: number): number[] {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.dependents[node] ?? []) {
      if (next === start) return tracePath(cameFrom, start, node);
      if (components[next] !== components[start] || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return [start];
}

function tracePath(cameFrom: Map<number, number>, start: number, end: number): number[] {
  const path = [end];
  for (let node = end; node !== start; ) {
    node = cameFrom.get(node) ?? start;
    path.push(node);
  }
  return path.reverse();
}
