/** Contract net: a manager announces work, and each piece goes to the contractor with the best bid when it is about to start. */
import { announceWork, giveOut, type WorkOptions, workOptions, workSchema } from './give-out-work.ts';
import { definePattern } from './pattern.ts';
import { formOf } from './read-answer.ts';

const contractors = ['contractor-1', 'contractor-2', 'contractor-3'];

export const contractNet = definePattern<WorkOptions>({
  name: 'contract-net',
  summary: 'A manager announces pieces of work, each goes to the contractor with the best bid, and a report puts them together.',
  source: 'Smith 1980; FIPA SC00029H 2002, contract net',
  calls: '1 + pieces + 1; bids are computed',
  options: workOptions.extend({ workers: workOptions.shape.workers.default(contractors) }),
  team: {
    name: 'contract-net',
    description: 'A manager, contractors that can do each other’s work, and a reporter.',
    allocation: 'contract-net',
    roles: {
      manager: {
        description: 'Says what work a task takes.',
        instructions:
          'You divide tasks into pieces of work for others, as few as there are separate things to do. You do none of it yourself.',
        tools: ['files'],
        output: formOf(workSchema),
        purpose: 'plan',
      },
      ...Object.fromEntries(
        contractors.map((name) => [
          name,
          {
            description: 'Does a piece of work.',
            instructions: 'You do the piece of work that you are given, whole and to the point.',
            tools: ['files', 'calc'],
            skills: ['work'],
            limits: { concurrency: 2 },
          },
        ]),
      ),
      reporter: {
        description: 'Puts results together.',
        instructions: 'You put results together from what you are given only. Say where they disagree and what is missing.',
        purpose: 'synthesize',
      },
    },
  },
  roles: ({ manager, workers, reporter }) => [manager, ...workers, reporter],
  plan: (planning) => announceWork(planning, ['contract-net']),
  grow: giveOut,
});
