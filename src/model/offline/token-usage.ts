/** Tokens as the offline model counts them: characters ÷ 4, rounded up, over everything that was sent or answered. */
import type { LanguageModelV4CallOptions, LanguageModelV4Usage } from '@ai-sdk/provider';

const charsPerToken = 4;

/** The prompt's texts, tool calls and tool results, the tools' definitions and the answer's schema. Nothing is cached. */
export function tokenUsage(options: LanguageModelV4CallOptions, outputChars: number): LanguageModelV4Usage {
  let chars = 0;
  for (const message of options.prompt) {
    if (message.role === 'system') {
      chars += message.content.length;
      continue;
    }
    for (const part of message.content) {
      if (part.type === 'text' || part.type === 'reasoning') chars += part.text.length;
      else if (part.type === 'tool-call') chars += part.toolName.length + jsonLength(part.input);
      else if (part.type === 'tool-result') chars += jsonLength('value' in part.output ? part.output.value : part.output);
    }
  }
  if (options.tools !== undefined) chars += jsonLength(options.tools);
  if (options.responseFormat?.type === 'json') chars += jsonLength(options.responseFormat.schema);
  const total = Math.ceil(chars / charsPerToken);
  const output = Math.ceil(outputChars / charsPerToken);
  return {
    inputTokens: { total, noCache: total, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}

function jsonLength(value: unknown): number {
  return typeof value === 'string' ? value.length : (JSON.stringify(value) ?? '').length;
}
