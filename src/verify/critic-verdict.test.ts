import { expect, test } from 'vitest';
import { judgeCriticVerdict } from './critic-verdict.ts';

const ran = { tool: 'calc', key: 'r/@critic.0.a/1/1/0' };
const tried = [{ tool: 'calc', what: '2 + 2', seen: '4' }];
const defect = { what: 'The sum is wrong.', evidence: 'calc gives 4, the result says 5.' };

test('a rejection needs a defect that is shown, and keeps the receipts there are', () => {
  expect(judgeCriticVerdict({ verdict: 'reject', defects: [defect], tried: [] }, [ran])).toEqual({
    kind: 'failed',
    detail: 'The sum is wrong.\n  Evidence: calc gives 4, the result says 5.',
    receipts: [ran.key],
  });
  for (const defects of [[], [{ what: 'Bad.', evidence: ' ' }]]) {
    expect(judgeCriticVerdict({ verdict: 'reject', defects, tried }, [ran])).toMatchObject({ kind: 'void' });
  }
});

test('an acceptance rests on the receipts of the tools it names', () => {
  const other = { tool: 'files_read', key: 'r/@critic.0.a/1/2/0' };
  expect(judgeCriticVerdict({ verdict: 'accept', defects: [], tried }, [ran, other])).toEqual({
    kind: 'passed',
    detail: 'No defect found. Tried: 2 + 2 (calc): 4',
    receipts: [ran.key],
  });
});

test.each([
  ['congratulates without having run anything', { verdict: 'accept', defects: [], tried }, [], /have run nothing/],
  ['does not say what was tried', { verdict: 'accept', defects: [], tried: [] }, [ran], /do not say what you tried/],
  [
    'claims a call that was never made',
    { verdict: 'accept', defects: [], tried: [{ tool: 'run_code', what: 'the tests', seen: 'all pass' }] },
    [ran],
    /"the tests" with the tool "run_code"; there is no such call. Tools you called: calc/,
  ],
  ['accepts and names defects', { verdict: 'accept', defects: [defect], tried }, [ran], /one or the other/],
  ['is prose', 'Excellent work!', [ran], /does not have the asked form/],
  ['is another verdict', { verdict: 'approve', defects: [], tried }, [ran], /does not have the asked form: verdict/],
])('a verdict that %s is void', (_name, verdict, receipts, problem) => {
  expect(judgeCriticVerdict(verdict, receipts)).toEqual({ kind: 'void', problem: expect.stringMatching(problem) });
});
