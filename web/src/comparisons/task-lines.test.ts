import { expect, test } from 'vitest';
import { readTaskLines } from './task-lines.ts';

test('a line of words and its answer is a task with a check', () => {
  const text = '# arithmetic\nWhat is 6 times 7? => 42\n\nWhat does a => b mean? => implies \nHow cold? => -1.5\n';
  expect(readTaskLines(text)).toEqual({
    tasks: [
      { id: '2', task: 'What is 6 times 7?', check: { number: 42 } },
      { id: '4', task: 'What does a => b mean?', check: { contains: 'implies' } },
      { id: '5', task: 'How cold?', check: { number: -1.5 } },
    ],
    problems: [],
  });
});

test('lines of a tasks file are taken as they are, also among words', () => {
  const line = { id: 'x', task: 'Why?', check: [{ kind: 'rubric', rubric: 'Is it so?' }], class: 'why' };
  expect(readTaskLines(`${JSON.stringify(line)}\r\nHow much? => 7`).tasks).toEqual([
    line,
    { id: '2', task: 'How much?', check: { number: 7 } },
  ]);
});

test('a list is taken whole', () => {
  const list = [{ id: '1', task: 'Why?', check: { contains: 'so' } }];
  expect(readTaskLines(JSON.stringify(list, null, 2))).toEqual({ tasks: list, problems: [] });
  expect(readTaskLines('[1]').problems).toHaveLength(1);
  expect(readTaskLines('[{').problems[0]).toMatch(/^The list is not JSON/);
});

test('what is no task is told with its line, all at once', () => {
  const { tasks, problems } = readTaskLines('How?\n{"id":\nfine => yes\n=> 42\nempty =>\n');
  expect(tasks.map(({ id }) => id)).toEqual(['3']);
  expect(problems.map((problem) => problem.split(':')[0])).toEqual(['Line 1', 'Line 2', 'Line 4', 'Line 5']);
  expect(readTaskLines(' \n# nothing').problems).toEqual(['There are no tasks.']);
});
