/**
 * Group chat: a manager says who speaks next, that role sees all that was said and speaks, until the manager finishes or the
 * rounds are used up. Whatever happens to what comes later, the run hands over the last that was said, or the summary of it.
 */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { Subtask } from '../plan/plan.ts';
import { asData, chooseRole, listRoles } from './choose-role.ts';
import { definePattern, type Growth, type GrowthView, type PatternResult, type PatternTask } from './pattern.ts';
import { formOf, readAnswer } from './read-answer.ts';

const options = z.strictObject({
  manager: z.string().default('manager'),
  speakers: z
    .array(z.string())
    .min(2)
    .max(50)
    .refine((names) => new Set(names).size === names.length, { error: 'names a speaker twice' })
    .default(['researcher', 'critic', 'writer']),
  /** Messages at the most. Two subtasks each: 99 and a summary are within a plan's 200. */
  rounds: z.int().min(1).max(99).default(10),
  /** Whether the role that has just spoken may be chosen again. */
  repeat: z.boolean().default(false),
  /** What the run hands over. */
  ending: z.enum(['summary', 'last-message']).default('summary'),
  /** Who writes the summary. */
  summarizer: z.string().default('summarizer'),
});
type Options = z.infer<typeof options>;

const choiceSchema = z.object({
  action: z.enum(['speak', 'finish']),
  /** '' to finish. */
  speaker: z.string(),
  why: z.string(),
});

const choicePrefix = 'choice-';
const messagePrefix = 'message-';

function choiceOf(
  round: number,
  said: readonly string[],
  { team, options: { manager, speakers } }: PatternTask<Options>,
): Subtask {
  const begun = said.length === 0 ? '' : ' The conversation so far is what you are given, in order.';
  return {
    id: `${choicePrefix}${round}`,
    role: manager,
    instruction: `Say who speaks next, for what the task still needs, or finish when it is done.${begun}\n\nThere are:\n${listRoles(team, speakers)}`,
    dependsOn: [...said],
    ...(said.length === 0 ? {} : { evenIfFailed: true as const }),
    grow: true,
  };
}

function summaryOf(said: readonly string[], { options: { summarizer } }: PatternTask<Options>): Subtask {
  return {
    id: 'summary',
    role: summarizer,
    instruction:
      'The conversation has ended. Write the answer to the task from it: what holds and why, and what was left open. Add nothing of your own.',
    dependsOn: [...said],
    evenIfFailed: true,
    grow: true,
  };
}

function converse(view: GrowthView<Options>): Growth {
  const { subtask, output, options: chosen, results } = view;
  // What was said is what there is, from now on.
  if (!subtask.id.startsWith(choicePrefix)) return { add: [], deliverable: subtask.id };
  const { action, speaker: written } = readAnswer(asData(output), choiceSchema, subtask.role);
  const said = results.filter(({ subtask: { id } }) => id.startsWith(messagePrefix));
  const ids = said.map((message) => message.subtask.id);
  const names = chosen.speakers.filter((name) => chosen.repeat || name !== said.at(-1)?.subtask.role);
  if (action === 'finish') {
    refuseSilence(said, { by: subtask.role, names });
    return { add: chosen.ending === 'summary' ? [summaryOf(ids, view)] : [] };
  }
  const round = said.length + 1;
  const message: Subtask = {
    id: `${messagePrefix}${round}`,
    role: chooseRole({ by: subtask.role, written }, names),
    instruction: `It is your turn. Bring the task on by what you know and can do, in answer to what was said; repeat nothing. "${subtask.id}" says why you were asked.`,
    dependsOn: [...ids, subtask.id],
    ...(ids.length === 0 ? {} : { evenIfFailed: true as const }),
    grow: true,
  };
  const after = [...ids, message.id];
  if (round < chosen.rounds) return { add: [message, choiceOf(round + 1, after, view)] };
  return { add: chosen.ending === 'summary' ? [message, summaryOf(after, view)] : [message] };
}

function refuseSilence(said: readonly PatternResult[], { by, names }: { by: string; names: readonly string[] }): void {
  if (said.some(({ status }) => status === 'succeeded')) return;
  throw new PlanwrightError(
    'growth-refused',
    `"${by}" finishes a conversation in which nothing was said. Choose who speaks: ${names.join(', ')}.`,
  );
}

export const groupChat = definePattern<Options>({
  name: 'group-chat',
  summary: 'A manager says who speaks next; all see what was said; it ends by the manager or its rounds.',
  source: 'Wu et al. 2023, AutoGen',
  calls: '2 × messages + 2 when the manager finishes, 2 × rounds + 1 at most; one less without a summary',
  options,
  team: {
    name: 'group-chat',
    description: 'A manager and those whom it lets speak.',
    // A choice that names nobody is tried three times in all, and nobody else makes it.
    limits: { retries: 2, reroutes: 0 },
    roles: {
      manager: {
        description: 'Says who speaks next.',
        instructions:
          'You lead a conversation that has to do a task. You say who speaks next and why, by what is still missing. You say nothing on the matter yourself, and finish as soon as the task is done.',
        output: formOf(choiceSchema),
        purpose: 'manage',
      },
      researcher: {
        description: 'Finds facts, and says where they stand.',
        instructions: 'You find what the task needs to know and cite where it stands. You say what you could not find.',
        tools: ['files'],
      },
      critic: {
        description: 'Looks for what is wrong or missing in what was said.',
        instructions: 'You look for what is wrong, missing or not supported in what was said, and say what would mend it.',
        tools: ['files', 'calc'],
      },
      writer: {
        description: 'Writes what was found as the answer.',
        instructions: 'You write the answer to the task from what was said, whole and to the point.',
      },
      summarizer: {
        description: 'Writes what came of the conversation.',
        instructions: 'You write what a conversation has come to, for somebody who was not there.',
        purpose: 'synthesize',
      },
    },
  },
  roles: ({ manager, speakers, ending, summarizer }) => [manager, ...speakers, ...(ending === 'summary' ? [summarizer] : [])],
  plan: (planning) => ({ subtasks: [choiceOf(1, [], planning)] }),
  grow: converse,
});
