/** A laid-out plan as React Flow's nodes and edges. */
import { type Edge, MarkerType, type NodeHandle, Position } from '@xyflow/react';
import type { Places } from './layout.ts';
import { nodeSize, type PlanGraph } from './plan-graph.ts';
import type { SubtaskNodeType } from './subtask-node.tsx';

/** Those that have a place. */
export function toFlowNodes(graph: PlanGraph, places: Places, selected: string | undefined): SubtaskNodeType[] {
  return graph.nodes.flatMap(({ path, run, item, teamRunId, isOpen, parent }): SubtaskNodeType[] => {
    const place = places[path];
    if (place === undefined || (parent !== null && places[parent] === undefined)) return [];
    const { width, height } = isOpen ? place : nodeSize;
    return [
      {
        id: path,
        type: 'subtask',
        position: { x: place.x, y: place.y },
        data: { run, subtaskId: item.subtask.id, path, hasTeam: teamRunId !== null, isOpen },
        width,
        height,
        // Known beforehand: otherwise every node of the plan would be drawn once, to be measured.
        measured: { width, height },
        handles: handlesOf(width, height),
        ...(parent === null ? {} : { parentId: parent }),
        zIndex: path.split('/').length,
        selected: path === selected,
        ariaRole: 'group',
        ariaLabel: `Subtask ${item.subtask.id}, role ${item.role}`,
      },
    ];
  });
}

export function toFlowEdges(graph: PlanGraph, critical: readonly string[]): Edge[] {
  const onPath = new Set(critical);
  return graph.edges.map(
    ({ from, to, isSuperseded }): Edge => ({
      id: `${from} → ${to}`,
      source: from,
      target: to,
      className: `${isSuperseded ? 'is-superseded' : ''}${onPath.has(from) && onPath.has(to) ? ' is-critical' : ''}`,
      markerEnd: { type: MarkerType.ArrowClosed, markerUnits: 'userSpaceOnUse', width: 16, height: 16 },
      zIndex: from.split('/').length,
    }),
  );
}

function handlesOf(width: number, height: number): NodeHandle[] {
  const size = { y: height / 2, width: 1, height: 1 };
  return [
    { type: 'target', position: Position.Left, x: 0, ...size },
    { type: 'source', position: Position.Right, x: width, ...size },
  ];
}
