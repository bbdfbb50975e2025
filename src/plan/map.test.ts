import { expect, test } from 'vitest';
import { checkPlanText } from './plan-file.ts';

const planOf = (mapped: string): string => `version: 1
task: t
subtasks:
  - { id: list, role: finder, instruction: i }
  - ${mapped}
`;
const problemsOf = (mapped: string): string[] =>
  checkPlanText(planOf(mapped), 'plan.yaml').problems.map(({ code, line, message }) => `${line} ${code} ${message}`);

test('a mapped subtask is read with what it runs over', () => {
  const { plan } = checkPlanText(
    planOf('{ id: each, role: finder, instruction: i, dependsOn: [list], map: { over: list, path: data.items, max: 3 } }'),
    'plan.yaml',
  );
  expect(plan?.subtasks[1]).toEqual({
    id: 'each',
    role: 'finder',
    instruction: 'i',
    dependsOn: ['list'],
    map: { over: 'list', path: 'data.items', max: 3 },
  });
});

test.each([
  [
    '{ id: each, role: finder, instruction: i, map: { over: list } }',
    '5 malformed subtasks.1.map.over: "list" is not among its dependencies. Add it to dependsOn.',
  ],
  [
    '{ id: each, role: finder, instruction: i, dependsOn: [list], map: { over: list, path: "a..b" } }',
    '5 malformed subtasks.1.map.path: "a..b" is no path: keys and indexes with dots between them.',
  ],
  [
    '{ id: "each[0]", role: finder, instruction: i }',
    '5 malformed subtasks.1.id: "each[0]" ends like the items of a mapped subtask, which is reserved. Choose another id.',
  ],
  [
    '{ id: each, role: finder, instruction: i, dependsOn: [list], map: { over: list, max: 0 } }',
    '5 malformed subtasks.1.map.max: ',
  ],
  ['{ id: each, role: finder, instruction: i, dependsOn: [list], map: { from: list } }', '5 malformed subtasks.1.map'],
  ['{ id: each, role: finder, instruction: i, dependsOn: [list], map: list }', '5 malformed subtasks.1.map: '],
])('%s', (mapped, problem) => {
  expect(problemsOf(mapped)[0]).toContain(problem);
});
