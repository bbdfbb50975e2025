import { generateText, streamText } from 'ai';
import { describe, expect, it } from 'vitest';
import { createModelRegistry } from '../model/registry.ts';
import { fakeClock } from './fake-clock.ts';
import { scriptedModel } from './scripted-model.ts';
import { startScriptedServer } from './scripted-server.ts';

async function modelOf(spec: string) {
  return (await createModelRegistry({ env: {} }).resolve(spec)).languageModel;
}

describe('the scripted server', () => {
  it('lists its model and answers 404 and 400 to what it does not speak', async () => {
    await using server = await startScriptedServer(() => 'x', { modelId: 'tiny' });
    const models = await fetch(`${server.url}/models`).then((response) => response.json());
    expect(models).toMatchObject({ object: 'list', data: [{ id: 'tiny' }] });
    expect((await fetch(`${server.url}/embeddings`, { method: 'POST', body: '{}' })).status).toBe(404);
    expect((await fetch(`${server.url}/chat/completions`, { method: 'POST', body: '{"model":1}' })).status).toBe(400);
    expect(server.counts()).toEqual({ requests: 0, promptTokens: 0, completionTokens: 0 });
  });

  it('counts tokens as it states: characters ÷ 4 of the messages and of the answer, unless the script says otherwise', async () => {
    await using server = await startScriptedServer((_request, index) =>
      index === 0 ? 'nine char' : { text: 'x', usage: { promptTokens: 50, completionTokens: 7, cachedTokens: 40 } },
    );
    const model = await modelOf(server.spec);
    const first = await generateText({ model, instructions: 'abcd', prompt: 'efghi' });
    const second = await generateText({ model, prompt: 'x' });
    expect([first.usage.inputTokens, first.usage.outputTokens]).toEqual([3, 3]);
    expect([second.usage.inputTokens, second.usage.inputTokenDetails.cacheReadTokens, second.usage.outputTokens]).toEqual([
      50, 40, 7,
    ]);
    expect(server.counts()).toEqual({ requests: 2, promptTokens: 53, completionTokens: 10 });
  });

  it('sends usage in a stream only when it is asked for it', async () => {
    await using server = await startScriptedServer(() => ({ text: ['a', 'b'] }));
    const ask = async (more: object) => {
      const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'abcd' }], ...more });
      return (await fetch(`${server.url}/chat/completions`, { method: 'POST', body })).text();
    };
    expect(await ask({})).not.toContain('usage');
    const lines = (await ask({ stream_options: { include_usage: true } })).trim().split('\n\n');
    expect(lines.at(-1)).toBe('data: [DONE]');
    expect(lines.at(-2)).toContain('"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}');
  });

  it('waits as long as it was told and says how many it served at once', async () => {
    await using server = await startScriptedServer(() => 'x', { latencyMs: 60 });
    const model = await modelOf(server.spec);
    await Promise.all([1, 2, 3].map(() => generateText({ model, prompt: 'x' })));
    expect(server.peakConcurrency()).toBe(3);
    const took = server.requests.map(({ receivedMs, endedMs }) => (endedMs ?? 0) - receivedMs);
    expect(Math.min(...took)).toBeGreaterThanOrEqual(55);
  });

  it('makes an error in a script a 500 that names it, and closes over a hanging connection', async () => {
    const server = await startScriptedServer((_request, index) => {
      if (index === 0) throw new Error('no line for this');
      return { hang: true };
    });
    const model = await modelOf(server.spec);
    await expect(generateText({ model, prompt: 'x', maxRetries: 0 })).rejects.toThrow('The script failed: no line for this');
    const hanging = generateText({ model, prompt: 'x', maxRetries: 0 }).catch((error: unknown) => error);
    await server.received(2);
    await server.close();
    expect(await hanging).toBeInstanceOf(Error);
  });
});

describe('the scripted model', () => {
  it('answers by its function, whole or streamed, after its latency on the given clock', async () => {
    const time = fakeClock();
    const startMs = time.clock.now();
    const model = scriptedModel((_request, index) => ({ text: [`answer `, `${index}`], deltaMs: 5 }), {
      clock: time.clock,
      latencyMs: 100,
    });
    const whole = generateText({ model, prompt: 'abcde' }).then((result) => [
      result.text,
      result.usage.inputTokens,
      result.usage.outputTokens,
      time.clock.now() - startMs,
    ]);
    await time.advance(100);
    expect(await whole).toEqual(['answer 0', 2, 2, 100]);
    const { text } = streamText({ model, prompt: 'x' });
    const streamed = Promise.resolve(text).then((said) => [said, time.clock.now() - startMs]);
    await time.advance(100);
    await time.advance(5);
    expect(await streamed).toEqual(['answer 1', 205]);
    expect(model.requests.length).toBe(2);
  });

  it('stops waiting when it is aborted', async () => {
    const time = fakeClock();
    const controller = new AbortController();
    const call = scriptedModel(() => 'x', { clock: time.clock, latencyMs: 100 }).doGenerate({
      prompt: [],
      abortSignal: controller.signal,
    });
    const rejected = Promise.resolve(call).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('enough'));
    expect(await rejected).toMatchObject({ message: 'enough' });
    expect(time.sleeping()).toBe(0);
  });
});

describe('the fake clock', () => {
  it('wakes sleepers in order of time, and those they start in between', async () => {
    const time = fakeClock(0);
    const { clock } = time;
    const woken: [string, number][] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    const all = [sleep('late', 30), sleep('early', 10).then(() => sleep('nested', 10)), sleep('equal', 30)];
    await time.advance(25);
    expect([woken, clock.now(), time.sleeping()]).toEqual([
      [
        ['early', 10],
        ['nested', 20],
      ],
      25,
      2,
    ]);
    expect(await time.advanceToNext()).toBe(true);
    expect(await time.advanceToNext()).toBe(true);
    expect(await time.advanceToNext()).toBe(false);
    await Promise.all(all);
    expect(woken.slice(2)).toEqual([
      ['late', 30],
      ['equal', 30],
    ]);
  });
});
