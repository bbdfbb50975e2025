/** What React Flow draws: only what is in view, and the subtasks before what joins them. */
import {
  Controls,
  type CoordinateExtent,
  type Edge,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  type ReactFlowState,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { CallSums } from '../ledger/sum-calls.ts';
import { useReducedMotion } from '../shared/reduced-motion.ts';
import type { Places } from './layout.ts';
import { NodeContext } from './node-context.ts';
import { SubtaskNode, type SubtaskNodeType } from './subtask-node.tsx';

const nodeTypes = { subtask: SubtaskNode };
const noEdges: Edge[] = [];
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

export interface GraphCanvasProps {
  /** At least one. */
  nodes: SubtaskNodeType[];
  edges: Edge[];
  places: Places;
  sums: CallSums;
  critical: readonly string[];
  onToggle: (path: string) => void;
  onSelect: (path: string) => void;
}

export function GraphCanvas(props: GraphCanvasProps) {
  return (
    // Until it is measured it is taken to be as large as the window: so that the first drawing has the nodes in it.
    <ReactFlowProvider initialNodes={props.nodes} initialWidth={window.innerWidth} initialHeight={window.innerHeight}>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ nodes, edges, places, sums, critical, onToggle, onSelect }: GraphCanvasProps) {
  const extent = useMemo(() => extentOf(places), [places]);
  const isStill = useReducedMotion();
  const flow = useReactFlow();
  const wasMoved = useRef(false);
  useEffect(() => {
    // A plan that streams in stays in view until somebody moves it.
    if (nodes.length > fittedMost || wasMoved.current) return;
    const frame = requestAnimationFrame(() => {
      flow.fitView({ padding: 0.1, maxZoom: 1, minZoom: 0.2 }).catch(() => {});
    });
    return () => cancelAnimationFrame(frame);
  }, [places, flow]);

  const [shown, setShown] = useState<'nodes' | 'edges' | 'overview'>('nodes');
  useEffect(() => {
    const frame = requestAnimationFrame(() => setTimeout(() => setShown('edges')));
    // It draws every node once more.
    const timer = setTimeout(() => setShown('overview'), overviewAfterMs);
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, []);

  const isFar = useStore(isFarAway);
  const context = useMemo(() => ({ sums, critical: new Set(critical), isFar, onToggle }), [sums, critical, isFar, onToggle]);
  return (
    <NodeContext value={context}>
      <ReactFlow
        nodes={nodes}
        edges={shown === 'nodes' ? noEdges : edges}
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
        {shown === 'overview' && nodes.length > overviewFrom ? (
          <MiniMap pannable zoomable ariaLabel="Overview of the plan" nodeClassName={overviewClass} />
        ) : null}
      </ReactFlow>
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

function overviewClass({ data: { run, subtaskId } }: SubtaskNodeType): string {
  return `overview-${run.state.subtasks.get(subtaskId)?.status ?? 'waiting'}`;
}
