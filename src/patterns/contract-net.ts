/** Contract net: a manager announces work, and each piece goes to the contractor with the best bid when it is about to start. */
import { announceWork, giveOut, makeWorkingTeam, type WorkOptions, workOptions } from './give-out-work.ts';
import { definePattern } from './pattern.ts';

const contractors = ['contractor-1', 'contractor-2', 'contractor-3'];

export const contractNet = definePattern<WorkOptions>({
  name: 'contract-net',
  summary: 'A manager announces pieces of work, each goes to the contractor with the best bid, and a report puts them together.',
  source: 'Smith 1980; FIPA SC00029H 2002, contract net',
  calls: '1 + pieces + 1; bids are computed',
  options: workOptions.extend({ workers: workOptions.shape.workers.default(contractors) }),
  team: makeWorkingTeam({
    description: 'A manager, contractors that can do each other’s work, and a reporter.',
    allocation: 'contract-net',
    lists: 'You divide tasks into pieces of work for others, as few as there are separate things to do.',
    workers: contractors,
  }),
  roles: ({ manager, workers, reporter }) => [manager, ...workers, reporter],
  plan: (planning) => announceWork(planning, ['contract-net']),
  grow: giveOut,
});
