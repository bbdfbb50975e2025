/** What a call used: as its provider reports it, or estimated at four characters a token where it does not. */
import type { LanguageModelV4CallOptions, LanguageModelV4Prompt, LanguageModelV4Usage } from '@ai-sdk/provider';
import type { TokenUsage } from './call-record.ts';

export const noUsage: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };

/** Output tokens reserved for a call that states no maximum. */
export const defaultAnswerTokens = 1024;

/** An attached file counts as this many characters, whatever its size: providers count images by their area. */
const fileCharacters = 4000;
const charactersPerToken = 4;

export interface MeasuredUsage {
  usage: TokenUsage;
  /** At least one of the two totals was not reported. */
  estimated: boolean;
}

export function estimateTokens(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}

/** A total that is missing, negative or not finite is estimated from the characters that were sent or received. */
export function measureUsage(reported: LanguageModelV4Usage, characters: { prompt: number; answer: number }): MeasuredUsage {
  const input = readCount(reported.inputTokens.total);
  const output = readCount(reported.outputTokens.total);
  const inputTokens = input ?? estimateTokens(characters.prompt);
  const outputTokens = output ?? estimateTokens(characters.answer);
  const cacheWriteInputTokens = Math.min(readCount(reported.inputTokens.cacheWrite) ?? 0, inputTokens);
  return {
    usage: {
      inputTokens,
      cachedInputTokens: Math.min(readCount(reported.inputTokens.cacheRead) ?? 0, inputTokens - cacheWriteInputTokens),
      ...(cacheWriteInputTokens > 0 ? { cacheWriteInputTokens } : {}),
      outputTokens,
      reasoningTokens: Math.min(readCount(reported.outputTokens.reasoning) ?? 0, outputTokens),
    },
    estimated: input === null || output === null,
  };
}

function readCount(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) && value >= 0 ? Math.round(value) : null;
}

/** Characters of everything a request says: messages, tools, and the schema of its answer. */
export function promptCharacters(options: LanguageModelV4CallOptions): number {
  const tools = options.tools === undefined ? 0 : JSON.stringify(options.tools).length;
  const format = options.responseFormat;
  const schema = format?.type === 'json' && format.schema !== undefined ? JSON.stringify(format.schema).length : 0;
  return options.prompt.reduce((sum, message) => sum + messageCharacters(message), tools + schema);
}

function messageCharacters(message: LanguageModelV4Prompt[number]): number {
  if (message.role === 'system') return message.content.length;
  let characters = 0;
  for (const part of message.content) {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        characters += part.text.length;
        break;
      case 'tool-call':
        characters += part.toolName.length + (JSON.stringify(part.input) ?? '').length;
        break;
      case 'tool-result':
        characters += part.toolName.length + JSON.stringify(part.output).length;
        break;
      case 'file':
      case 'reasoning-file':
        characters += fileCharacters;
        break;
      case 'custom':
      case 'tool-approval-response':
        break;
    }
  }
  return characters;
}
