/** A crew's tasks as a plan: each a subtask of its agent's role that depends on what CrewAI would have it given. */
import type { AcceptCheck, Plan, Subtask } from '../../plan/plan.ts';
import type { Crew, CrewNote, CrewTask } from './crew.ts';

/** The role of tasks that have none: no role of the team, so that such a plan is refused until somebody says who does them. */
export const unassignedRole = 'unassigned';

const namedInTask = 20;

export interface CrewPlan {
  plan: Plan;
  notes: CrewNote[];
}

/**
 * The deliverable is the last task's, as in CrewAI. It is given as well what no other task takes up: a plan hands over one
 * result, and nothing that was done is to be missing from it.
 * @param manager The role that does tasks without an agent. Default: `unassigned`.
 */
export function toPlan(crew: Crew, manager?: string): CrewPlan {
  const { tasks, agents, placeholders } = crew;
  const roles = new Map(agents.map(({ name, roleName }) => [name, roleName]));
  const last = tasks.at(-1);
  const taken = new Set(tasks.flatMap(({ given }) => given));
  const loose = tasks.filter((task) => task !== last && !taken.has(task.name)).map(({ name }) => name);
  const subtasks = tasks.map(
    (task): Subtask => ({
      id: task.name,
      role: (task.agent === null ? undefined : roles.get(task.agent)) ?? manager ?? unassignedRole,
      instruction: instruct(task),
      dependsOn: task === last ? [...new Set([...task.given, ...loose])] : [...task.given],
      ...(task.guardrails.length === 0
        ? {}
        : { accept: task.guardrails.map((rubric): AcceptCheck => ({ kind: 'rubric', rubric })) }),
    }),
  );
  const names = tasks.slice(0, namedInTask).map(({ name }) => name);
  const more = tasks.length > names.length ? ` and ${tasks.length - names.length} more` : '';
  return {
    plan: {
      version: 1,
      task: `Carry out the tasks of this crew: ${names.join(', ')}${more}.`,
      ...(last === undefined ? {} : { deliverable: last.name }),
      ...(placeholders.length === 0 ? {} : { inputs: placeholders }),
      subtasks,
    },
    notes: loose.map((name) => ({
      code: 'loose-end',
      path: name,
      message: `No task is given what "${name}" puts out, so the last one, "${last?.name}", is given it besides its own context.`,
    })),
  };
}

function instruct({ name, description, expectedOutput, isMarkdown, outputFile }: CrewTask): string {
  const parts = [
    description === '' ? `Do the task "${name}".` : description,
    expectedOutput === '' ? '' : `Expected output: ${expectedOutput}`,
    isMarkdown ? 'Write it in Markdown, without a code fence around it.' : '',
    outputFile === undefined ? '' : `Your answer becomes the file ${outputFile}: give its content and nothing else.`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
