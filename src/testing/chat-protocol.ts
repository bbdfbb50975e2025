/** The part of OpenAI's chat-completions protocol that the scripted server speaks (as of 2026-11). */
import type { Json } from '../json.ts';

/** A request's body; members that are not named here are kept as they came. */
export interface ChatRequestBody {
  model: string;
  messages: ChatMessage[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  tools?: { type: 'function'; function: { name: string; description?: string; parameters?: Json } }[];
  response_format?:
    | { type: 'text' | 'json_object' }
    | { type: 'json_schema'; json_schema: { name?: string; strict?: boolean; schema: Json } };
  max_tokens?: number;
  temperature?: number;
  [member: string]: unknown;
}

export interface ChatMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content?: string | { type: string; text?: string }[] | null;
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

export interface ChatUsage {
  promptTokens: number;
  completionTokens: number;
  /** Part of promptTokens. */
  cachedTokens?: number;
}

export interface ChatAnswer {
  id: string;
  model: string;
  /** Deltas of the text, in order. */
  deltas: string[];
  toolCalls: { id: string; name: string; arguments: string }[];
  finishReason: string;
  /** null: the server reports none. */
  usage: ChatUsage | null;
}

/** The text of a request's messages: what prompt tokens are counted on. */
export function messageText(messages: readonly ChatMessage[]): string {
  return messages
    .map(({ content }) => (typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('')))
    .join('');
}

export function writeCompletion(answer: ChatAnswer): string {
  const text = answer.deltas.join('');
  return JSON.stringify({
    id: answer.id,
    object: 'chat.completion',
    created: 0,
    model: answer.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && answer.toolCalls.length > 0 ? null : text,
          ...(answer.toolCalls.length > 0 ? { tool_calls: answer.toolCalls.map((call) => writeToolCall(call)) } : {}),
        },
        finish_reason: answer.finishReason,
      },
    ],
    ...(answer.usage === null ? {} : { usage: writeUsage(answer.usage) }),
  });
}

/** The data of each server-sent event, without `data:`; text deltas first. `[DONE]` comes after them. */
export function writeChunks(answer: ChatAnswer, includeUsage: boolean): string[] {
  const chunk = (choices: unknown[], more: object = {}) =>
    JSON.stringify({ id: answer.id, object: 'chat.completion.chunk', created: 0, model: answer.model, choices, ...more });
  const deltas = answer.deltas.map((text, index) =>
    chunk(writeChoice(index === 0 ? { role: 'assistant', content: text } : { content: text })),
  );
  const calls = answer.toolCalls.map((call, index) => chunk(writeChoice({ tool_calls: [{ index, ...writeToolCall(call) }] })));
  const usage = includeUsage && answer.usage !== null ? [chunk([], { usage: writeUsage(answer.usage) })] : [];
  return [...deltas, ...calls, chunk(writeChoice({}, answer.finishReason)), ...usage];
}

function writeChoice(delta: object, finishReason: string | null = null) {
  return [{ index: 0, delta, finish_reason: finishReason }];
}

function writeToolCall(call: ChatAnswer['toolCalls'][number]) {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } };
}

function writeUsage(usage: ChatUsage) {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
    ...(usage.cachedTokens === undefined ? {} : { prompt_tokens_details: { cached_tokens: usage.cachedTokens } }),
  };
}
