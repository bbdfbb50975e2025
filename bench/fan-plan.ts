/** The plan that the engines are measured with: subtasks that need nothing, and one that needs them all. */
import type { Plan } from '../src/plan/plan.ts';
import { defineTeam } from '../src/team/define-team.ts';

export const fanTask = 'bench';

export const fanTeam = defineTeam({
  name: 'bench',
  roles: { worker: { description: 'Does one subtask.', instructions: 'You do one subtask.' } },
});

/** `s0`, `s1`, … and `end`: one more than `count`. */
export function fanPlan(count: number): Plan {
  const ids = Array.from({ length: count }, (_, at) => `s${at}`);
  const subtasks = ids.map((id) => ({ id, role: 'worker', instruction: `Do ${id}.`, dependsOn: [] as string[] }));
  const end = { id: 'end', role: 'worker', instruction: 'Put it together.', dependsOn: ids };
  return { version: 1, task: fanTask, deliverable: 'end', subtasks: [...subtasks, end] };
}
