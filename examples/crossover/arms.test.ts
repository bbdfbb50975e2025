import { scriptedModel } from 'planwright/testing';
import { expect, test } from 'vitest';
import { answerBy } from './arms.ts';
import { joinByProgram } from './join-by-program.ts';
import { drawBlocks } from './questions.ts';

const questions = drawBlocks({ seed: 1, blocks: 1, size: 4, kinds: ['sum'] }).flat();
const solve = (line: string) => {
  const [, first, second] = /(\d+) \+ (\d+)\?/.exec(line) ?? [];
  return first === undefined ? [] : [Number(first) + Number(second)];
};

/** Answers every sum of its prompt, behind numbers when there are several. */
const calculator = () =>
  scriptedModel(({ prompt }) => {
    const text = JSON.stringify(prompt.at(-1)?.content).split(String.raw`\n`);
    const sums = text.flatMap(solve);
    return {
      text: sums.length === 1 ? sums.join('') : sums.map((sum, at) => `${at + 1}. ${sum}`).join('\n'),
      usage: { inputTokens: 10, outputTokens: 2 },
    };
  });

test('one call of N questions, or N calls of one question; the joining program is no call of the model', async () => {
  const right = [true, true, true, true];
  const single = calculator();
  expect(await answerBy('single', questions, { model: joinByProgram(single) })).toEqual({ right, calls: 1, tokens: 12 });
  expect(single.requests).toHaveLength(1);
  const team = calculator();
  expect(await answerBy('team', questions, { model: joinByProgram(team) })).toEqual({ right, calls: 4, tokens: 48 });
  expect(team.requests).toHaveLength(4);
});

test('temperature 0 and a bound on the answer are in every request; a subtask is asked its own question only', async () => {
  const model = calculator();
  await answerBy('team', questions, { model: joinByProgram(model) });
  expect(model.requests.map(({ temperature, maxOutputTokens }) => [temperature, maxOutputTokens])).toEqual(
    questions.map(() => [0, 64]),
  );
  for (const [at, { prompt }] of model.requests.entries()) {
    const said = JSON.stringify(prompt);
    expect(questions.flatMap(({ text }, index) => (said.includes(text) ? [index] : []))).toEqual([at]);
  }
});

test('an empty answer is wrong; the others of the team stand', async () => {
  const model = calculator();
  const silentOnFirst = scriptedModel(async (request, index) => {
    if (index === 0) return '';
    const { content } = await model.doGenerate(request);
    return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  });
  const { right } = await answerBy('team', questions, { model: joinByProgram(silentOnFirst) });
  expect(right).toEqual([false, true, true, true]);
});

test('a model that fails has given no wrong answer: the measurement ends', async () => {
  const model = scriptedModel(() => {
    throw new Error('no connection');
  });
  await expect(answerBy('single', questions, { model: joinByProgram(model) })).rejects.toThrow(
    /^A question got no answer: .*no connection/,
  );
});
