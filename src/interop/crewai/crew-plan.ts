/** A crew's tasks as a plan: each a subtask of its agent's role that depends on what CrewAI would have it given. */
import type { CrewStep } from '../../patterns/crew-tasks.ts';
import { beginManaged } from '../../patterns/crewai-hierarchical.ts';
import type { AcceptCheck, Plan, Subtask } from '../../plan/plan.ts';
import type { Team } from '../../team/team.ts';
import type { Crew, CrewNote, CrewTask } from './crew.ts';

/** The role of tasks that have none: no role of the team, so that such a plan is refused until somebody says who does them. */
export const unassignedRole = 'unassigned';

const namedInTask = 20;

export interface CrewSteps {
  steps: CrewStep[];
  notes: CrewNote[];
}

/**
 * A task is done by its agent's role, or by nobody yet. Where a manager gives them out, what no other task takes up is given to the
 * last one as well: its result is handed over, and nothing that was done is to be missing from it.
 */
export function toSteps({ tasks, agents, process }: Pick<Crew, 'tasks' | 'agents' | 'process'>): CrewSteps {
  const roles = new Map(agents.map(({ name, roleName }) => [name, roleName]));
  const last = tasks.at(-1);
  const taken = new Set(tasks.flatMap(({ given }) => given));
  const loose =
    process === 'hierarchical' ? tasks.filter((task) => task !== last && !taken.has(task.name)).map(({ name }) => name) : [];
  const steps = tasks.map((task): CrewStep => {
    const role = task.agent === null ? undefined : roles.get(task.agent);
    return {
      id: task.name,
      ...(role === undefined ? {} : { role }),
      instruction: instruct(task),
      dependsOn: task === last ? [...new Set([...task.given, ...loose])] : [...task.given],
      ...(task.guardrails.length === 0
        ? {}
        : { accept: task.guardrails.map((rubric): AcceptCheck => ({ kind: 'rubric', rubric })) }),
    };
  });
  return {
    steps,
    notes: loose.map((name) => ({
      code: 'loose-end',
      path: name,
      message: `No task is given what "${name}" puts out, so the last one, "${last?.name}", is given it besides its own context.`,
    })),
  };
}

/** Of a sequential crew: the deliverable is what all tasks put out, in their order. */
export function toPlan(crew: Crew, steps: readonly CrewStep[]): Plan {
  const { tasks, placeholders } = crew;
  const subtasks = steps.map(
    ({ id, role = unassignedRole, instruction, dependsOn = [], accept }): Subtask => ({
      id,
      role,
      instruction,
      dependsOn,
      ...(accept === undefined ? {} : { accept }),
    }),
  );
  const role = nameCollector(crew);
  const collected = role === undefined ? undefined : collect(steps, role);
  const deliverable = collected?.id ?? steps.at(-1)?.id;
  return {
    version: 1,
    task: nameTask(tasks),
    ...(deliverable === undefined ? {} : { deliverable }),
    ...openInputs(placeholders),
    subtasks: collected === undefined ? subtasks : [...subtasks, collected],
  };
}

/** The role that puts the outputs together, without a model; undefined where there is but one, or a manager. */
export function nameCollector({ process, agents, tasks }: Pick<Crew, 'process' | 'agents' | 'tasks'>): string | undefined {
  if (process === 'hierarchical' || tasks.length < 2) return undefined;
  return nameFree('collector', new Set(agents.map(({ roleName }) => roleName)));
}

function collect(steps: readonly CrewStep[], role: string): Subtask {
  const ids = steps.map(({ id }) => id);
  const text = ids.map((id) => `## ${id}\n\n${isReferable(id) ? `{{subtask.${id}}}` : `(see subtask ${id})`}`).join('\n\n');
  return { id: nameFree('crew-output', new Set(ids)), role, instruction: JSON.stringify({ text }), dependsOn: ids };
}

const isReferable = (id: string): boolean => /^[^{}\n]{1,400}$/.test(id);

function nameFree(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}-${count}`;
  return name;
}

/** Of a hierarchical crew: its manager's first answer, from which the team's pattern has the plan grow. */
export function toManagedPlan({ tasks, placeholders }: Crew, team: Team): Plan {
  const task = nameTask(tasks);
  return { version: 1, task, ...openInputs(placeholders), subtasks: [beginManaged(team, task)] };
}

function openInputs(placeholders: string[]): Pick<Plan, 'inputs'> {
  return placeholders.length === 0 ? {} : { inputs: placeholders };
}

function nameTask(tasks: readonly CrewTask[]): string {
  const names = tasks.slice(0, namedInTask).map(({ name }) => name);
  const more = tasks.length > names.length ? ` and ${tasks.length - names.length} more` : '';
  return `Carry out the tasks of this crew: ${names.join(', ')}${more}.`;
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
