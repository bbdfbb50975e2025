/** CrewAI's sequential process: a crew's tasks in their order, each given what came before it. A fixed plan; the last task's result is handed over. */
import { z } from 'zod';
import type { Subtask } from '../plan/plan.ts';
import { checksOf, crewTasksSchema, dependenciesOf, sampleRoles, withTasks } from './crew-tasks.ts';
import { definePattern, type PatternPlan, type PatternTask } from './pattern.ts';

const options = z.strictObject({
  tasks: crewTasksSchema
    .superRefine((tasks, context) => {
      for (const [at, { role }] of tasks.entries()) {
        if (role === undefined) context.addIssue({ code: 'custom', path: [at, 'role'], message: 'is missing: who does it?' });
      }
    })
    .optional(),
});
type Options = z.infer<typeof options>;

/** What no task takes up reaches the last one: nothing that was done is missing from what is handed over. */
function planTasks(planning: PatternTask<Options>): PatternPlan {
  const { tasks } = withTasks(planning).options;
  const last = tasks.length - 1;
  const taken = new Set(tasks.flatMap((_, at) => dependenciesOf(tasks, at)));
  const loose = tasks.slice(0, last).flatMap(({ id }) => (taken.has(id) ? [] : [id]));
  const subtasks = tasks.map((task, at): Subtask => {
    const { id, role = '', instruction } = task;
    const given = dependenciesOf(tasks, at);
    return { id, role, instruction, dependsOn: at === last ? [...new Set([...given, ...loose])] : given, ...checksOf(task) };
  });
  const deliverable = tasks[last]?.id;
  return { subtasks, ...(deliverable === undefined ? {} : { deliverable }) };
}

export const crewaiSequential = definePattern<Options>({
  name: 'crewai-sequential',
  summary: 'A crew’s tasks, each by its agent and given what came before; the last one’s result is handed over.',
  source: 'CrewAI 1.15, Process.sequential',
  calls: 'tasks',
  options,
  team: { name: 'crewai-sequential', description: 'A crew whose tasks follow one another.', roles: sampleRoles },
  roles: ({ tasks }) =>
    tasks === undefined ? Object.keys(sampleRoles) : tasks.flatMap(({ role }) => (role === undefined ? [] : [role])),
  plan: planTasks,
});
