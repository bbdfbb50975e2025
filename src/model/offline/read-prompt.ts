/** A call's prompt as the rules see it: who speaks, what is asked, and which tools have answered what. */
import type { LanguageModelV4Prompt, LanguageModelV4ToolResultOutput } from '@ai-sdk/provider';
import { isObject } from './tool-shapes.ts';

/** One tool call of this conversation and its result. */
export interface ToolExchange {
  /** Which round of tool calls it belongs to, from 1. */
  step: number;
  toolName: string;
  input: { [key: string]: unknown };
  /** The result; undefined when the tool failed or did not answer. */
  result: unknown;
  /** The tool's error, when it failed. */
  error?: string;
}

export interface PromptReading {
  system: string;
  /** The first user message: an executor's request. */
  firstRequest: string;
  /** The last user message: a planner's request. */
  lastRequest: string;
  /** Rounds of tool calls so far. */
  steps: number;
  exchanges: ToolExchange[];
}

export function readPrompt(prompt: LanguageModelV4Prompt): PromptReading {
  const system: string[] = [];
  const requests: string[] = [];
  const byCallId = new Map<string, ToolExchange>();
  let steps = 0;
  for (const message of prompt) {
    if (message.role === 'system') {
      system.push(message.content);
    } else if (message.role === 'user') {
      requests.push(message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'));
    } else {
      let called = false;
      for (const part of message.content) {
        if (part.type === 'tool-call') {
          if (!called) steps += 1;
          called = true;
          byCallId.set(part.toolCallId, {
            step: steps,
            toolName: part.toolName,
            input: readInput(part.input),
            result: undefined,
          });
        } else if (part.type === 'tool-result') {
          const exchange = byCallId.get(part.toolCallId);
          if (exchange !== undefined) Object.assign(exchange, readOutput(part.output));
        }
      }
    }
  }
  return {
    system: system.join('\n'),
    firstRequest: requests[0] ?? '',
    lastRequest: requests.at(-1) ?? '',
    steps,
    exchanges: [...byCallId.values()],
  };
}

function readInput(input: unknown): { [key: string]: unknown } {
  const value = typeof input === 'string' ? parseJson(input) : input;
  return isObject(value) ? value : {};
}

function readOutput(output: LanguageModelV4ToolResultOutput | undefined): Pick<ToolExchange, 'result' | 'error'> {
  switch (output?.type) {
    case 'json':
      return { result: untruncate(typeof output.value === 'string' ? parseJson(output.value) : output.value) };
    case 'text':
      return { result: untruncate(parseJson(output.value)) };
    case 'content': {
      const text = Array.isArray(output.value)
        ? output.value.map((part) => (part.type === 'text' ? part.text : '')).join('')
        : '';
      return { result: untruncate(parseJson(text)) };
    }
    case 'error-text':
      return { result: undefined, error: errorText(output.value) };
    case 'error-json':
      return { result: undefined, error: errorText(output.value) };
    case 'execution-denied':
      return { result: undefined, error: output.reason ?? 'The call was not allowed.' };
    default:
      return { result: undefined, error: 'The tool gave no readable result.' };
  }
}

function errorText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'The tool failed.');
}

/** A result that was too long arrives as its beginning: a list in it is kept up to its last whole element. */
function untruncate(value: unknown): unknown {
  if (!isObject(value) || value.truncated !== true || typeof value.beginning !== 'string') return value;
  const end = value.beginning.lastIndexOf('},{');
  return end === -1 ? value : parseJson(`${value.beginning.slice(0, end)}}]}`);
}

/** The JSON value in a text; the text itself when it holds none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
