/** A language model that answers by a function: no network, no chance, and as slow as its clock says. */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import { type Clock, systemClock } from '../clock.ts';
import type { Json } from '../json.ts';

export interface ScriptedToolCall {
  name: string;
  input: Json;
  /** Default `call-1`, `call-2`, … over the model's life. */
  id?: string;
}

export interface ScriptedAnswer {
  /** A list streams as so many deltas. */
  text?: string | readonly string[];
  toolCalls?: readonly ScriptedToolCall[];
  /** Default: characters ÷ 4, rounded up, of the prompt's text and of the answer. */
  usage?: { inputTokens: number; outputTokens: number };
  /** Default: the model's. A stream waits as long before its first part. */
  latencyMs?: number;
  /** Waited before each further delta of a stream. Default 0. */
  deltaMs?: number;
}

export interface ScriptedModelOptions {
  modelId?: string;
  /** Default 0. */
  latencyMs?: number;
  clock?: Clock;
}

export interface ScriptedModel extends LanguageModelV4 {
  /** Every request so far, in order. */
  readonly requests: readonly LanguageModelV4CallOptions[];
}

/** @param reply Called with the request and its index from 0; what it throws, the call throws. */
export function scriptedModel(
  reply: (request: LanguageModelV4CallOptions, index: number) => string | ScriptedAnswer | Promise<string | ScriptedAnswer>,
  options: ScriptedModelOptions = {},
): ScriptedModel {
  const clock = options.clock ?? systemClock;
  const requests: LanguageModelV4CallOptions[] = [];
  let toolCalls = 0;

  const answer = async (request: LanguageModelV4CallOptions) => {
    request.abortSignal?.throwIfAborted();
    const index = requests.push(request) - 1;
    const given = await reply(request, index);
    const scripted: ScriptedAnswer = typeof given === 'string' ? { text: given } : given;
    const latencyMs = scripted.latencyMs ?? options.latencyMs ?? 0;
    if (latencyMs > 0) await clock.sleep(latencyMs, request.abortSignal);
    const deltas = typeof scripted.text === 'string' ? [scripted.text] : (scripted.text ?? []);
    const calls = (scripted.toolCalls ?? []).map((call) => {
      toolCalls += 1;
      return {
        type: 'tool-call' as const,
        toolCallId: call.id ?? `call-${toolCalls}`,
        toolName: call.name,
        input: JSON.stringify(call.input),
      };
    });
    const said = deltas.join('').length + calls.reduce((sum, call) => sum + call.input.length, 0);
    const usage = toUsage(
      scripted.usage ?? { inputTokens: Math.ceil(countPromptText(request) / 4), outputTokens: Math.ceil(said / 4) },
    );
    const finishReason =
      calls.length > 0 ? ({ unified: 'tool-calls', raw: 'tool_calls' } as const) : ({ unified: 'stop', raw: 'stop' } as const);
    return { deltas, calls, usage, finishReason, deltaMs: scripted.deltaMs ?? 0 };
  };

  return {
    specificationVersion: 'v4',
    provider: 'scripted',
    modelId: options.modelId ?? 'scripted',
    supportedUrls: {},
    requests,
    async doGenerate(request) {
      const { deltas, calls, usage, finishReason } = await answer(request);
      const text: LanguageModelV4Content[] = deltas.length > 0 ? [{ type: 'text', text: deltas.join('') }] : [];
      return { content: [...text, ...calls], finishReason, usage, warnings: [] };
    },
    async doStream(request) {
      const scripted = await answer(request);
      return { stream: ReadableStream.from(tellParts(scripted, { clock, signal: request.abortSignal })) };
    },
  };
}

async function* tellParts(
  answer: {
    deltas: readonly string[];
    calls: readonly Extract<LanguageModelV4Content, { type: 'tool-call' }>[];
    usage: LanguageModelV4Usage;
    finishReason: Extract<LanguageModelV4StreamPart, { type: 'finish' }>['finishReason'];
    deltaMs: number;
  },
  pace: { clock: Clock; signal: AbortSignal | undefined },
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  yield { type: 'stream-start', warnings: [] };
  if (answer.deltas.length > 0) yield { type: 'text-start', id: '0' };
  for (const [index, delta] of answer.deltas.entries()) {
    if (index > 0 && answer.deltaMs > 0) await pace.clock.sleep(answer.deltaMs, pace.signal);
    yield { type: 'text-delta', id: '0', delta };
  }
  if (answer.deltas.length > 0) yield { type: 'text-end', id: '0' };
  yield* answer.calls;
  yield { type: 'finish', finishReason: answer.finishReason, usage: answer.usage };
}

function toUsage({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }): LanguageModelV4Usage {
  return {
    inputTokens: { total: inputTokens, noCache: inputTokens, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: outputTokens, text: outputTokens, reasoning: 0 },
  };
}

/** Characters of the prompt's text parts. */
function countPromptText(request: LanguageModelV4CallOptions): number {
  return request.prompt.reduce((sum, message) => {
    if (message.role === 'system') return sum + message.content.length;
    return message.content.reduce((inner, part) => inner + (part.type === 'text' ? part.text.length : 0), sum);
  }, 0);
}
