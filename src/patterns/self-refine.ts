/**
 * Self-refine: one role drafts, a critic says what is wrong, the draft is written again. The plan grows by two subtasks a round.
 *
 * It stops with the draft at hand when the critic is content, or when nothing moves any more: the draft came back as it was, or
 * the critic repeats itself word for word. The last draft that the rounds allow stands whatever is left to say of it.
 */
import { z } from 'zod';
import type { Json } from '../json.ts';
import type { Subtask } from '../plan/plan.ts';
import { definePattern, type Growth, type GrowthView } from './pattern.ts';
import { formOf, readAnswer, refuseAnswer } from './read-answer.ts';

const options = z.strictObject({
  /** Of critique. */
  rounds: z.int().min(1).max(20).default(3),
  author: z.string().default('author'),
  critic: z.string().default('critic'),
});
type Options = z.infer<typeof options>;

const critiqueSchema = z.object({
  verdict: z.enum(['good', 'revise']),
  /** What is wrong, and what would mend it. */
  feedback: z.string(),
});

const draftId = (round: number): string => `draft-${round}`;
const critiqueId = (round: number): string => `critique-${round}`;

function critiqueOf(round: number, critic: string): Subtask {
  return {
    id: critiqueId(round),
    role: critic,
    instruction: 'Judge this draft against the task. Answer "revise" only for what would make it better, and say exactly what.',
    dependsOn: [draftId(round)],
    grow: true,
  };
}

function refine(view: GrowthView<Options>): Growth {
  const {
    subtask,
    output,
    task,
    options: { rounds, author, critic },
  } = view;
  const { verdict, feedback } = readAnswer(output, critiqueSchema, subtask.role);
  const round = Number(subtask.id.slice(critiqueId(0).length - 1));
  if (verdict === 'revise' && feedback.trim() === '')
    refuseAnswer('You answer "revise" and say nothing in "feedback". Name what is wrong, or answer "good".');
  if (verdict === 'good' || isStuck(view, round, feedback)) return { add: [], deliverable: draftId(round) };
  const next: Subtask = {
    id: draftId(round + 1),
    role: author,
    instruction: `${task}\n\nYour draft was criticized. Mend what the critique names and keep what is right; write all of it again.`,
    dependsOn: [draftId(round), subtask.id],
  };
  // After the last round nobody reads it again.
  const add = round >= rounds ? [next] : [next, critiqueOf(round + 1, critic)];
  return { add, deliverable: next.id };
}

/** Whether the round has changed nothing: another would not either. */
function isStuck({ results }: GrowthView<Options>, round: number, feedback: string): boolean {
  const outputs = new Map(results.map((result) => [result.subtask.id, result.output]));
  const textOf = (id: string): string => squeeze(outputs.get(id) ?? null);
  if (round === 1) return false;
  const critique = critiqueSchema.safeParse(outputs.get(critiqueId(round - 1)));
  const isRepeated = critique.success && squeeze(critique.data.feedback) === squeeze(feedback);
  return isRepeated || textOf(draftId(round)) === textOf(draftId(round - 1));
}

function squeeze(value: Json): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\s+/g, ' ').trim();
}

export const selfRefine = definePattern<Options>({
  name: 'self-refine',
  summary: 'A draft is criticized and written again until the critic is content, nothing moves, or the rounds are used up.',
  source: 'Madaan et al. 2023, Self-Refine; Shinn et al. 2023, Reflexion',
  calls: '2 × rounds + 1 at most; 2 when the first draft is good',
  options,
  team: {
    name: 'self-refine',
    description: 'An author and a critic.',
    roles: {
      author: {
        description: 'Writes, and writes again from a critique.',
        instructions: 'You do the task, whole and to the point.',
        tools: ['files', 'calc'],
      },
      critic: {
        description: 'Says what is wrong with a draft, or that it is good.',
        instructions: 'You judge drafts. Name faults that can be checked, each with how to mend it. Praise nothing.',
        output: formOf(critiqueSchema),
        purpose: 'verify',
      },
    },
  },
  roles: ({ author, critic }) => [author, critic],
  plan: ({ task, options: { author, critic } }) => ({
    subtasks: [{ id: draftId(1), role: author, instruction: task, dependsOn: [] }, critiqueOf(1, critic)],
  }),
  grow: refine,
});
