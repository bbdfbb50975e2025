/**
 * Magentic-One: a task ledger (what is given, to look up, to derive, guessed; a plan), and a progress ledger each round, which says
 * who does what next. Rounds without progress are counted; three of them have the task ledger written anew.
 *
 * 1. Counts follow from the results: a round is a progress ledger, a stall is counted among those on the same task ledger.
 * 2. A run ends with `answer`, whether the task is done, the rounds are used up, or the ledgers that may be written anew are.
 * 3. Until then it would hand over the last work that was done.
 */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { Subtask } from '../plan/plan.ts';
import { asData, chooseRole, listRoles } from './choose-role.ts';
import { definePattern, type Growth, type GrowthView, type PatternTask } from './pattern.ts';
import { formOf, readAnswer } from './read-answer.ts';
import { countStalls, type Progress, progressSchema, rewrittenLedgerSchema, taskLedgerSchema } from './task-ledgers.ts';

const options = z.strictObject({
  /** Writes the task ledger. */
  planner: z.string().default('planner'),
  /** Writes it anew. */
  replanner: z.string().default('replanner'),
  /** Writes the progress ledger. */
  orchestrator: z.string().default('orchestrator'),
  workers: z
    .array(z.string())
    .min(1)
    .max(50)
    .refine((names) => new Set(names).size === names.length, { error: 'names a worker twice' })
    .default(['researcher', 'coder', 'critic']),
  /** Writes the answer. */
  reporter: z.string().default('reporter'),
  /** Progress ledgers at the most, over all task ledgers; two subtasks each. */
  rounds: z.int().min(1).max(90).default(20),
  /** Rounds without progress after which the task ledger is written anew. */
  stalls: z.int().min(1).max(20).default(3),
  /** How often. After that the run ends with what there is. */
  resets: z.int().min(0).max(10).default(2),
});
type Options = z.infer<typeof options>;

const instructed = z.string().trim().min(1).max(20_000);
const ledgerPrefix = 'ledger-';
const progressPrefix = 'progress-';
const workPrefix = 'work-';
const answerId = 'answer';

type Ending = 'satisfied' | 'rounds' | 'resets';

const endings: Record<Ending, string> = {
  satisfied: 'The task is done. Write its answer from the work you are given, whole and by itself.',
  rounds:
    'The rounds for this task are used up before it was done. Write the best answer that the work you are given supports, and say plainly what is missing.',
  resets:
    'The work on this task has stalled for good. Write the best answer that the work you are given supports, and say plainly what is missing and why.',
};

/** What has come about on the present task ledger, and in all. */
interface Course {
  ledger: string;
  /** Ids of work since that ledger. */
  work: string[];
  allWork: string[];
  rounds: number;
  ledgers: number;
  /** Progress ledgers since that ledger, the one at hand aside. */
  progress: Progress[];
}

function readCourse({ results, subtask }: GrowthView<Options>): Course {
  const done = [...results, ...(subtask.id.startsWith(ledgerPrefix) ? [{ subtask, output: null }] : [])];
  const ids = (prefix: string): string[] => done.flatMap(({ subtask: { id } }) => (id.startsWith(prefix) ? [id] : []));
  const ledger = ids(ledgerPrefix).at(-1) ?? '';
  const since = results.filter((result) => result.subtask.dependsOn.includes(ledger));
  return {
    ledger,
    work: since.flatMap(({ subtask: { id } }) => (id.startsWith(workPrefix) ? [id] : [])),
    allWork: ids(workPrefix),
    rounds: ids(progressPrefix).length + (subtask.id.startsWith(progressPrefix) ? 1 : 0),
    ledgers: ids(ledgerPrefix).length,
    progress: since.flatMap((result) => {
      const parsed = progressSchema.safeParse(asData(result.output));
      return result.subtask.id.startsWith(progressPrefix) && parsed.success ? [parsed.data] : [];
    }),
  };
}

function progressOf(round: number, { ledger, work }: Pick<Course, 'ledger' | 'work'>, planning: PatternTask<Options>): Subtask {
  const { team, options: chosen } = planning;
  return {
    id: `${progressPrefix}${round}`,
    role: chosen.orchestrator,
    instruction: `Judge how far the task has come by "${ledger}" and the work done on it: is it satisfied, is the work in a loop, is it progressing? Then say who does what next.\n\nThere are:\n${listRoles(team, chosen.workers)}`,
    dependsOn: [ledger, ...work],
    evenIfFailed: true,
    grow: true,
  };
}

function answerOf(ending: Ending, { ledger, allWork }: Pick<Course, 'ledger' | 'allWork'>, { reporter }: Options): Subtask {
  return {
    id: answerId,
    role: reporter,
    instruction: endings[ending],
    dependsOn: [ledger, ...allWork],
    evenIfFailed: true,
    grow: true,
  };
}

function rewriteOf({ ledger, ledgers, work }: Course, { team, options: { replanner, workers } }: PatternTask<Options>): Subtask {
  return {
    id: `${ledgerPrefix}${ledgers + 1}`,
    role: replanner,
    instruction: `The work on "${ledger}" has stalled. Write the facts anew with what was learned, turn guesses into better ones, say what went wrong at the root, and plan so that it does not happen again.\n\nThere are:\n${listRoles(team, workers)}`,
    dependsOn: [ledger, ...work],
    evenIfFailed: true,
    grow: true,
  };
}

