/**
 * CrewAI's hierarchical process: a manager gives out a crew's tasks one by one, in its words, and takes or sends back what comes of
 * them. One answer of the manager judges the work before and gives out the next: tasks + 1 answers in all.
 *
 * 1. A task is done by a role of the crew and never by the manager; by the one that the task names, where it names one.
 * 2. A result is sent back at most `asks` times; what then stands, stands.
 * 3. The deliverable is the last work that succeeded: that of the last task, unless the run ends before it.
 */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import { findPlaceholders } from '../plan/placeholders.ts';
import type { Subtask } from '../plan/plan.ts';
import { listNames } from '../plan/quote-value.ts';
import type { Team } from '../team/team.ts';
import { asData, chooseRole, cutText, listRoles } from './choose-role.ts';
import { type CrewStep, checksOf, crewTasksSchema, dependenciesOf, sampleRoles, withTasks } from './crew-tasks.ts';
import { definePattern, type Growth, type GrowthView, type PatternPlan, type PatternTask } from './pattern.ts';
import { formOf, readAnswer } from './read-answer.ts';

/** Each is told of in every choice among all. */
export const maxCoworkers = 100;

const options = z
  .strictObject({
    manager: z.string().default('manager'),
    /** Who may be given a task that names nobody. */
    coworkers: z.array(z.string()).min(1).max(maxCoworkers).default(Object.keys(sampleRoles)),
    /** Default: those of a sample crew, each for anybody. */
    tasks: crewTasksSchema.optional(),
    /** How often a result may be sent back. */
    asks: z.int().min(0).max(5).default(1),
    /** Names of `{placeholders}` in the tasks and roles, which have to be filled before it runs. */
    inputs: z.array(z.string()).max(1000).default([]),
  })
  .superRefine(({ manager, coworkers, tasks = [] }, context) => {
    if (coworkers.includes(manager))
      context.addIssue({ code: 'custom', path: ['coworkers'], message: 'must not name the manager: it gives work to others' });
    for (const [at, { role }] of tasks.entries()) {
      if (role === manager)
        context.addIssue({
          code: 'custom',
          path: ['tasks', at, 'role'],
          message: 'must not be the manager: it gives work to others',
        });
    }
  });
type GivenOptions = z.infer<typeof options>;
type Options = GivenOptions & { tasks: CrewStep[] };

const delegationSchema = z.object({
  action: z.enum(['delegate', 'again', 'finish']),
  /** '' to finish; so are the next two. */
  coworker: z.string(),
  work: z.string(),
  context: z.string(),
});

/** What the crew's manager must answer with; for a role of one's own. */
export const delegationForm = formOf(delegationSchema);

/** Subtasks of a run in which every result is sent back as often as it may be. */
export function mostSubtasks(tasks: number, asks = 1): number {
  return tasks * (2 + 2 * asks) + 1;
}

const toldCharacters = 4000;

function fillTasks<Planning extends PatternTask<GivenOptions>>(planning: Planning): Planning & { options: Options } {
  const filled = withTasks(planning);
  if (planning.options.tasks !== undefined) return filled;
  // A team of one's own need not have the sample's roles.
  const tasks = filled.options.tasks.map(({ role: _role, ...task }) => task);
  return { ...filled, options: { ...filled.options, tasks } };
}

/** Which answer of the manager: task `next` (from 0) is to be given out, after the work `tries` of the one before it. */
interface Turn {
  next: number;
  tries: number;
}

/** Ids that no task has, whatever tasks are called. */
function prefixFor(word: string, tasks: readonly CrewStep[]): string {
  let prefix = word;
  while (tasks.some(({ id }) => id.startsWith(`${prefix}-`))) prefix = `${prefix}-${word}`;
  return `${prefix}-`;
}

function managerId(tasks: readonly CrewStep[], { next, tries }: Turn): string {
  return `${prefixFor('manage', tasks)}${next + 1}${tries > 1 ? `-${tries}` : ''}`;
}

