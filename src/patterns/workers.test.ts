import { expect, test } from 'vitest';
import { defineTeam } from '../team/define-team.ts';
import { describeWorkers, findWorker, listWorkers } from './workers.ts';

const team = defineTeam({
  roles: {
    'files-search': { tool: 'files_search' },
    'Web Search': { tool: 'mcp:web/search', description: 'Searches the web.' },
    sums: { tool: 'calc', description: 'Adds.' },
    products: { tool: 'calc', description: 'Multiplies.' },
    thinker: { description: 'Thinks. '.repeat(60) },
    solver: {},
    doubter: {},
  },
  planner: { critic: 'doubter' },
  mcp: { web: { command: 'x' } },
});
const fields = [
  { name: 'query', isRequired: true },
  { name: 'limit', isRequired: false },
];
const tools = new Map([
  ['files-search', { name: 'files_search', description: 'Finds text.', fields }],
  ['sums', { name: 'calc', description: '', fields: [{ name: 'expression', isRequired: true }] }],
]);

test('what a planner is told: every role that works, by names that a plan’s text can hold', () => {
  expect(describeWorkers(listWorkers({ team, tools }, ['solver']), ['(', ')']).split('\n')).toEqual([
    '- files_search(query, limit?): Finds text.',
    '- Web_Search(input): Searches the web.',
    // One tool, two roles; the tool of the other has nothing to work on.
    '- sums(expression): Adds.',
    `- thinker(instruction): ${'Thinks. '.repeat(30).trim()}`,
  ]);
});

test('a name is found however it is spelled, the exact one first', () => {
  const workers = listWorkers({ team }, ['solver']);
  const found = ['files_search', 'FilesSearch', 'Files-Search', 'web_search', 'WebSearch', 'products', 'calc', 'solver'];
  expect(found.map((name) => findWorker(workers, name)?.role ?? null)).toEqual([
    'files-search',
    'files-search',
    'files-search',
    'Web Search',
    'Web Search',
    'products',
    null,
    null,
  ]);
});
