/** The plan, to take along: as Mermaid, SVG or JSON. */
import { renderMermaid } from 'planwright/browser';
import type { RunFold } from '../run/run-fold.ts';
import { CopyButton } from '../shared/copy-button.tsx';
import { drawPlanSvg } from './draw-plan-svg.ts';
import type { Places } from './layout.ts';
import type { PlanGraph } from './plan-graph.ts';
import { planOf } from './plan-of.ts';

export function GraphTools({ root, graph, places }: { root: RunFold; graph: PlanGraph; places: Places }) {
  return (
    <span className="copy-tools" role="group" aria-label="Copy the plan">
      <CopyButton label="Copy Mermaid" text={() => renderMermaid(planOf(root))} />
      <CopyButton label="SVG" text={() => drawPlanSvg(graph, places)} />
      <CopyButton label="JSON" text={() => `${JSON.stringify(planOf(root), null, 2)}\n`} />
    </span>
  );
}