function workId(tasks: readonly CrewStep[], at: number, tries: number): string {
  return tries === 1 ? (tasks[at]?.id ?? '') : `${prefixFor('again', tasks)}${at + 1}-${tries}`;
}

/** undefined: the subtask is no answer of the manager. */
function readTurn(id: string, tasks: readonly CrewStep[]): Turn | undefined {
  const prefix = prefixFor('manage', tasks);
  if (!id.startsWith(prefix)) return undefined;
  const [next = 1, tries = 1] = id.slice(prefix.length).split('-').map(Number);
  return { next: next - 1, tries };
}

/** The latest result of a task that is one, else its latest try. */
function standing({ results, options: { tasks, asks } }: GrowthView<Options>, at: number): string | undefined {
  const tried = Array.from({ length: asks + 1 }, (_, tries) => workId(tasks, at, tries + 1)).flatMap((id) => {
    const result = results.find(({ subtask }) => subtask.id === id);
    return result === undefined ? [] : [result];
  });
  return (tried.findLast(({ status }) => status === 'succeeded') ?? tried.at(-1))?.subtask.id;
}

function standingFor(view: GrowthView<Options>, at: number): string[] {
  const { tasks } = view.options;
  return dependenciesOf(tasks, at).flatMap(
    (id) =>
      standing(
        view,
        tasks.findIndex((task) => task.id === id),
      ) ?? [],
  );
}

function namesFor({ coworkers }: Options, { role }: CrewStep): readonly string[] {
  return role === undefined ? coworkers : [role];
}

/** The manager's next answer. @param given Results: what it judges, and what the next task builds on. */
function manage(turn: Turn, given: readonly string[], { team, options: chosen }: PatternTask<Options>): Subtask {
  const { manager, tasks, asks } = chosen;
  const [before, next] = [tasks[turn.next - 1], tasks[turn.next]];
  const parts: string[] = [];
  if (before !== undefined) {
    const again =
      turn.tries > asks
        ? 'It stands as it is.'
        : `If it falls short, answer "again": who does it once more, and what is missing. It may go to:\n${listRoles(team, namesFor(chosen, before))}`;
    const result = workId(tasks, turn.next - 1, turn.tries);
    parts.push(
      `"${result}" is what came of the task "${before.id}":\n${cutText(before.instruction, toldCharacters)}\n\n${again}`,
    );
  }
  if (next === undefined) parts.push('If it is what was asked for, answer "finish": all tasks are done.');
  else {
    parts.push(
      `${before === undefined ? 'Answer' : 'Else answer'} "delegate": give out the task "${next.id}".\n${cutText(next.instruction, toldCharacters)}\n\nIt may go to:\n${listRoles(team, namesFor(chosen, next))}`,
    );
  }
  return {
    id: managerId(tasks, turn),
    role: manager,
    instruction: parts.join('\n\n'),
    dependsOn: [...new Set(given)],
    ...(given.length === 0 ? {} : { evenIfFailed: true as const }),
    grow: true,
  };
}

function planManaged(planning: PatternTask<Options>): PatternPlan {
  refuseOpen(planning);
  return { subtasks: [begin(planning)] };
}

function begin(planning: PatternTask<Options>): Subtask {
  return manage({ next: 0, tries: 1 }, [], planning);
}

/** What such a team's run begins with, its placeholders as they are. @throws {z.ZodError} The team follows another pattern. */
export function beginManaged(team: Team, task: string): Subtask {
  return begin(fillTasks({ task, team, options: options.parse(team.pattern?.options) }));
}

/** @throws {PlanwrightError} `usage`: nobody has filled the crew's placeholders. */
function refuseOpen({ team, options: { inputs, tasks } }: PatternTask<Options>): void {
  if (inputs.length === 0) return;
  const texts = [...tasks.map(({ instruction }) => instruction), ...Object.values(team.roles).map((role) => role.instructions)];
  const found = new Set(texts.flatMap((text) => findPlaceholders(text)));
  const open = inputs.filter((name) => found.has(name));
  if (open.length === 0) return;
  throw new PlanwrightError(
    'usage',
    `The crew needs ${listNames(open)}. Run it with its plan, --plan FILE --input ${open[0]}=VALUE, or give them when it is imported.`,
    { details: { inputs: open } },
  );
}

