/** The plans that the engines are measured with, and the team that does them. */
import type { Plan } from '../src/plan/plan.ts';
import { defineTeam } from '../src/team/define-team.ts';

export const benchTask = 'bench';

export const benchTeam = defineTeam({
  name: 'bench',
  roles: { worker: { description: 'Does one subtask.', instructions: 'You do one subtask.' } },
});

/** Subtasks that need nothing, and one more that needs them all. */
export function fanPlan(count: number): Plan {
  const ids = Array.from({ length: count }, (_, at) => `s${at}`);
  return planOf([...ids.map((id) => newSubtask(id, [])), newSubtask('end', ids)]);
}

/** Ten results are put together to one, ten of those to one, and so on up to the last: `size` subtasks, no large prompt. */
export function treePlan(size: number): Plan {
  const needs = (at: number): string[] =>
    Array.from({ length: 10 }, (_, n) => 10 * at + 1 + n).flatMap((below) => (below < size ? `s${below}` : []));
  return planOf(Array.from({ length: size }, (_, at) => newSubtask(`s${at}`, needs(at))).reverse());
}

function newSubtask(id: string, dependsOn: string[]): Plan['subtasks'][number] {
  return { id, role: 'worker', instruction: `Do ${id}.`, dependsOn };
}

function planOf(subtasks: Plan['subtasks']): Plan {
  return { version: 1, task: benchTask, deliverable: subtasks.at(-1)?.id ?? '', subtasks };
}
