/** The plan as a graph: a worker finds the places, React Flow draws what is in view, the nodes follow the events by themselves. */
import { useCallback, useMemo, useState } from 'react';
import type { CallSums } from '../ledger/sum-calls.ts';
import { type RunFold, teamRunOf } from '../run/run-fold.ts';
import type { RunTree } from '../run/run-tree.ts';
import { useTree, useTreeFact } from '../run/use-run-tree.ts';
import { formatNumber } from '../shared/figures.ts';
import { toFlowEdges, toFlowNodes } from './flow-elements.ts';
import { GraphCanvas } from './graph-canvas.tsx';
import { GraphTools } from './graph-tools.tsx';
import { buildPlanGraph } from './plan-graph.ts';
import { usePlaces } from './use-places.ts';

export interface PlanGraphViewProps {
  sums: CallSums;
  /** Subtasks on the critical path, once the run has ended. */
  critical: readonly string[];
  /** Path of the chosen subtask. */
  selected: string | undefined;
  onSelect: (path: string) => void;
}

export function PlanGraphView({ sums, critical, selected, onSelect }: PlanGraphViewProps) {
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
  const nodes = useMemo(() => toFlowNodes(graph, places, selected), [graph, places, selected]);
  const edges = useMemo(() => toFlowEdges(graph, critical), [graph, critical]);
  const superseded = useTreeFact(({ root }) => countSuperseded(root));
  return (
    <div className="graph" data-layout-ms={tookMs ?? ''}>
      {nodes.length > 0 ? <GraphCanvas {...{ nodes, edges, places, sums, critical, onToggle: toggle, onSelect }} /> : null}
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
  );
}

function toggled(paths: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const changed = new Set(paths);
  if (!changed.delete(path)) changed.add(path);
  return changed;
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
