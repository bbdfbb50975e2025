/** The team's answers are put together by a program: what a joining model would lose is not part of this measurement. */
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { scriptedModel } from 'planwright/testing';
import { joinInstructions } from './team.ts';

/** The same model; only calls of the synthesizer don't reach it. They count as calls of 0 tokens. */
export function joinByProgram(model: LanguageModelV4): LanguageModelV4 {
  const joiner = scriptedModel((request) => ({ text: joinResults(textOf(request)), usage: { inputTokens: 0, outputTokens: 0 } }));
  const chosen = (request: LanguageModelV4CallOptions) => (isJoin(request) ? joiner : model);
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    get supportedUrls() {
      return model.supportedUrls;
    },
    doGenerate: async (request) => chosen(request).doGenerate(request),
    doStream: async (request) => chosen(request).doStream(request),
  };
}

function isJoin({ prompt }: LanguageModelV4CallOptions): boolean {
  return prompt.some((message) => message.role === 'system' && message.content.startsWith(joinInstructions));
}

function textOf({ prompt }: LanguageModelV4CallOptions): string {
  return prompt
    .flatMap((message) => (message.role === 'user' ? message.content : []))
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n');
}

/** `1. Bergen`: a result's first line behind its subtask's number. */
function joinResults(prompt: string): string {
  const results = prompt.matchAll(/<dependency id="q(\d+)"[^>]*>\n([\s\S]*?)\n<\/dependency>/g);
  return [...results].map(([, number, text = '']) => `${number}. ${text.trim().split('\n')[0] ?? ''}`).join('\n');
}
