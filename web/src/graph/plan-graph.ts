/** A run's plan as nodes and edges, with the plans of opened sub-teams in it. A node's id is the subtask's path. */
import { partOf, type SubtaskState } from 'planwright/browser';
import { type RunFold, teamRunOf } from '../run/run-fold.ts';
import type { LayoutGraph, LayoutNode } from './layout.ts';

export interface PlanNode {
  /** Ids from the outermost run down, joined by `/`. */
  path: string;
  run: RunFold;
  item: SubtaskState;
  /** The run of its sub-team, when it has one. */
  teamRunId: string | null;
  isOpen: boolean;
  parent: string | null;
}

export interface PlanGraph {
  nodes: PlanNode[];
  edges: { from: string; to: string; isSuperseded: boolean }[];
  layout: LayoutGraph;
  /** Changes exactly when the layout has to. */
  key: string;
}

export const nodeSize = { width: 214, height: 70 };

export interface PlanGraphOptions {
  /** Paths of subtasks whose sub-teams are opened. */
  open: ReadonlySet<string>;
  /** By run id. */
  runs: ReadonlyMap<string, RunFold>;
  showsSuperseded: boolean;
}

export function buildPlanGraph(run: RunFold, options: PlanGraphOptions): PlanGraph {
  const nodes: PlanNode[] = [];
  const edges: PlanGraph['edges'] = [];
  const layout = collect(run, null, options, { nodes, edges });
  const key = `${nodes.map(({ path, isOpen }) => (isOpen ? `${path}+` : path)).join('\n')}\n\n${edges.length}`;
  return { nodes, edges, layout, key };
}

function collect(
  run: RunFold,
  parent: string | null,
  options: PlanGraphOptions,
  graph: Pick<PlanGraph, 'nodes' | 'edges'>,
): LayoutGraph {
  const layout: LayoutGraph = { nodes: [], edges: [] };
  const shown = [...run.state.subtasks.values()].filter(
    (item) => partOf(item) === null && (options.showsSuperseded || item.status !== 'superseded'),
  );
  const pathOf = (id: string): string => (parent === null ? id : `${parent}/${id}`);
  for (const item of shown) {
    const path = pathOf(item.subtask.id);
    const teamRunId = teamRunOf(run, item);
    const team = teamRunId === null ? undefined : options.runs.get(teamRunId);
    const isOpen = team !== undefined && options.open.has(path) && team.state.subtasks.size > 0;
    graph.nodes.push({ path, run, item, teamRunId, isOpen, parent });
    const node: LayoutNode = { id: path, ...nodeSize };
    if (isOpen) node.children = collect(team, path, options, graph);
    layout.nodes.push(node);
  }
  const ids = new Map(shown.map((item) => [item.subtask.id, item]));
  for (const { subtask, status } of shown) {
    for (const dependency of subtask.dependsOn) {
      const source = ids.get(dependency);
      if (source === undefined) continue;
      const edge = { from: pathOf(dependency), to: pathOf(subtask.id) };
      layout.edges.push(edge);
      graph.edges.push({ ...edge, isSuperseded: status === 'superseded' || source.status === 'superseded' });
    }
  }
  return layout;
}
