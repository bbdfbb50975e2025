import { generateText, isStepCount, Output, streamText, tool } from 'ai';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import type { LiveDelta } from '../live.ts';
import { fakeClock, type ScriptedServer, type ServerScript, scriptedModel, startScriptedServer } from '../testing/index.ts';
import type { CallRecord, CallScope } from './call-record.ts';
import { type MeteredModel, type MeterOptions, meterModel } from './journal.ts';
import { createLimiter } from './limits.ts';
import type { Model } from './model.ts';
import { toModelError } from './model-error.ts';
import { createModelRegistry } from './registry.ts';
import { maxAnswerCharacters } from './stream-content.ts';

const scope: CallScope = {
  runId: 'run',
  rootRunId: 'run',
  subtaskId: 'write/it',
  attempt: 1,
  role: 'writer',
  purpose: 'execute',
};

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(script: ServerScript, env: Record<string, string> = {}): Promise<{ server: ScriptedServer; model: Model }> {
  const server = await startScriptedServer(script);
  open.push(server);
  return { server, model: await createModelRegistry({ env }).resolve(server.spec) };
}

function readRecord(text: string): CallRecord {
  return JSON.parse(text) as CallRecord;
}

/** A store of calls that keeps what is put as JSON, as every store does. */
function callStore() {
  const calls = new Map<string, string>();
  return {
    findCall: async (key: string) => {
      const text = calls.get(key);
      return text === undefined ? undefined : readRecord(text);
    },
    putCall: async (call: CallRecord) => {
      calls.set(call.key, JSON.stringify(call));
    },
    records: () => [...calls.values()].map(readRecord),
    outcomes: () => [...calls.values()].map(readRecord).map(({ key, outcome }) => `${key} ${outcome}`),
  };
}

type TestStore = ReturnType<typeof callStore>;

function meter(model: Model, store: TestStore, more: Partial<MeterOptions> = {}): MeteredModel {
  const clock = more.clock ?? systemClock;
  return meterModel({
    model,
    scope,
    store,
    clock,
    limiter: createLimiter({ limits: { perModel: {} }, clock }),
    callTimeoutMs: 10_000,
    ...more,
  });
}

function sumTokens(records: CallRecord[]) {
  return {
    requests: records.length,
    promptTokens: records.reduce((sum, record) => sum + record.inputTokens, 0),
    completionTokens: records.reduce((sum, record) => sum + record.outputTokens, 0),
  };
}

const add = tool({
  description: 'Adds.',
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: async ({ a, b }) => a + b,
});