function delegate(view: GrowthView<Options>): Growth {
  const { subtask, output, options: chosen } = view;
  const { tasks, asks } = chosen;
  const turn = readTurn(subtask.id, tasks);
  if (turn === undefined) return { add: [], deliverable: subtask.id };
  const answer = readAnswer(asData(output), delegationSchema, subtask.role);
  const { next, tries } = turn;
  const isAgain = answer.action === 'again';
  if (isAgain && (next === 0 || tries > asks))
    refuse(subtask, `has no result to send back. Answer "delegate" for "${tasks[next]?.id}".`);
  if (answer.action === 'finish') {
    const left = tasks[next];
    if (left !== undefined) refuse(subtask, `finishes, and "${left.id}" is not done. Give it out: answer "delegate".`);
    return { add: [] };
  }
  const at = isAgain ? next - 1 : next;
  const task = tasks[at];
  if (task === undefined) return refuse(subtask, 'gives out a task, and there is none left. Answer "finish" or "again".');
  const role = chooseRole({ by: subtask.role, written: answer.coworker }, namesFor(chosen, task));
  if (answer.work.trim() === '') refuse(subtask, `does not say what ${role} is to do. Write it in "work".`);
  const tried = isAgain ? tries + 1 : 1;
  const work = workOf({ task, role, at, tried }, view);
  const following: Turn = { next: at + 1, tries: tried };
  // The last word on the last task is spoken.
  if (following.next === tasks.length && tried > asks) return { add: [work] };
  return { add: [work, manage(following, [work.id, ...(following.next < tasks.length ? standingFor(view, at + 1) : [])], view)] };
}

interface Assignment {
  task: CrewStep;
  role: string;
  at: number;
  tried: number;
}

function workOf({ task, role, at, tried }: Assignment, view: GrowthView<Options>): Subtask {
  const {
    subtask: by,
    options: { tasks },
  } = view;
  const earlier = tried === 1 ? [] : [workId(tasks, at, tried - 1)];
  const told =
    tried === 1
      ? `"${by.id}" is how your manager gives it to you.`
      : `"${earlier[0]}" was not accepted: "${by.id}" says what it lacks. Do the task again, whole.`;
  return {
    id: workId(tasks, at, tried),
    role,
    instruction: `${task.instruction}\n\n${told}`,
    dependsOn: [...new Set([by.id, ...standingFor(view, at), ...earlier])],
    ...checksOf(task),
    evenIfFailed: true,
    grow: true,
  };
}

function refuse({ role }: Subtask, what: string): never {
  throw new PlanwrightError('growth-refused', `The answer of "${role}" ${what}`);
}

export const crewaiHierarchical = definePattern<GivenOptions>({
  name: 'crewai-hierarchical',
  summary: 'A manager gives a crew’s tasks to its agents one by one, and takes or sends back what comes of them.',
  source: 'CrewAI 1.15, Process.hierarchical',
  calls: '2 × tasks + 1; two more for each result that is sent back',
  options,
  team: {
    name: 'crewai-hierarchical',
    description: 'A crew with a manager that delegates.',
    limits: { retries: 2, reroutes: 0 },
    roles: {
      manager: {
        description: 'Gives out tasks and answers for their results.',
        instructions:
          'You manage a crew and do no task yourself. You choose who does a task and tell them all that they need: what to do as "work", what they have to know as "context". You judge what comes back against what was expected.',
        output: delegationForm,
        purpose: 'manage',
      },
      ...sampleRoles,
    },
  },
  roles: ({ manager, coworkers, tasks = [] }) => [
    manager,
    ...coworkers,
    ...tasks.flatMap(({ role }) => (role === undefined ? [] : [role])),
  ],
  plan: (planning) => planManaged(fillTasks(planning)),
  grow: (view) => delegate(fillTasks(view)),
});
