/** Who carries out the steps of a plan text by default: built-in tools, and a model for steps that only take thought. */
import type { TeamDefinition } from '../team/team-definition.ts';

export const stepWorkers = {
  'files-search': { tool: 'files_search' },
  'files-read': { tool: 'files_read' },
  calc: { tool: 'calc', result: 'value' },
  llm: {
    description: 'Answers one question by thought, from the results that it names.',
    instructions: 'You answer the question in a few words, from what you are given. Say so when it does not tell.',
  },
} satisfies TeamDefinition['roles'];
