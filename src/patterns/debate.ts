/**
 * Debate: several proposers answer, read each other's answers and answer again, and a judge decides with evidence between what
 * they end with. Round r of each proposer builds on round r − 1 of all.
 */
import { z } from 'zod';
import type { Subtask } from '../plan/plan.ts';
import { definePattern, type PatternPlan, type PatternTask } from './pattern.ts';
import { growContest, verdictSchema } from './pick-candidate.ts';
import { formOf } from './read-answer.ts';

const options = z.strictObject({
  proposers: z.int().min(2).max(16).default(3),
  /** Of answers; the first is given without knowledge of the others. */
  rounds: z.int().min(1).max(10).default(2),
  /** The roles that propose, in turn. Default: `proposer`. */
  by: z.array(z.string()).min(1).max(16).default(['proposer']),
  judge: z.string().default('judge'),
});
type Options = z.infer<typeof options>;

const idOf = (proposer: number, round: number): string => `answer-${proposer + 1}-${round + 1}`;

const idsOf = (proposers: number, round: number): string[] =>
  Array.from({ length: proposers }, (_, proposer) => idOf(proposer, round));

function planDebate({ task, options: { proposers, rounds, by } }: PatternTask<Options>): PatternPlan {
  const subtasks: Subtask[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let proposer = 0; proposer < proposers; proposer += 1) {
      const role = by[proposer % by.length] ?? '';
      const own = idOf(proposer, round - 1);
      subtasks.push({
        id: idOf(proposer, round),
        role,
        instruction:
          round === 0
            ? task
            : `${task}\n\nYour answer so far is "${own}". Read the others' critically: keep what is right, correct what is wrong, and say what changed your mind. Answer the task again, whole.`,
        dependsOn: round === 0 ? [] : idsOf(proposers, round - 1),
        // Who is left goes on.
        ...(round === 0 ? {} : { evenIfFailed: true as const }),
        ...(round === rounds - 1 ? { grow: true as const } : {}),
      });
    }
  }
  return { subtasks };
}

export const debate = definePattern<Options>({
  name: 'debate',
  summary: 'Several answer, read each other and answer again; a judge decides by the evidence.',
  source: 'Du et al. 2023, multi-agent debate; Liang et al. 2023, with a judge',
  calls: 'proposers × rounds + 1 judge',
  options,
  team: {
    name: 'debate',
    description: 'Proposers that debate, and a judge.',
    roles: {
      proposer: {
        description: 'Answers, and answers again having read the others.',
        instructions: 'You answer the task with reasons that can be checked. Agree only with what you have checked yourself.',
        tools: ['files', 'calc'],
      },
      judge: {
        description: 'Decides between answers by their evidence.',
        instructions: 'You judge answers by their evidence alone. Check what can be checked; a majority is no evidence.',
        tools: ['files', 'calc'],
        output: formOf(verdictSchema),
        purpose: 'verify',
      },
    },
  },
  roles: ({ by, judge }) => [...by, judge],
  plan: planDebate,
  grow: (view) => {
    const { proposers, rounds, judge } = view.options;
    return growContest(view, { candidates: idsOf(proposers, rounds - 1), judge });
  },
});
