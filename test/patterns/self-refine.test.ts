/** When self-refine stops: beside a critic that is content and rounds that are used up (core.test.ts), when nothing moves any more. */
import { MemoryStore, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { playModel } from '../support/small-team.ts';

const revise = (feedback: string) => JSON.stringify({ verdict: 'revise', feedback });
const run = (model: ReturnType<typeof playModel>) =>
  runTask({ task: 't', pattern: { name: 'self-refine', rounds: 10 }, model, store: new MemoryStore() });

test('a draft that came back as it was is the last one', async () => {
  const model = playModel(({ text }, index) =>
    text.includes('You judge drafts.') ? revise(`Fault ${index}.`) : index < 3 ? 'first' : ' second \n draft',
  );
  const { status, deliverable, ledger, subtasks } = await run(model);
  expect({ status, deliverable, calls: ledger.callsByPurpose, last: subtasks.at(-1)?.id }).toEqual({
    status: 'succeeded',
    deliverable: 'first',
    calls: { execute: 2, verify: 2 },
    last: 'critique-2',
  });
});

test('a critic that repeats itself word for word has said it', async () => {
  const model = playModel(({ text }, index) =>
    text.includes('You judge drafts.') ? revise('Name  the year.\n') : `draft of call ${index}`,
  );
  const { status, deliverable, ledger } = await run(model);
  expect({ status, deliverable, calls: ledger.calls }).toEqual({ status: 'succeeded', deliverable: 'draft of call 2', calls: 4 });
});

test('a critic that wants more and names nothing is asked again', async () => {
  const heard: string[] = [];
  const model = playModel(({ text }) => {
    if (!text.includes('You judge drafts.')) return 'a draft';
    heard.push(text);
    return heard.length === 1 ? revise(' ') : JSON.stringify({ verdict: 'good', feedback: '' });
  });
  const { status, ledger } = await run(model);
  expect({ status, calls: ledger.calls }).toEqual({ status: 'succeeded', calls: 3 });
  expect(heard[1]).toContain('You answer "revise" and say nothing in "feedback".');
});
