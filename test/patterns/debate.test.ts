/** Debate on the real engine: who reads whom, a judge that has to show evidence, and what is left when a part fails. */
import { MemoryStore, runTask } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { describe, expect, test } from 'vitest';
import { isJudge, judge, shownTo } from '../support/judgment.ts';
import { playModel, readCall } from '../support/small-team.ts';

const pattern = { name: 'debate', proposers: 2, rounds: 2 };

/** Each answer names the call that gave it. */
const debater = (verdict: (text: string, asked: number) => string) => {
  let asked = 0;
  return playModel(({ text }, index) => {
    if (!isJudge(text)) return `answer of call ${index}, "quoted"\nand more`;
    asked += 1;
    return verdict(text, asked);
  });
};

const run = (model: ReturnType<typeof playModel>, options: object = {}) =>
  runTask({ task: 'Who is right?', pattern, model, store: new MemoryStore(), ...options });

const evidence = (quote: string) => ['answer-1-2', 'answer-2-2'].map((from) => ({ from, quote, shows: 'that it is right' }));

const failing = (fails: (text: string) => boolean) => {
  const prompts: string[] = [];
  const model = scriptedModel((request) => {
    const { text } = readCall(request);
    prompts.push(text);
    if (isJudge(text)) return judge(text);
    if (fails(text)) throw new Error('broken');
    return 'an answer';
  });
  return { model, prompts };
};

test('has proposers × rounds + 1 calls; the judge reads the last round, and what it chooses is handed over as it stands', async () => {
  let shown: string[] = [];
  const model = debater((text) => {
    shown = shownTo(text);
    return judge(text, 'answer-1-2');
  });
  const { status, deliverable, ledger, subtasks } = await run(model);
  const chosen = subtasks.find(({ id }) => id === 'answer-1-2')?.output;
  expect({ status, deliverable, calls: ledger.callsByPurpose }).toEqual({
    status: 'succeeded',
    deliverable: chosen,
    calls: { execute: 4, verify: 1 },
  });
  expect(shown).toEqual(['answer-1-2', 'answer-2-2']);
  expect(subtasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
    ['answer-1-1', []],
    ['answer-2-1', []],
    ['answer-1-2', ['answer-1-1', 'answer-2-1']],
    ['answer-2-2', ['answer-1-1', 'answer-2-1']],
    ['judgment', ['answer-1-2', 'answer-2-2']],
  ]);
});

describe('a verdict counts only with evidence', () => {
  test.each([
    [
      'a choice that is none',
      { choice: 'answer-1-1', evidence: evidence('quoted') },
      'You chose "answer-1-1", which is none of the answers: answer-1-2, answer-2-2.',
    ],
    [
      'a quote that is not there',
      { choice: 'answer-1-2', evidence: evidence('as everybody knows') },
      '"answer-1-2" does not say "as everybody knows".',
    ],
    [
      'a quote from nowhere',
      { choice: 'answer-1-2', evidence: [{ from: 'answer-9-9', quote: 'x', shows: 'x' }] },
      'You quote from "answer-9-9"',
    ],
    [
      'an answer that it shows nothing of',
      { choice: 'answer-1-2', evidence: evidence('quoted').slice(0, 1) },
      'You show nothing of answer-2-2.',
    ],
    ['no evidence', { choice: 'answer-1-2', evidence: [] }, 'Your result does not have the required form. $.evidence: '],
    ['a word without a form', 'The first one.', 'Your result does not have the required form.'],
  ])('%s goes back to the judge with the reason', async (_what, verdict, reason) => {
    const heard: string[] = [];
    const model = debater((text, asked) => {
      heard.push(text);
      return asked === 1
        ? JSON.stringify(verdict)
        : JSON.stringify({ choice: 'answer-2-2', evidence: evidence('"quoted"  and') });
    });
    const { status, deliverable, subtasks, ledger } = await run(model);
    expect(heard[1]).toContain(`<feedback>\nThe answer before was not accepted: ${reason}`);
    expect({ status, calls: ledger.calls }).toEqual({ status: 'succeeded', calls: 6 });
    expect(deliverable).toBe(subtasks.find(({ id }) => id === 'answer-2-2')?.output);
  });

  test('a judge that never shows any takes nothing away: the first answer of the last round stands, and the run is partial', async () => {
    const { status, deliverable, subtasks } = await run(debater(() => 'The first one.'));
    expect(status).toBe('partial');
    expect(deliverable).toBe(subtasks.find(({ id }) => id === 'answer-1-2')?.output);
    expect(subtasks.find(({ id }) => id === 'judgment')).toMatchObject({ status: 'failed', error: { code: expect.any(String) } });
  });
});

describe('a proposer that fails', () => {
  const limits = { retries: 0, reroutes: 0 };

  test('in the first round is told to those who go on', async () => {
    let first = true;
    const { model, prompts } = failing(() => {
      const isFirst = first;
      first = false;
      return isFirst;
    });
    const { status, deliverable, ledger } = await run(model, { limits });
    expect({ status, deliverable }).toEqual({ status: 'partial', deliverable: 'an answer' });
    expect(ledger.calls).toBe(5);
    expect(prompts.filter((text) => text.includes('<failed id="answer-1-1" role="proposer">'))).toHaveLength(2);
  });

  test('in the last round leaves one, and one needs no judge', async () => {
    const { model, prompts } = failing((text) => text.includes('Your answer so far is "answer-1-1"'));
    const { status, deliverable } = await run(model, { limits });
    expect({ status, deliverable }).toEqual({ status: 'partial', deliverable: 'an answer' });
    expect(prompts.some(isJudge)).toBe(false);
  });

  test('with all others leaves nothing to hand over', async () => {
    const { model, prompts } = failing(() => true);
    const { status, deliverable } = await run(model, { limits });
    expect({ status, deliverable }).toEqual({ status: 'failed', deliverable: null });
    expect(prompts.some(isJudge)).toBe(false);
  });
});
