/**
 * Debate: several proposers answer, read each other's answers and answer again, and a judge decides with evidence. A fixed
 * plan: round r of each proposer builds on round r − 1 of all.
 */
import { z } from 'zod';
import type { Subtask } from '../plan/plan.ts';
import { definePattern, type PatternPlan, type PatternTask } from './pattern.ts';

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

function planDebate({ task, options: { proposers, rounds, by, judge } }: PatternTask<Options>): PatternPlan {
  const subtasks: Subtask[] = [];
  const all = Array.from({ length: proposers }, (_, proposer) => proposer);
  for (let round = 0; round < rounds; round += 1) {
    for (const proposer of all) {
      const role = by[proposer % by.length] ?? '';
      const own = idOf(proposer, round - 1);
      subtasks.push({
        id: idOf(proposer, round),
        role,
        instruction:
          round === 0
            ? task
            : `${task}\n\nYour answer so far is "${own}". Read the others' critically: keep what is right, correct what is wrong, and say what changed your mind. Answer the task again, whole.`,
        dependsOn: round === 0 ? [] : all.map((other) => idOf(other, round - 1)),
        // Who is left goes on.
        ...(round === 0 ? {} : { evenIfFailed: true as const }),
      });
    }
  }
  subtasks.push({
    id: 'judgment',
    role: judge,
    instruction: `${task}\n\nDecide between the answers you are given, by their evidence and not by how many agree. Write the answer that stands, with what supports it.`,
    dependsOn: all.map((proposer) => idOf(proposer, rounds - 1)),
    evenIfFailed: true,
  });
  return { subtasks, deliverable: 'judgment' };
}

export const debate = definePattern<Options>({
  name: 'debate',
  summary: 'Several answer, read each other and answer again; a judge decides by the evidence.',
  source: 'Du et al. 2023, multi-agent debate',
  calls: 'proposers × rounds + 1',
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
        purpose: 'verify',
      },
    },
  },
  roles: ({ by, judge }) => [...by, judge],
  plan: planDebate,
});
