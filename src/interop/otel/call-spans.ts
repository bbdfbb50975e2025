/** Spans of journaled calls: `chat` for a model's, `execute_tool` for a tool's. Each try that was journaled is a span. */
import type { LanguageModelV4Content } from '@ai-sdk/provider';
import type { CallRecord } from '../../model/call-record.ts';
import { readAnswer } from '../../model/response-json.ts';
import { errorTypeOf, genAi, namesOfModel, planwright, serverAddress, serverPort } from './conventions.ts';
import { keepWithin, type SpanAttributes, spanIdOf, type TraceSpan } from './trace-span.ts';

export interface CallParent {
  spanId: string;
  startMs: number;
  /** null: it goes on. */
  endMs: number | null;
}

/** @returns null for a call whose outcome is not known yet. */
export function spanOfCall(call: CallRecord, traceId: string, parent: CallParent): TraceSpan | null {
  const { key, kind, name, outcome } = call;
  if (outcome === 'started') return null;
  const failed = errorTypeOf(call);
  const about: SpanAttributes = {
    [genAi.agent]: call.role,
    [planwright.runId]: call.runId,
    [planwright.rootRunId]: call.rootRunId,
    [planwright.subtask]: call.subtaskId,
    [planwright.attempt]: call.attempt,
    [planwright.purpose]: call.purpose,
    [planwright.callKey]: key,
    [planwright.callOutcome]: outcome,
  };
  const shared = {
    traceId,
    spanId: spanIdOf(traceId, 'call', key),
    parentSpanId: parent.spanId,
    ...keepWithin({ startMs: call.startedMs, endMs: call.endedMs }, parent),
    ...(failed === undefined ? {} : { errorType: failed }),
    events: [],
    readContent: contentOf(call),
  };
  if (kind === 'tool') {
    const attributes = { [genAi.operation]: 'execute_tool', [genAi.tool]: name, [genAi.toolType]: 'function', ...about };
    return { ...shared, name: `execute_tool ${name}`, kind: 'internal', attributes };
  }
  const { provider, model } = namesOfModel(name);
  return {
    ...shared,
    name: `chat ${model}`,
    kind: provider === 'planwright' ? 'internal' : 'client',
    attributes: { [genAi.operation]: 'chat', ...attributesOfModel(name), ...responseOf(call), ...usageOf(call), ...about },
  };
}

/** Of whoever asks this model. */
export function attributesOfModel(spec: string): SpanAttributes {
  const { provider, model, server } = namesOfModel(spec);
  return {
    [genAi.provider]: provider,
    [genAi.requestModel]: model,
    ...(server === undefined ? {} : { [serverAddress]: server.address, [serverPort]: server.port }),
  };
}

function usageOf(call: CallRecord): SpanAttributes {
  const { cachedInputTokens, cacheWriteInputTokens = 0, reasoningTokens, costUsd, estimated } = call;
  return {
    [genAi.inputTokens]: call.inputTokens,
    [genAi.outputTokens]: call.outputTokens,
    ...(cachedInputTokens > 0 ? { [genAi.cacheReadTokens]: cachedInputTokens } : {}),
    ...(cacheWriteInputTokens > 0 ? { [genAi.cacheWriteTokens]: cacheWriteInputTokens } : {}),
    ...(reasoningTokens > 0 ? { [genAi.reasoningTokens]: reasoningTokens } : {}),
    ...(costUsd === null ? {} : { [planwright.costUsd]: costUsd }),
    ...(estimated === true ? { [planwright.estimatedTokens]: true } : {}),
  };
}

/** The conventions' words for why an answer ended, where they have one. */
const finishReasons: Readonly<Record<string, string>> = { 'content-filter': 'content_filter', 'tool-calls': 'tool_call' };

function responseOf(call: CallRecord): SpanAttributes {
  const answer = answerOf(call);
  if (answer === null) return {};
  const { unified } = answer.finishReason;
  const { modelId, id } = answer.response ?? {};
  return {
    [genAi.finishReasons]: [finishReasons[unified] ?? unified],
    ...(modelId === undefined ? {} : { [genAi.responseModel]: modelId }),
    ...(id === undefined ? {} : { [genAi.responseId]: id }),
  };
}

function answerOf({ kind, response }: CallRecord): ReturnType<typeof readAnswer> | null {
  if (kind !== 'model' || response === null) return null;
  try {
    return readAnswer(response);
  } catch {
    // A record of a foreign or damaged store: the call is told without it.
    return null;
  }
}

function contentOf(call: CallRecord): NonNullable<TraceSpan['readContent']> {
  return async (store) => {
    const attributes = call.kind === 'model' ? messagesOf(call) : await toolContentOf(call, (key) => store.findCall(key));
    return { attributes, ...(call.error === null ? {} : { message: call.error }) };
  };
}

function messagesOf(call: CallRecord): SpanAttributes {
  const answer = answerOf(call);
  if (answer === null) return {};
  const { unified } = answer.finishReason;
  const message = { role: 'assistant', parts: answer.content.map(toPart), finish_reason: finishReasons[unified] ?? unified };
  return { [genAi.outputMessages]: JSON.stringify([message]) };
}

function toPart(content: LanguageModelV4Content): object {
  switch (content.type) {
    case 'text':
      return { type: 'text', content: content.text };
    case 'reasoning':
      return { type: 'reasoning', content: content.text };
    case 'tool-call':
      return { type: 'tool_call', id: content.toolCallId, name: content.toolName, arguments: parseOr(content.input) };
    case 'custom':
    case 'file':
    case 'reasoning-file':
    case 'source':
    case 'tool-approval-request':
    case 'tool-result':
      return { type: content.type };
  }
}

/** What a tool was asked stands in the answer that asked for it: its key is the tool call's less the last part. */
async function toolContentOf(
  { key, response }: CallRecord,
  findCall: (key: string) => Promise<CallRecord | undefined>,
): Promise<SpanAttributes> {
  const result = response === null ? {} : { [genAi.toolResult]: response };
  const place = /^(.*)\/(\d+)(?:#\d+)?$/s.exec(key);
  const asking = place?.[1] === undefined ? undefined : await findCall(place[1]);
  const answer = asking === undefined ? null : answerOf(asking);
  const asked = answer?.content.filter((part) => part.type === 'tool-call')[Number(place?.[2])];
  if (asked === undefined) return result;
  return { ...result, [genAi.toolCallId]: asked.toolCallId, [genAi.toolArguments]: asked.input };
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A text as the one message of a role. */
export function asMessage(role: 'user' | 'assistant', content: string): string {
  return JSON.stringify([
    { role, parts: [{ type: 'text', content }], ...(role === 'assistant' ? { finish_reason: 'stop' } : {}) },
  ]);
}
