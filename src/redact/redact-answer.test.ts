import { APICallError, type LanguageModelV4CallOptions, type LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { expect, test } from 'vitest';
import { PlanwrightError } from '../errors.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { redactAnswers } from './redact-answer.ts';
import { readRedact } from './redact-rules.ts';
import { createRedactor } from './redactor.ts';

const redactor = createRedactor(readRedact(['email', { name: 'digits', pattern: '\\b\\d{4,}\\b' }]));
const prompt: LanguageModelV4CallOptions['prompt'] = [{ role: 'user', content: [{ type: 'text', text: 'x' }] }];

async function readParts(stream: ReadableStream<LanguageModelV4StreamPart>): Promise<LanguageModelV4StreamPart[]> {
  const parts: LanguageModelV4StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

test('text, reasoning and the inputs of tool calls are redacted; names and ids of calls are not', async () => {
  const model = redactAnswers(
    scriptedModel(() => ({
      text: 'to a@b.example',
      toolCalls: [{ name: 'send_12345', id: '12345', input: { to: 'a@b.example', count: 12345, at: ['x 12345'] } }],
    })),
    redactor,
  );
  const { content } = await model.doGenerate({ prompt });
  expect(content).toEqual([
    { type: 'text', text: 'to [email]' },
    {
      type: 'tool-call',
      toolCallId: '12345',
      toolName: 'send_12345',
      input: JSON.stringify({ to: '[email]', count: 12345, at: ['x [digits]'] }),
    },
  ]);
});

test('a match that a stream cuts in two is found, and parts keep their order', async () => {
  const model = redactAnswers(
    scriptedModel(() => ({
      text: ['Write to ann@exa', 'mple.org', ' and 12', '34.'],
      toolCalls: [{ name: 't', id: 'c', input: {} }],
    })),
    redactor,
  );
  const parts = await readParts((await model.doStream({ prompt })).stream);
  expect(parts.map((part) => (part.type === 'text-delta' ? part.delta : part.type))).toEqual([
    'stream-start',
    'text-start',
    '',
    'Write to [email] and [digits].',
    'text-end',
    'tool-call',
    'finish',
  ]);
});

test('a text that is JSON keeps its form, with what plans go by', async () => {
  const plan = {
    subtasks: [{ id: 'step-12345', role: 'finder', instruction: 'Ask a@b.example about 12345', dependsOn: ['step-12345'] }],
    deliverable: 'step-12345',
  };
  for (const [before, after] of [
    ['', ''],
    ['```json\n', '\n```'],
  ]) {
    const model = redactAnswers(
      scriptedModel(() => `${before}${JSON.stringify(plan)}${after}`),
      redactor,
    );
    const [part] = (await model.doGenerate({ prompt })).content;
    const wanted = { ...plan, subtasks: [{ ...plan.subtasks[0], instruction: 'Ask [email] about [digits]' }] };
    expect(part).toEqual({ type: 'text', text: `${before}${JSON.stringify(wanted)}${after}` });
  }
});

test('what was signed by its provider loses the signature when it was changed', async () => {
  const base = scriptedModel(() => 'x');
  const providerMetadata = { anthropic: { signature: 's' } };
  const answerWith = async (text: string) => {
    const result = await base.doGenerate({ prompt });
    return redactAnswers(
      { ...base, doGenerate: async () => ({ ...result, content: [{ type: 'reasoning', text, providerMetadata }] }) },
      redactor,
    ).doGenerate({ prompt });
  };
  expect((await answerWith('about a@b.example')).content).toEqual([{ type: 'reasoning', text: 'about [email]' }]);
  expect((await answerWith('about it')).content).toEqual([{ type: 'reasoning', text: 'about it', providerMetadata }]);
});

function failing(thrown: unknown) {
  const model = scriptedModel(() => {
    throw thrown;
  });
  return redactAnswers(model, redactor).doGenerate({ prompt });
}

test('an error’s message is redacted, and keeps its kind', async () => {
  await expect(failing(new PlanwrightError('model-failed', 'no 12345'))).rejects.toMatchObject({
    code: 'model-failed',
    message: 'no [digits]',
  });
  const refused = new APICallError({
    message: 'a@b.example is blocked',
    url: 'http://x',
    requestBodyValues: {},
    statusCode: 429,
    responseHeaders: { 'retry-after': '7' },
    responseBody: '{"who":"a@b.example"}',
  });
  await expect(failing(refused)).rejects.toMatchObject({
    message: '[email] is blocked',
    statusCode: 429,
    isRetryable: true,
    responseHeaders: { 'retry-after': '7' },
    responseBody: '{"who":"[email]"}',
  });
});
