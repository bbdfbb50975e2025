/**
 * Response thresholds: a manager lists work, and workers that start alike take up pieces by chance and threshold. A worker comes to
 * prefer the kinds that it has done.
 */
import { announceWork, giveOut, type WorkOptions, workOptions, workSchema } from './give-out-work.ts';
import { definePattern } from './pattern.ts';
import { formOf } from './read-answer.ts';

const workers = ['worker-1', 'worker-2', 'worker-3'];

export const responseThreshold = definePattern<WorkOptions>({
  name: 'response-threshold',
  summary: 'Work is listed, and workers that start alike take up what they respond to; a report puts the results together.',
  source: 'Bonabeau, Theraulaz and Deneubourg 1996, 1998, response thresholds',
  calls: '1 + pieces + 1; nobody is asked who takes what',
  options: workOptions.extend({ workers: workOptions.shape.workers.default(workers) }),
  team: {
    name: 'response-threshold',
    description: 'One that lists work, workers that start alike, and a reporter.',
    allocation: 'response-threshold',
    roles: {
      manager: {
        description: 'Says what work a task takes.',
        instructions:
          'You list the pieces of work that a task takes, as few as there are separate things to do. Pieces that are alike are of one kind. You do none of it yourself.',
        tools: ['files'],
        output: formOf(workSchema),
        purpose: 'plan',
      },
      ...Object.fromEntries(
        workers.map((name) => [
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
  roles: ({ manager, workers: kinds, reporter }) => [manager, ...kinds, reporter],
  plan: (planning) => announceWork(planning, ['response-threshold', 'fixed-threshold']),
  grow: giveOut,
});
