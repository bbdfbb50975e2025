/** The tasks of a crew, as an option of its patterns: subtasks without being a plan, for who does them may be still open. */
import { z } from 'zod';
import { acceptCheckSchema, type Subtask } from '../plan/plan.ts';

/** Two or more subtasks each. */
export const maxCrewTasks = 200;

const crewStepSchema = z.strictObject({
  /** That of its subtask. */
  id: z
    .string()
    .min(1)
    .max(200)
    .refine((id) => !/^@|\[\d+\]$/.test(id), { error: 'is reserved: no "@" at its beginning, no "[1]" at its end' }),
  /** Who does it. A manager may choose where it is not given. */
  role: z.string().optional(),
  instruction: z.string().min(1).max(100_000),
  /** Earlier tasks whose results it is given. Default: all of them, as in CrewAI. */
  dependsOn: z.array(z.string()).max(maxCrewTasks).optional(),
  accept: z.array(acceptCheckSchema).max(20).optional(),
});
export type CrewStep = z.infer<typeof crewStepSchema>;

export const crewTasksSchema = z
  .array(crewStepSchema)
  .min(1)
  .max(maxCrewTasks)
  .superRefine((tasks, context) => {
    const earlier = new Set<string>();
    for (const [at, { id, dependsOn = [] }] of tasks.entries()) {
      if (earlier.has(id)) context.addIssue({ code: 'custom', path: [at, 'id'], message: 'is the id of an earlier task, too' });
      for (const [place, name] of dependsOn.entries()) {
        if (earlier.has(name)) continue;
        context.addIssue({ code: 'custom', path: [at, 'dependsOn', place], message: 'is no earlier task' });
      }
      earlier.add(id);
    }
  });

/** Of the task at this place. */
export function dependenciesOf(tasks: readonly CrewStep[], at: number): string[] {
  return [...new Set(tasks[at]?.dependsOn ?? tasks.slice(0, at).map(({ id }) => id))];
}

export function checksOf({ accept }: CrewStep): Pick<Subtask, 'accept'> {
  return accept === undefined ? {} : { accept };
}

/** A crew that both patterns run without a team of one's own. */
export const sampleRoles = {
  researcher: {
    description: 'Finds out what a task needs to know.',
    instructions: 'You are a thorough researcher. You find what is relevant and cite where it stands.',
    tools: ['files'],
  },
  analyst: {
    description: 'Draws conclusions, and tests them.',
    instructions: 'You are a careful analyst. You draw conclusions from facts, and say what speaks against them.',
  },
  writer: {
    description: 'Writes reports.',
    instructions: 'You are a writer of clear reports. You leave out nothing that was found, and add nothing.',
  },
};

/** What such a crew does about a task. */
function sampleTasks(task: string): CrewStep[] {
  return [
    {
      id: 'research',
      role: 'researcher',
      instruction: `${task}\n\nFind what is to be known for it.\n\nExpected output: facts, each with its source.`,
    },
    {
      id: 'analysis',
      role: 'analyst',
      instruction: 'Say what follows from the facts for the task.\n\nExpected output: conclusions with their reasons.',
    },
    {
      id: 'report',
      role: 'writer',
      instruction: 'Do the task as a whole from what was found.\n\nExpected output: what the task asks for.',
    },
  ];
}

/** The tasks of the options, or the sample's. */
export function withTasks<Planning extends { task: string; options: { tasks?: CrewStep[] | undefined } }>(
  planning: Planning,
): Planning & { options: { tasks: CrewStep[] } } {
  const { task, options } = planning;
  return { ...planning, options: { ...options, tasks: options.tasks ?? sampleTasks(task) } };
}
