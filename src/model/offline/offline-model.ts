/**
 * The built-in model `offline`: rules in the form of a language model, without a key, a network or any state. Whatever
 * it knows stands in the call; the same call always gets the same answer. It never calls `report_contradiction`: to
 * tell that a finding contradicts an assumption takes an understanding of both, which rules do not have.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider';
import { answer } from './answer.ts';
import { readPrompt } from './read-prompt.ts';
import type { Reply } from './reply.ts';
import { tokenUsage } from './token-usage.ts';

export function offlineModel(): LanguageModelV4 {
  return { specificationVersion: 'v4', provider: 'planwright', modelId: 'offline', supportedUrls: {}, doGenerate, doStream };
}

const stop: LanguageModelV4FinishReason = { unified: 'stop', raw: undefined };
const callTools: LanguageModelV4FinishReason = { unified: 'tool-calls', raw: undefined };
const cutOff: LanguageModelV4FinishReason = { unified: 'length', raw: undefined };

/** @throws the signal's reason, and nothing else. */
async function doGenerate(options: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
  const { content, finishReason, outputChars } = respond(options);
  options.abortSignal?.throwIfAborted();
  const joined: LanguageModelV4Content[] = content.every((part) => part.type === 'text')
    ? [{ type: 'text', text: content.map((part) => part.text).join('') }]
    : content;
  return { content: joined, finishReason, usage: tokenUsage(options, outputChars), warnings: [] };
}

/** A text goes out chunk by chunk: a plan element by element, a report line by line. */
async function doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
  const { content, finishReason, outputChars } = respond(options);
  const parts: LanguageModelV4StreamPart[] = [{ type: 'stream-start', warnings: [] }];
  let inText = false;
  for (const part of content) {
    if (part.type === 'text') {
      if (!inText) parts.push({ type: 'text-start', id: 'text' });
      inText = true;
      parts.push({ type: 'text-delta', id: 'text', delta: part.text });
    } else {
      parts.push(
        { type: 'tool-input-start', id: part.toolCallId, toolName: part.toolName },
        { type: 'tool-input-delta', id: part.toolCallId, delta: part.input },
        { type: 'tool-input-end', id: part.toolCallId },
        part,
      );
    }
  }
  if (inText) parts.push({ type: 'text-end', id: 'text' });
  parts.push({ type: 'finish', finishReason, usage: tokenUsage(options, outputChars) });
  return { stream: streamOf(parts, options.abortSignal) };
}

function streamOf(
  parts: LanguageModelV4StreamPart[],
  signal: AbortSignal | undefined,
): ReadableStream<LanguageModelV4StreamPart> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const part = parts[at];
      at += 1;
      if (signal?.aborted === true) controller.error(signal.reason);
      else if (part === undefined) controller.close();
      else controller.enqueue(part);
    },
  });
}

type Part = { type: 'text'; text: string } | { type: 'tool-call'; toolCallId: string; toolName: string; input: string };

interface Response {
  content: Part[];
  finishReason: LanguageModelV4FinishReason;
  outputChars: number;
}

function respond(options: LanguageModelV4CallOptions): Response {
  options.abortSignal?.throwIfAborted();
  const reply = answer(options);
  if (reply.kind === 'tool-calls') return callResponse(reply, readPrompt(options.prompt).steps + 1);
  return textResponse(reply, options.maxOutputTokens);
}

function callResponse({ calls }: Extract<Reply, { kind: 'tool-calls' }>, step: number): Response {
  const content = calls.map(
    (call, at): Part => ({
      type: 'tool-call',
      toolCallId: `call-${step}-${at + 1}`,
      toolName: call.toolName,
      input: JSON.stringify(call.input),
    }),
  );
  const outputChars = calls.reduce((sum, call) => sum + call.toolName.length + JSON.stringify(call.input).length, 0);
  return { content, finishReason: callTools, outputChars };
}

function textResponse({ chunks }: Extract<Reply, { kind: 'text' }>, maxOutputTokens: number | undefined): Response {
  const limit = maxOutputTokens === undefined ? Number.POSITIVE_INFINITY : maxOutputTokens * 4;
  const content: Part[] = [];
  let outputChars = 0;
  for (const chunk of chunks) {
    const kept = outputChars + chunk.length <= limit ? chunk : chunk.slice(0, limit - outputChars);
    if (kept !== '') content.push({ type: 'text', text: kept });
    outputChars += kept.length;
    if (kept !== chunk) return { content, finishReason: cutOff, outputChars };
  }
  return { content: content.length > 0 ? content : [{ type: 'text', text: '' }], finishReason: stop, outputChars };
}
