import { expect, test } from 'vitest';
import { readStartForm } from './start-form.ts';

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

test('what is left empty is left to the team', () => {
  expect(readStartForm(form({ task: ' Do it. ', team: 'report', files: '', model: ' ', tokens: '' }))).toEqual({
    task: 'Do it.',
    team: 'report',
  });
});

test('limits have the units of the interface', () => {
  const filled = form({ task: 't', concurrency: '4', usd: '0.5', tokens: '9000', seconds: '90', approve: 'on' });
  expect(readStartForm(filled)).toEqual({
    task: 't',
    approve: true,
    limits: { concurrency: 4, usd: 0.5, tokens: 9000, timeoutMs: 90_000 },
  });
});
