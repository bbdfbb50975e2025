/** The 30 tasks whose plans are counted. The list is fixed, so that counts of different days and models compare. */

export interface PlanningTask {
  /** The preset that plans it. */
  team: 'report' | 'research';
  task: string;
}

/** For `report`: no files, four roles. */
const reportTasks = [
  'Produce a short report on planner-executor agents.',
  'Write a one-page report on rainwater harvesting for a small farm.',
  'Report the risks of storing passwords in plain text, with a code example of the right way.',
  'Summarize how vaccines work for a school newspaper.',
  'Write a migration guide from callbacks to promises in JavaScript, with code.',
  'Plan the migration of a small web shop from MySQL to PostgreSQL and name the risks.',
  'Move a team of five from email to an issue tracker: steps, risks, and a message to the team.',
  'Compare electric and gas ovens for a bakery and recommend one.',
  'Compare REST and GraphQL for a mobile app: facts, a code example of each, weak points, verdict.',
  'Compare three ways to sort a list in Python and say when to use which.',
  'What is 17 percent of 2,350, and is that more than 400?',
  'A train leaves at 9:40 and arrives at 14:05 with a stop of 25 minutes. How long does it move?',
  'Estimate the monthly cost of 3 servers at 0.12 USD an hour and explain the estimate.',
  'Write a function that checks whether a number is prime, have it criticized, and describe it in two sentences.',
  'Draft a press release about a new bicycle lane, and list what journalists will question.',
];

/** For `research`: they ask about the project's own docs/. */
const researchTasks = [
  'What is a handoff, and what does the ledger count?',
  'What happens to a run when the process is killed?',
  'Which exit codes does the command line have, and what does each mean?',
  'Which error codes can be answered by a replan?',
  'How does the gate choose between one agent and a team?',
  'What may a plan file contain, and how many subtasks may it have?',
  'Compare the offline model with the recorded model.',
  'Compare a retry with a replan: who acts, and what is kept?',
  'Compare the limits of a role with the limits of a run.',
  'Which tools are built in, and what keeps them inside a folder?',
  'Write a short report on how results are verified.',
  'Write a report on planning, scheduling and verification, one paragraph each.',
  'How many rungs has the ladder for rejected results, and how many tries are there in all by default?',
  'Move a team from hosted models to a local server: what has to change in the team file and in the environment?',
  'Does the documentation say anything about billing in euros?',
];

export const planningTasks: readonly PlanningTask[] = [
  ...reportTasks.map((task) => ({ team: 'report' as const, task })),
  ...researchTasks.map((task) => ({ team: 'research' as const, task })),
];
