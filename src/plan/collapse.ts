/** When a plan is one agent's work: splitting it would buy neither expertise nor time. */

import { levelNodes, orderNodes } from './dag.ts';
import type { Plan } from './plan.ts';
import { buildSubtaskGraph } from './shape.ts';

/** One role, and no two subtasks that could run at once. A plan of one subtask collapses. */
export function collapsesToOne(plan: Pick<Plan, 'subtasks'>): boolean {
  if (new Set(plan.subtasks.map((subtask) => subtask.role)).size !== 1) return false;
  const graph = buildSubtaskGraph(plan.subtasks);
  const levels = levelNodes(graph, orderNodes(graph));
  return new Set(levels).size === plan.subtasks.length;
}