function orchestrate(view: GrowthView<Options>): Growth {
  const { subtask, output, options: chosen } = view;
  if (subtask.id === answerId || subtask.id.startsWith(workPrefix)) return { add: [], deliverable: subtask.id };
  const course = readCourse(view);
  if (subtask.id.startsWith(ledgerPrefix)) {
    readAnswer(asData(output), subtask.id === `${ledgerPrefix}1` ? taskLedgerSchema : rewrittenLedgerSchema, subtask.role);
    if (course.rounds >= chosen.rounds) return { add: [answerOf('rounds', course, chosen)] };
    return { add: [progressOf(course.rounds + 1, course, view)] };
  }
  const progress = readAnswer(asData(output), progressSchema, subtask.role);
  if (progress.satisfied.answer) return { add: [answerOf('satisfied', course, chosen)] };
  if (countStalls([...course.progress, progress]) >= chosen.stalls) {
    if (course.rounds >= chosen.rounds) return { add: [answerOf('rounds', course, chosen)] };
    return { add: [course.ledgers > chosen.resets ? answerOf('resets', course, chosen) : rewriteOf(course, view)] };
  }
  return { add: handOut(view, course, progress) };
}

function handOut(view: GrowthView<Options>, course: Course, { nextSpeaker, instruction }: Progress): Subtask[] {
  const { subtask, options: chosen } = view;
  const told = instructed.safeParse(instruction);
  if (!told.success) {
    const message = `The answer of "${subtask.role}" does not say what is to be done: instruction: ${told.error.issues[0]?.message ?? ''}`;
    throw new PlanwrightError('growth-refused', message);
  }
  const { ledger } = course;
  const work: Subtask = {
    id: `${workPrefix}${course.rounds}`,
    role: chooseRole({ by: subtask.role, written: nextSpeaker }, chosen.workers),
    instruction: told.data,
    dependsOn: [ledger, ...course.work],
    evenIfFailed: true,
    grow: true,
  };
  if (course.rounds >= chosen.rounds) {
    return [work, answerOf('rounds', { ledger, allWork: [...course.allWork, work.id] }, chosen)];
  }
  return [work, progressOf(course.rounds + 1, { ledger, work: [...course.work, work.id] }, view)];
}

export const magentic = definePattern<Options>({
  name: 'magentic',
  summary: 'A ledger of facts and plan, a ledger of progress each round, and a new plan when the work stalls.',
  source: 'Fourney et al. 2024, Magentic-One',
  calls: '2 × work + 3; with stalls 2 × rounds + resets + 2 at most',
  options,
  team: {
    name: 'magentic',
    description: 'Keeps a ledger of facts and plan and a ledger of progress.',
    limits: { retries: 2, reroutes: 0 },
    roles: {
      planner: {
        description: 'Writes down what is known and a plan.',
        instructions:
          'You begin a task: what it gives, what has to be looked up, what has to be derived, what you can only guess. Then a short plan, each step with who takes it. Plan for nobody whom you were not told of.',
        output: formOf(taskLedgerSchema),
        purpose: 'plan',
      },
      replanner: {
        description: 'Writes facts and plan anew when the work stalls.',
        instructions:
          'You take over work that has stalled. You keep what is established, say what went wrong at the root, and plan another way.',
        output: formOf(rewrittenLedgerSchema),
        purpose: 'replan',
      },
      orchestrator: {
        description: 'Judges progress and says who does what next.',
        instructions:
          'You lead work on a task. You judge by what is there and not by what was announced. You give one instruction at a time, with all that its reader needs. The task is satisfied only when everything that it asks for is there.',
        output: formOf(progressSchema),
        purpose: 'manage',
      },
      researcher: {
        description: 'Reads files and finds facts.',
        instructions: 'You find out what you are asked and cite where it stands. You say what you could not find.',
        tools: ['files'],
      },
      coder: {
        description: 'Calculates, and writes code.',
        instructions: 'You calculate and write code as you are asked, and answer with the result and how it came about.',
        tools: ['files', 'calc'],
      },
      critic: {
        description: 'Checks results and looks for what is missing.',
        instructions: 'You check what you are asked to check, and name what is wrong or missing and what would mend it.',
        tools: ['files', 'calc'],
      },
      reporter: {
        description: 'Writes the answer from what was done.',
        instructions: 'You write the answer to a task from the work that others did. You add nothing that it does not support.',
        purpose: 'synthesize',
      },
    },
  },
  roles: ({ planner, replanner, orchestrator, workers, reporter }) => [planner, replanner, orchestrator, ...workers, reporter],
  plan: ({ team, options: { planner, workers } }) => ({
    subtasks: [
      {
        id: `${ledgerPrefix}1`,
        role: planner,
        instruction: `Write down what the task gives, what is to be looked up, what is to be derived and what you can only guess, and a plan.\n\nThere are:\n${listRoles(team, workers)}`,
        dependsOn: [],
        grow: true,
      },
    ],
  }),
  grow: orchestrate,
});
