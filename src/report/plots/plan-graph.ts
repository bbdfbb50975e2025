/** A plan as a graph in layers. */
import { type DrawnLine, type DrawnNode, drawGraph } from './draw-graph.ts';
import { layOutPlan, nodeHeight, nodeWidth } from './plan-layout.ts';

export interface GraphNode extends Omit<DrawnNode, 'x' | 'y' | 'width' | 'height' | 'isOpen'> {
  dependsOn: string[];
  /** The mapped subtask that it is an item of. */
  itemOf?: string;
  /** What comes before it on the critical path, where it builds on that. */
  criticalFrom?: string;
}

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
  const all = lines.map(({ from, to, points }): DrawnLine => ({ points, isCritical: before.get(to) === from }));
  const shown = all.length > mostLines ? all.filter(({ isCritical }) => isCritical) : all;
  const drawn = nodes.map((node): DrawnNode => {
    const { x, y } = places.get(node.id) ?? { x: 0, y: 0 };
    return { ...node, x: x - nodeWidth / 2, y: y - nodeHeight / 2, width: nodeWidth, height: nodeHeight };
  });
  const markup = drawGraph({ nodes: drawn, lines: shown, width, height, label });
  return { markup, width, linesLeftOut: all.length - shown.length };
}
