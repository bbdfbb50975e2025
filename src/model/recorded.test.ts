import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { generateText, isStepCount, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scriptedModel } from '../testing/scripted-model.ts';
import { recordCalls, recordedModel } from './recorded.ts';

async function newFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'planwright-')), 'calls.jsonl');
}

function request(text: string) {
  return { prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text }] }] };
}

const add = tool({ inputSchema: z.object({ a: z.number(), b: z.number() }), execute: async ({ a, b }) => a + b });

describe('recorded calls', () => {
  it('replay a whole tool loop without the model, whole or streamed, however they were recorded', async () => {
    for (const recordStreamed of [false, true]) {
      const file = await newFile();
      const model = scriptedModel((_request, index) =>
        index === 0 ? { toolCalls: [{ name: 'add', input: { a: 2, b: 3 } }] } : { text: ['It is ', '5.'] },
      );
      const options = { prompt: 'Add 2 and 3.', tools: { add }, stopWhen: isStepCount(4) };
      const recording = { ...options, model: recordCalls(model, file) };
      const text = recordStreamed ? await streamText(recording).text : (await generateText(recording)).text;
      const whole = await generateText({ ...options, model: await recordedModel(file) });
      const streamed = streamText({ ...options, model: await recordedModel(file) });
      expect([text, whole.text, await streamed.text]).toEqual(['It is 5.', 'It is 5.', 'It is 5.']);
      expect(await streamed.totalUsage).toEqual(whole.totalUsage);
      expect(model.requests.length).toBe(2);
    }
  });

  it('answer the same request in the order of the file, and repeat the last answer', async () => {
    const file = await newFile();
    const recording = recordCalls(
      scriptedModel((_request, index) => `answer ${index}`),
      file,
    );
    for (let time = 0; time < 2; time += 1) await recording.doGenerate({ ...request('same'), headers: { turn: `${time}` } });
    const model = await recordedModel(file);
    const said: unknown[] = [];
    for (let time = 0; time < 3; time += 1) said.push((await model.doGenerate(request('same'))).content);
    expect(said).toEqual(['answer 0', 'answer 1', 'answer 1'].map((text) => [{ type: 'text', text }]));
  });

  it('name the call and the file when there is no recording', async () => {
    const file = await newFile();
    await writeFile(file, '');
    const call = (await recordedModel(file)).doGenerate(request(`Write  the report\n${'about planners '.repeat(20)}`));
    await expect(call).rejects.toMatchObject({
      code: 'recording-missing',
      message: expect.stringMatching(
        /calls\.jsonl holds no recording of this call: 1 messages, 0 tools, the last: user "Write the report about planners .*…" \(request [0-9a-f]{12}\)\. Record it/,
      ),
    });
  });

  it('name the line that is not a recording, and bear a last line cut off by a crash', async () => {
    const file = await newFile();
    await recordCalls(
      scriptedModel(() => 'ok'),
      file,
    ).doGenerate(request('a'));
    await appendFile(file, '{"version":1,"request":"cut');
    expect((await (await recordedModel(file)).doGenerate(request('a'))).content).toEqual([{ type: 'text', text: 'ok' }]);
    await appendFile(file, ' off"}\n');
    await expect(recordedModel(file)).rejects.toThrow(`${file}:2 is not a recorded call.`);
  });

  it('keep bytes, dates, signatures and members named like tags', async () => {
    const file = await newFile();
    const parts: LanguageModelV4StreamPart[] = [
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'r', timestamp: new Date(5) },
      { type: 'reasoning-start', id: '1' },
      { type: 'reasoning-delta', id: '1', delta: 'hm' },
      { type: 'reasoning-end', id: '1', providerMetadata: { p: { signature: 's', $planwright: 'date' } } },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array([1, 2, 255]) } },
      {
        type: 'finish',
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: {
          inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 1, text: 1, reasoning: 0 },
        },
      },
    ];
    const source = { ...scriptedModel(() => ''), doStream: async () => ({ stream: ReadableStream.from(parts) }) };
    const { stream } = await recordCalls(source, file).doStream(request('a'));
    const passedOn: unknown[] = [];
    for await (const part of stream) passedOn.push(part);
    expect(passedOn).toEqual(parts);
    const { content, response } = await (await recordedModel(file)).doGenerate(request('a'));
    expect(content).toEqual([
      { type: 'reasoning', text: 'hm', providerMetadata: { p: { signature: 's', $planwright: 'date' } } },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array([1, 2, 255]) } },
    ]);
    expect(response).toEqual({ id: 'r', timestamp: new Date(5) });
    expect((await readFile(file, 'utf8')).split('\n').length).toBe(2);
  });
});
