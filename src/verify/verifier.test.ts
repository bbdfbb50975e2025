import { expect, test } from 'vitest';
import type { AcceptCheck } from '../plan/plan.ts';
import { acceptCheckSchema } from '../plan/plan.ts';
import { verify } from './verifier.ts';

const quotes: AcceptCheck = { kind: 'quotes' };
const longEnough: AcceptCheck = { kind: 'predicate', minLength: 5 };
const isText: AcceptCheck = { kind: 'schema', schema: { type: 'string' } };

async function readLines(file: string, from: number, to: number): Promise<string[]> {
  if (file !== 'a.md') throw new Error(`there is no ${file}`);
  return ['The sky is blue.', 'Grass is green.'].slice(from - 1, to);
}

test('checks run in order of cost, whatever their order, and each leaves evidence', async () => {
  expect(
    await verify({ output: 'It is blue: "The sky is blue." [a.md:1]', checks: [quotes, longEnough, isText], readLines }),
  ).toEqual({
    kind: 'accepted',
    evidence: [
      { check: 'schema', passed: true, detail: 'The text has the form of the schema.' },
      { check: 'predicate', passed: true, detail: 'Every condition on the text holds.' },
      { check: 'quotes', passed: true, detail: '1 citation stands in its file.' },
    ],
  });
});

test('the first failure ends the checks, so that no dear check is made for nothing', async () => {
  let read = 0;
  const verdict = await verify({
    output: 'no',
    checks: [quotes, longEnough, isText],
    readLines: async () => {
      read += 1;
      return [];
    },
  });
  expect(verdict).toEqual({
    kind: 'rejected',
    reason:
      'Your result does not meet a condition. The text has 2 characters; it must have at least 5.\nAnswer again with the whole corrected result.',
    evidence: [
      { check: 'schema', passed: true, detail: 'The text has the form of the schema.' },
      { check: 'predicate', passed: false, detail: 'The text has 2 characters; it must have at least 5.' },
    ],
  });
  expect(read).toBe(0);
});

test('a false citation is rejected with what its line says', async () => {
  const verdict = await verify({ output: '"The sky is green." [a.md:1]', checks: [quotes], readLines });
  expect(verdict.kind).toBe('rejected');
  expect(verdict.evidence).toEqual([
    { check: 'quotes', passed: false, detail: '"The sky is green." [a.md:1] is not there. There stands: "The sky is blue."' },
  ]);
});

test('a text without citations passes only where none is demanded', async () => {
  expect(await verify({ output: 'Not found in the files: the color.', checks: [quotes], readLines })).toMatchObject({
    kind: 'accepted',
  });
  expect(await verify({ output: 'It is blue.', checks: [{ kind: 'quotes', min: 1 }], readLines })).toMatchObject({
    kind: 'rejected',
    evidence: [
      {
        check: 'quotes',
        passed: false,
        detail: 'The text has 0 citations; it must have at least 1, each as "exact quote" [path:line].',
      },
    ],
  });
});

test('a citation without any files is rejected, an answer without citations is not', async () => {
  expect(await verify({ output: 'Four.', checks: [quotes] })).toMatchObject({ kind: 'accepted' });
  const verdict = await verify({ output: '"The sky is blue." [a.md:1]', checks: [quotes] });
  expect(verdict).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('no files were given') });
});

test('a schema failure tells the executor how to answer again', async () => {
  const check: AcceptCheck = { kind: 'schema', schema: { type: 'object', required: ['a'] } };
  expect(await verify({ output: '{}', checks: [check] })).toMatchObject({
    kind: 'rejected',
    reason:
      'Your result does not have the required form. $: Instance does not have required property "a".\nAnswer again with the corrected JSON, whole, and nothing around it.',
  });
});

test('a check that cannot be decided is never an acceptance', async () => {
  const check: AcceptCheck = { kind: 'schema', schema: { $ref: 'http://127.0.0.1/' } };
  expect(await verify({ output: '{}', checks: [check] })).toMatchObject({
    kind: 'unverified',
    evidence: [{ check: 'schema', passed: false }],
  });
  expect(await verify({ output: '{}', checks: [] })).toEqual({
    kind: 'unverified',
    reason: 'There are no checks for this result.',
    evidence: [],
  });
});

test('a predicate on a JSON result looks at its compact text', async () => {
  expect(await verify({ output: { a: [1, 2] }, checks: [{ kind: 'predicate', contains: '{"a":[1,2]}' }] })).toMatchObject({
    kind: 'accepted',
  });
});

test('without workspaces and judges, checks of files and models are undecided, and nothing is accepted', async () => {
  for (const check of [
    { kind: 'file', path: 'a.ts' },
    { kind: 'command', run: ['node', '--test'] },
    { kind: 'critic' },
    { kind: 'rubric', rubric: 'Is it short?' },
  ] as const) {
    const parsed = acceptCheckSchema.parse(check);
    expect(await verify({ output: 'x', checks: [parsed] })).toMatchObject({ kind: 'unverified', evidence: [{ passed: false }] });
  }
});

test('cancellation ends the checks', async () => {
  const reason = new Error('stop');
  await expect(verify({ output: 'x', checks: [isText], signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