/** What it rejects with; undefined when it does not. */
async function thrownBy(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

function userMessage(content: string) {
  return { role: 'user' as const, content };
}

/** A model of unknown price, without HTTP. */
function scripted(reply: Parameters<typeof scriptedModel>[0], more: Partial<Model> = {}): Model {
  return {
    spec: 'custom:m',
    languageModel: scriptedModel(reply),
    contextTokens: 1000,
    price: () => null,
    priced: false,
    ...more,
  };
}

/** First asks for a sum, then says it. */
const addingScript: ServerScript = ({ body }) =>
  body.messages.some(({ role }) => role === 'tool')
    ? { text: ['It is ', '5.'] }
    : { toolCalls: [{ name: 'add', input: { a: 2, b: 3 } }] };

describe('a call through the real provider', () => {
  it('is recorded once, with the tokens the server counted', async () => {
    const { server, model } = await serve(() => 'Hello there.');
    const store = callStore();
    const deltas: LiveDelta[] = [];
    const { text } = await generateText({
      model: meter(model, store, { onDelta: (delta) => deltas.push(delta) }),
      prompt: 'Say hello.',
    });
    expect(text).toBe('Hello there.');
    const [record] = store.records();
    expect(record).toMatchObject({
      version: 1,
      ...scope,
      key: 'run/write%2Fit/1/1',
      kind: 'model',
      name: server.spec,
      outcome: 'succeeded',
      inputTokens: 3,
      cachedInputTokens: 0,
      outputTokens: 3,
      reasoningTokens: 0,
      costUsd: 0,
      error: null,
    });
    expect(record).not.toHaveProperty('estimated');
    expect(sumTokens(store.records())).toEqual(server.counts());
    expect(deltas).toEqual([
      { type: 'call-started', subtaskId: 'write/it', attempt: 1, model: server.spec },
      { type: 'call-ended', subtaskId: 'write/it', attempt: 1, inputTokens: 3, outputTokens: 3 },
    ]);
  });

  it('sends the schema of a structured answer to the server', async () => {
    const { server, model } = await serve(() => '{"sum":4}');
    const { output } = await generateText({
      model: meter(model, callStore()),
      prompt: 'x',
      output: Output.object({ schema: z.object({ sum: z.number() }) }),
    });
    expect(output).toEqual({ sum: 4 });
    expect(server.requests[0]?.body.response_format).toMatchObject({
      type: 'json_schema',
      json_schema: { schema: { required: ['sum'] } },
    });
  });

  it('estimates the tokens of a server that reports none, and says so in the record', async () => {
    const { model } = await serve(() => ({ text: 'Hello there.', usage: null }));
    const store = callStore();
    await generateText({ model: meter(model, store), prompt: 'Say hello.' });
    expect(store.records()).toMatchObject([{ inputTokens: 3, outputTokens: 3, estimated: true }]);
  });

  it('streams part by part, and the record is there before the end is', async () => {
    const { server, model } = await serve(() => ({ text: ['one ', { text: 'two ', delayMs: 20 }, 'three'] }));
    const store = callStore();
    const seen: [string, number][] = [];
    const { stream } = streamText({ model: meter(model, store), prompt: 'Count.' });
    for await (const part of stream) {
      if (part.type === 'text-delta') seen.push([part.text, store.records().length]);
      if (part.type === 'finish-step') seen.push(['end', store.records().length]);
    }
    expect(seen).toEqual([
      ['one ', 0],
      ['two ', 0],
      ['three', 0],
      ['end', 1],
    ]);
    expect(sumTokens(store.records())).toEqual(server.counts());
  });

  it('makes a step of each tool round, streamed or not', async () => {
    for (const streamed of [false, true]) {
      const { server, model } = await serve(addingScript);
      const store = callStore();
      const options = { model: meter(model, store), prompt: 'Add 2 and 3.', tools: { add }, stopWhen: isStepCount(5) };
      const text = streamed ? await streamText(options).text : (await generateText(options)).text;
      expect(text).toBe('It is 5.');
      expect(store.outcomes()).toEqual(['run/write%2Fit/1/1 succeeded', 'run/write%2Fit/1/2 succeeded']);
      expect(sumTokens(store.records())).toEqual(server.counts());
    }
  });

  it('waits as a 429 asks and records the failed try beside the step', async () => {
    const { server, model } = await serve((_request, index) => (index === 0 ? { status: 429, retryAfterMs: 30 } : 'Done.'));
    const store = callStore();
    const { text } = await generateText({ model: meter(model, store), prompt: 'x' });
    expect(text).toBe('Done.');
    expect(store.outcomes()).toEqual(['run/write%2Fit/1/1#1 failed', 'run/write%2Fit/1/1 succeeded']);
    expect(store.records()[0]).toMatchObject({
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
      error: 'The script refuses with 429.',
      response: null,
    });
    expect(sumTokens(store.records())).toEqual(server.counts());
    const waitedMs = (server.requests[1]?.receivedMs ?? 0) - (server.requests[0]?.endedMs ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(25);
  });

  it('tries again after a 500, also when it streams', async () => {
    const { server, model } = await serve((_request, index) => (index === 0 ? { status: 500, retryAfterMs: 0 } : 'Done.'));
    const store = callStore();
    expect(await streamText({ model: meter(model, store), prompt: 'x' }).text).toBe('Done.');
    expect(store.outcomes()).toEqual(['run/write%2Fit/1/1#1 failed', 'run/write%2Fit/1/1 succeeded']);
    expect(server.counts().requests).toBe(2);
  });

  it('numbers failed tries on after those of an earlier process', async () => {
    const { model } = await serve(() => ({ status: 400 }));
    const store = callStore();
    await expect(generateText({ model: meter(model, store), prompt: 'x' })).rejects.toThrow('The script refuses with 400.');
    await expect(generateText({ model: meter(model, store), prompt: 'x' })).rejects.toThrow('The script refuses with 400.');
    expect(store.outcomes()).toEqual(['run/write%2Fit/1/1#1 failed', 'run/write%2Fit/1/1#2 failed']);
  });

  it('takes a stream cut in the middle for a failure, never for an answer', async () => {
    const { model } = await serve(() => ({ text: ['one ', 'two ', 'three'], cutAfterChunks: 2 }));
    const store = callStore();
    const metered = meter(model, store);
    const result = streamText({ model: metered, prompt: 'Count.', onError: () => undefined });
    expect(await thrownBy(result.text)).toBe(metered.failure());
    expect(metered.failure()).toMatchObject({ code: 'model-failed', recovery: 'retry' });
    const [record] = store.records();
    expect(store.outcomes()).toEqual(['run/write%2Fit/1/1#1 failed']);
    // The model had begun to answer: what it said is counted, by estimate.
    expect(record).toMatchObject({ inputTokens: 2, outputTokens: 2, estimated: true, response: null });
  });

  it('takes an answer cut in the middle for a failure', async () => {
    const { model } = await serve(() => ({ text: 'one', cutAfterChunks: 0 }));
    const store = callStore();
    const thrown = await thrownBy(generateText({ model: meter(model, store, { retries: 0 }), prompt: 'x' }));
    expect(toModelError(thrown, model.spec)).toMatchObject({ code: 'model-failed', recovery: 'retry' });
    expect(store.outcomes()).toEqual(['run/write%2Fit/1/1#1 failed']);
  });

  it('ends a hang at the timeout, before the first byte and in the middle of a stream', async () => {
    for (const reply of [{ hang: true as const }, { hang: true as const, text: ['one ', 'two'], afterChunks: 1 }]) {
      const { server, model } = await serve(() => reply);
      const store = callStore();
      const metered = meter(model, store, { callTimeoutMs: 300 });
      await thrownBy(streamText({ model: metered, prompt: 'x', onError: () => undefined }).text);
      expect(metered.failure()).toMatchObject({ code: 'model-timeout', recovery: 'retry' });
      expect(store.outcomes()).toEqual(['run/write%2Fit/1/1#1 failed']);
      await expect.poll(() => server.requests[0]?.abandoned).toBe(true);
    }
  });

  it('names model and limit in a timeout, and does not retry it by itself', async () => {
    const { server, model } = await serve(() => ({ hang: true }));
    await expect(generateText({ model: meter(model, callStore(), { callTimeoutMs: 300 }), prompt: 'x' })).rejects.toThrow(
      `${server.spec} did not finish its answer within 300 ms (call run/write%2Fit/1/1). Raise limits.callTimeoutMs of the role, or use a faster model.`,
    );
    expect(server.counts().requests).toBe(1);
  });

  it('closes the connection when it is aborted in flight, and records it', async () => {
    for (const streamed of [false, true]) {
      const { server, model } = await serve(() => ({ hang: true, text: ['one '], afterChunks: 1 }));
      const store = callStore();
      const controller = new AbortController();
      const metered = meter(model, store);
      const options = { model: metered, prompt: 'x', abortSignal: controller.signal };
      const answer = streamed ? streamText(options).text : generateText(options);
      const thrown = thrownBy(answer);
      await server.received(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.abort(new Error('enough'));
      expect(await thrown).toMatchObject({ message: 'enough' });
      await metered.drain();
      expect(store.outcomes()).toEqual(['run/write%2Fit/1/1#1 aborted']);
      await expect.poll(() => server.requests[0]?.abandoned).toBe(true);
    }
  });

  it('records a stream whose reader leaves', async () => {
    const { server, model } = await serve(() => ({ text: ['one ', { text: 'two', delayMs: 5_000 }] }));
    const store = callStore();
    const { stream } = await meter(model, store).doStream({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] });
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel(new Error('seen enough'));
    expect(store.outcomes()).toEqual(['run/write%2Fit/1/1#1 aborted']);
    await expect.poll(() => server.requests[0]?.abandoned).toBe(true);
  });

  it('keeps the key out of errors and records when the server quotes it', async () => {
    const key = 'very-secret-key-0123456789';
    const { server, model } = await serve(
      (request) => ({ status: 401, message: `Wrong key: ${String(request.headers.authorization)}` }),
      {
        OPENAI_COMPATIBLE_API_KEY: key,
      },
    );
    const store = callStore();
    const thrown: unknown = await generateText({ model: meter(model, store), prompt: 'x' }).catch((error: unknown) => error);
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${key}`);
    const shown = JSON.stringify([thrown, store.records(), String(thrown), thrown instanceof Error ? thrown.stack : '']);
    expect(shown).toContain('Wrong key: Bearer [redacted]');
    expect(shown).not.toContain(key);
  });
});

describe('replay', () => {
  it('makes no request, takes no reservation and writes no record, and streams what was answered whole', async () => {
    const { server, model } = await serve(addingScript);
    const store = callStore();
    const options = { prompt: 'Add 2 and 3.', tools: { add }, stopWhen: isStepCount(5) };
    const first = await generateText({ ...options, model: meter(model, store) });
    const journal = JSON.stringify(store.records());
    const spentLimiter = createLimiter({ limits: { perModel: {}, calls: 0 }, clock: systemClock });
    const again = await generateText({ ...options, model: meter(model, store, { limiter: spentLimiter }) });
    const streamed = streamText({ ...options, model: meter(model, store, { limiter: spentLimiter }) });
    expect([again.text, await streamed.text]).toEqual([first.text, first.text]);
    expect(await streamed.totalUsage).toEqual(first.totalUsage);
    expect(again.steps.map(({ toolCalls }) => toolCalls)).toEqual(first.steps.map(({ toolCalls }) => toolCalls));
    expect(server.counts().requests).toBe(2);
    expect(JSON.stringify(store.records())).toBe(journal);
  });

  it('goes on with real calls where the journal ends', async () => {
    const { server, model } = await serve(addingScript);
    const store = callStore();
    const options = { prompt: 'Add 2 and 3.', tools: { add } };
    await generateText({ ...options, model: meter(model, store), stopWhen: isStepCount(1) });
    const { text } = await generateText({ ...options, model: meter(model, store), stopWhen: isStepCount(5) });
    expect(text).toBe('It is 5.');
    expect(server.counts().requests).toBe(2);
  });

  it('refuses a request that differs from the journaled one, and says which message changed', async () => {
    const { server, model } = await serve(() => 'ok');
    const store = callStore();
    await generateText({ model: meter(model, store), instructions: 'Be brief.', messages: [userMessage('a'), userMessage('b')] });
    const changed = generateText({
      model: meter(model, store),
      instructions: 'Be brief.',
      messages: [userMessage('a'), userMessage('c')],
      temperature: 0,
    });
    await expect(changed).rejects.toMatchObject({
      code: 'replay-mismatch',
      message:
        'Call run/write%2Fit/1/1 is not the call that was journaled: prompt message 3 of 3, settings changed. ' +
        'A run resumes with the team, files and version it was started with; put them back, or start a new run.',
      details: { key: 'run/write%2Fit/1/1', changed: ['prompt message 3 of 3', 'settings'] },
    });
    expect(server.counts().requests).toBe(1);
  });
});

describe('limits and hostile answers', () => {
  const request = { prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'x'.repeat(400) }] }] };

  it('makes no call that the budget has no room for: prompt ÷ 4 and the most it may answer', async () => {
    let calls = 0;
    const model = scripted(() => {
      calls += 1;
      return 'ok';
    });
    const limiter = createLimiter({ limits: { perModel: {}, tokens: 299 }, clock: systemClock });
    const store = callStore();
    const refused = meter(model, store, { limiter }).doGenerate({ ...request, maxOutputTokens: 200 });
    await expect(refused).rejects.toMatchObject({ code: 'budget-spent', details: { needed: 300 } });
    await meter(model, store, { limiter }).doGenerate({ ...request, maxOutputTokens: 199 });
    expect([calls, store.outcomes()]).toEqual([1, ['run/write%2Fit/1/1 succeeded']]);
  });

  it('prices what was used, and says null where no price is known', async () => {
    const store = callStore();
    await meter(
      scripted(() => 'ok', { price: ({ inputTokens, outputTokens }) => inputTokens * 0.001 + outputTokens }),
      store,
    ).doGenerate(request);
    await meter(
      scripted(() => 'ok'),
      store,
      { scope: { ...scope, attempt: 2 } },
    ).doGenerate(request);
    expect(store.records().map(({ costUsd }) => costUsd)).toEqual([1.1, null]);
  });

  it('cuts off a stream that never ends', async () => {
    let sent = 0;
    let stopped = false;
    const endless = new ReadableStream<string>({
      pull(controller) {
        sent += 1;
        controller.enqueue('x'.repeat(65_536));
      },
      cancel() {
        stopped = true;
      },
    });
    const languageModel = {
      ...scriptedModel(() => ''),
      doStream: async () => ({
        stream: endless.pipeThrough(
          new TransformStream({
            transform(delta, controller) {
              controller.enqueue({ type: 'text-delta' as const, id: '0', delta });
            },
          }),
        ),
      }),
    };
    const store = callStore();
    const result = streamText({
      model: meter(
        scripted(() => '', { languageModel }),
        store,
      ),
      prompt: 'x',
      onError: () => undefined,
    });
    await expect(result.text).rejects.toMatchObject({ code: 'model-output-invalid' });
    expect(store.records()).toMatchObject([{ outcome: 'failed', estimated: true }]);
    expect(stopped).toBe(true);
    expect(sent).toBeLessThan(maxAnswerCharacters / 65_536 + 10);
  });

  it('refuses a whole answer that is as large', async () => {
    const store = callStore();
    const answer = meter(
      scripted(() => 'x'.repeat(maxAnswerCharacters + 1)),
      store,
    ).doGenerate(request);
    await expect(answer).rejects.toMatchObject({ code: 'model-output-invalid' });
    expect(store.records()).toMatchObject([{ outcome: 'failed', inputTokens: 100, outputTokens: 1_048_577 }]);
  });

  it('does not hang on a model that ignores its signal', async () => {
    const time = fakeClock();
    const languageModel = { ...scriptedModel(() => ''), doGenerate: () => new Promise<never>(() => undefined) };
    const store = callStore();
    const answer = meter(
      scripted(() => '', { languageModel }),
      store,
      { clock: time.clock, callTimeoutMs: 1000 },
    ).doGenerate(request);
    const thrown = thrownBy(answer);
    await time.advance(1000);
    expect(await thrown).toMatchObject({ code: 'model-timeout' });
    expect(store.records()).toMatchObject([{ outcome: 'failed', startedMs: time.clock.now() - 1000, endedMs: time.clock.now() }]);
    expect(time.sleeping()).toBe(0);
  });

  it('refuses two calls at once in one attempt: their steps could not be told apart on resume', async () => {
    const metered = meter(
      scripted(async () => 'ok'),
      callStore(),
    );
    const first = metered.doGenerate(request);
    await expect(metered.doGenerate(request)).rejects.toMatchObject({ code: 'internal' });
    await first;
  });

  it('passes on the error of a store that cannot write, and hands out no answer', async () => {
    const store = { ...callStore(), putCall: () => Promise.reject(new PlanwrightError('store-corrupt', 'disk full')) };
    await expect(
      meter(
        scripted(() => 'ok'),
        store,
      ).doGenerate(request),
    ).rejects.toThrow('disk full');
    const result = streamText({
      model: meter(
        scripted(() => 'ok'),
        store,
      ),
      prompt: 'x',
      onError: () => undefined,
    });
    await expect(result.text).rejects.toThrow('disk full');
  });
});
