/** The plan as a graph: React Flow draws what is in view, a worker finds the places, the nodes follow the events by themselves. */
import {
  Controls,
  type CoordinateExtent,
  type Edge,
  MarkerType,
  MiniMap,
  type NodeHandle,
  Position,
  ReactFlow,
  ReactFlowProvider,
  type ReactFlowState,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { CallSums } from '../ledger/sum-calls.ts';
import { type RunFold, teamRunOf } from '../run/run-fold.ts';
import type { RunTree } from '../run/run-tree.ts';
import { useTree, useTreeFact } from '../run/use-run-tree.ts';
import { formatNumber } from '../shared/figures.ts';
import { useReducedMotion } from '../shared/reduced-motion.ts';
import { GraphTools } from './graph-tools.tsx';
import type { Places } from './layout.ts';
import { NodeContext } from './node-context.ts';
import { buildPlanGraph, nodeSize } from './plan-graph.ts';
import { SubtaskNode, type SubtaskNodeType } from './subtask-node.tsx';
import { usePlaces } from './use-places.ts';

const nodeTypes = { subtask: SubtaskNode };
/** A larger plan begins at its first subtasks, large enough to be read; the overview shows the rest. */
const fittedMost = 60;
const firstView = { x: 24, y: 56, zoom: 0.8 };
/** From so many nodes on an overview helps. */
const overviewFrom = 24;
const overviewAfterMs = 250;
/** At a lower zoom a node's small text can't be read. */
const legibleFrom = 0.4;
const isFarAway = ({ transform: [, , zoom] }: ReactFlowState): boolean => zoom < legibleFrom;
/** px around the plan. */
const leeway = 1000;

export interface PlanGraphViewProps {
  sums: CallSums;
  /** Subtasks on the critical path, once the run has ended. */
  critical: readonly string[];
  /** Path of the chosen subtask. */
  selected: string | undefined;
  onSelect: (path: string) => void;
}

export function PlanGraphView(props: PlanGraphViewProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing({ sums, critical, selected, onSelect }: PlanGraphViewProps) {
  const tree = useTree();
  const [showsSuperseded, setShowsSuperseded] = useState(true);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((path: string) => setOpen((before) => toggled(before, path)), []);
  // The shape of the plan changes rarely; how its nodes stand is the nodes' own matter.
  const shape = useTreeFact(shapeOf);
  const graph = useMemo(
    () => buildPlanGraph(tree.root, { open, runs: tree.runs, showsSuperseded }),
    [tree, shape, open, showsSuperseded],
  );
  const { places, tookMs } = usePlaces(graph.layout, graph.key);

  const nodes = useMemo(
    () =>
      graph.nodes.flatMap(({ path, run, item, teamRunId, isOpen, parent }): SubtaskNodeType[] => {
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
      }),
    [graph, places, selected],
  );
  const edges = useMemo(() => {
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
  }, [graph, critical]);

  const extent = useMemo(() => extentOf(places), [places]);
  const isStill = useReducedMotion();
  const flow = useReactFlow();
  const wasMoved = useRef(false);
  useEffect(() => {
    // A plan that streams in stays in view until somebody moves it.
    if (nodes.length === 0 || nodes.length > fittedMost || wasMoved.current) return;
    const frame = requestAnimationFrame(() => {
      flow.fitView({ padding: 0.1, maxZoom: 1, minZoom: 0.2 }).catch(() => {});
    });
    return () => cancelAnimationFrame(frame);
  }, [places, flow]);

  // The plan first: the overview draws every node of it once more.
  const [hasOverview, setHasOverview] = useState(false);
  const isDrawn = nodes.length > 0;
  useEffect(() => {
    if (!isDrawn) return;
    const timer = setTimeout(() => setHasOverview(true), overviewAfterMs);
    return () => clearTimeout(timer);
  }, [isDrawn]);

  const superseded = useTreeFact(({ root }) => countSuperseded(root));
  const isFar = useStore(isFarAway);
  const context = useMemo(
    () => ({ sums, critical: new Set(critical), isFar, onToggle: toggle }),
    [sums, critical, isFar, toggle],
  );
  return (
    <NodeContext value={context}>
      <div className="graph" data-layout-ms={tookMs ?? ''}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          onNodeClick={(_, node) => onSelect(node.id)}
          onNodesChange={(changes) => {
            // By keyboard: Enter on the node that has the focus.
            for (const change of changes) if (change.type === 'select' && change.selected) onSelect(change.id);
          }}
          onMove={(event) => {
            if (event !== null) wasMoved.current = true;
          }}
          onlyRenderVisibleElements
          defaultViewport={firstView}
          translateExtent={extent}
          // Until it is measured: so that the first drawing has the nodes in it.
          width={window.innerWidth}
          height={window.innerHeight}
          minZoom={0.05}
          maxZoom={1.6}
          // It would glide nearer, and knows no other way.
          zoomOnDoubleClick={!isStill}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          deleteKeyCode={null}
          proOptions={{ hideAttribution: true }}
          aria-label="The plan as a graph. Tab moves from subtask to subtask, Enter opens one."
        >
          <Controls showInteractive={false} />
          {hasOverview && nodes.length > overviewFrom ? (
            <MiniMap pannable zoomable ariaLabel="Overview of the plan" nodeClassName={overviewClass} />
          ) : null}
        </ReactFlow>
        {nodes.length === 0 && graph.nodes.length > 0 ? (
          <p className="graph-note" role="status">
            Laying out {formatNumber(graph.nodes.length, 'subtask')} …
          </p>
        ) : null}
        <div className="graph-tools">
          {superseded > 0 ? (
            <label>
              <input type="checkbox" checked={showsSuperseded} onChange={(event) => setShowsSuperseded(event.target.checked)} />{' '}
              {formatNumber(superseded, 'superseded subtask')}
            </label>
          ) : null}
          <GraphTools root={tree.root} graph={graph} places={places} />
        </div>
      </div>
    </NodeContext>
  );
}

/** The view may leave the plan, but not lose it. In the graph's own pixels: top left, bottom right. */
function extentOf(places: Places): CoordinateExtent {
  let right = 0;
  let bottom = 0;
  for (const { x, y, width, height } of Object.values(places)) {
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return [
    [-leeway, -leeway],
    [right + leeway, bottom + leeway],
  ];
}

function handlesOf(width: number, height: number): NodeHandle[] {
  const size = { y: height / 2, width: 1, height: 1 };
  return [
    { type: 'target', position: Position.Left, x: 0, ...size },
    { type: 'source', position: Position.Right, x: width, ...size },
  ];
}

function toggled(paths: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const changed = new Set(paths);
  if (!changed.delete(path)) changed.add(path);
  return changed;
}

function overviewClass({ data: { run, subtaskId } }: SubtaskNodeType): string {
  return `overview-${run.state.subtasks.get(subtaskId)?.status ?? 'waiting'}`;
}

function countSuperseded({ state }: RunFold): number {
  let count = 0;
  for (const { status } of state.subtasks.values()) if (status === 'superseded') count += 1;
  return count;
}

/** Which subtasks there are at every depth, which are superseded, and which have a team of their own. */
function shapeOf({ runs }: RunTree): string {
  const parts: string[] = [];
  for (const run of runs.values()) {
    const { subtasks, epoch } = run.state;
    let teams = 0;
    for (const item of subtasks.values()) if (teamRunOf(run, item) !== null) teams += item.attempt;
    parts.push(`${subtasks.size}/${countSuperseded(run)}/${teams}/${epoch}`);
  }
  return parts.join(' ');
}
