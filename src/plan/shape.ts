/** A plan's shape: what its graph and its estimates say before anything runs. */
import { buildGraph, findHeaviestPath, type Graph, levelNodes, orderNodes } from './dag.ts';
import { simulateMakespan } from './makespan.ts';
import type { PlanShape, Subtask } from './plan.ts';
import { withoutRepetitions } from './repetitions.ts';

/**
 * The subtasks form a valid graph (checkPlan has passed them): unique ids, no cycle; dependencies on ids outside the list are not counted.
 * `workers` adds the makespan for that many.
 */
export function measureShape(subtasks: readonly Subtask[], workers?: number): PlanShape {
  return measureGraph(subtasks, buildSubtaskGraph(subtasks), workers);
}

/** `graph`: nodes are positions in `subtasks`. */
export function measureGraph(subtasks: readonly Subtask[], graph: Graph, workers?: number): PlanShape {
  const order = orderNodes(graph);
  const durations = Float64Array.from(subtasks, (subtask) => subtask.estimate?.durationMs ?? 0);
  const path = findHeaviestPath(graph, order, durations);
  const { depth, width } = measureLevels(levelNodes(graph, order));
  return {
    subtasks: graph.size,
    edges: graph.edges,
    depth,
    width,
    roots: graph.dependencies.filter((before) => before.length === 0).length,
    leaves: graph.dependents.filter((after) => after.length === 0).length,
    criticalPathMs: path.weight,
    criticalPath: path.nodes.map((node) => subtasks[node]?.id ?? ''),
    makespanMs: {
      unlimited: path.weight,
      ...(workers === undefined ? {} : { workers: simulateMakespan(graph, order, durations, workers) }),
      one: durations.reduce((sum, duration) => sum + duration, 0),
    },
  };
}

/** Nodes are positions in `subtasks`. */
export function buildSubtaskGraph(subtasks: readonly Subtask[]): Graph {
  const positions = new Map(subtasks.map((subtask, position) => [subtask.id, position]));
  return buildGraph(
    subtasks.map((subtask) => {
      const known: number[] = [];
      for (const id of withoutRepetitions(subtask.dependsOn)) {
        const position = positions.get(id);
        if (position !== undefined) known.push(position);
      }
      return known;
    }),
  );
}

function measureLevels(levels: Int32Array): { depth: number; width: number } {
  const counts: number[] = [];
  for (const level of levels) counts[level] = (counts[level] ?? 0) + 1;
  return { depth: counts.length, width: counts.reduce((widest, count) => Math.max(widest, count), 0) };
}
