import { expect, test } from 'vitest';
import { readComparisonForm } from './comparison-form.ts';

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

const tasks = [{ id: '1', task: 'How much?', check: { number: 7 } }];

test('what is left empty is left to the server', () => {
  const filled = form({ tasks: 'How much? => 7', team: 'research', model: ' ', repeats: '', maxUsd: '', concurrency: '' });
  expect(readComparisonForm(filled)).toEqual({ kind: 'ready', request: { tasks, team: 'research' } });
});

test('trials, money and pairs at once are numbers', () => {
  const filled = form({
    tasks: 'How much? => 7',
    model: 'offline',
    repeats: '3',
    maxUsd: '0.5',
    concurrency: '2',
    fixedN: 'on',
  });
  expect(readComparisonForm(filled)).toEqual({
    kind: 'ready',
    request: { tasks, model: 'offline', repeats: 3, maxUsd: 0.5, concurrency: 2, fixedN: true },
  });
});

test('nothing is asked for while a line is no task', () => {
  expect(readComparisonForm(form({ tasks: 'How much?' }))).toMatchObject({
    kind: 'refused',
    problems: [expect.stringMatching(/^Line 1/)],
  });
});
