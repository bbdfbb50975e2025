/**
 * Response thresholds: a manager lists work, and workers that start alike take up pieces by chance and threshold. A worker comes to
 * prefer the kinds that it has done.
 */
import { announceWork, giveOut, makeWorkingTeam, type WorkOptions, workOptions } from './give-out-work.ts';
import { definePattern } from './pattern.ts';

const workers = ['worker-1', 'worker-2', 'worker-3'];

export const responseThreshold = definePattern<WorkOptions>({
  name: 'response-threshold',
  summary: 'Work is listed, and workers that start alike take up what they respond to; a report puts the results together.',
  source: 'Bonabeau, Theraulaz and Deneubourg 1996, 1998, response thresholds',
  calls: '1 + pieces + 1; nobody is asked who takes what',
  options: workOptions.extend({ workers: workOptions.shape.workers.default(workers) }),
  team: makeWorkingTeam({
    description: 'One that lists work, workers that start alike, and a reporter.',
    allocation: 'response-threshold',
    lists:
      'You list the pieces of work that a task takes, as few as there are separate things to do. Pieces that are alike are of one kind.',
    workers: workers,
  }),
  roles: ({ manager, workers: kinds, reporter }) => [manager, ...kinds, reporter],
  plan: (planning) => announceWork(planning, ['response-threshold', 'fixed-threshold']),
  grow: giveOut,
});
