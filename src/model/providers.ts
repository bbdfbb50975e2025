/** The hosted providers and OpenAI-compatible servers. Each package is loaded when its first model is asked for. */
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { PlanwrightError } from '../errors.ts';
import { boundedFetch } from './bounded-fetch.ts';

export interface HostedProvider {
  /** The environment variable that holds its key. */
  keyVariable: string;
  /** The environment variable that may hold another address, such as a proxy's. */
  urlVariable: string;
  /** It knows a call again by its `idempotency-key`. */
  idempotent?: true;
  create(modelId: string, access: { apiKey: string; baseURL?: string }): Promise<LanguageModelV4>;
}

export const hostedProviders: Readonly<Record<string, HostedProvider>> = {
  anthropic: {
    keyVariable: 'ANTHROPIC_API_KEY',
    urlVariable: 'ANTHROPIC_BASE_URL',
    async create(modelId, access) {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic({ ...access, fetch: boundedFetch }).languageModel(modelId);
    },
  },
  // The Responses API. `https://api.openai.com/v1#ID` is the same model by Chat Completions.
  openai: {
    keyVariable: 'OPENAI_API_KEY',
    urlVariable: 'OPENAI_BASE_URL',
    idempotent: true,
    async create(modelId, access) {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return createOpenAI({ ...access, fetch: boundedFetch }).languageModel(modelId);
    },
  },
  google: {
    keyVariable: 'GOOGLE_GENERATIVE_AI_API_KEY',
    urlVariable: 'GOOGLE_GENERATIVE_AI_BASE_URL',
    async create(modelId, access) {
      const { createGoogle } = await import('@ai-sdk/google');
      return createGoogle({ ...access, fetch: boundedFetch }).languageModel(modelId);
    },
  },
};

/** Sent to every OpenAI-compatible server when it is set; local servers need none. */
export const compatibleKeyVariable = 'OPENAI_COMPATIBLE_API_KEY';

/**
 * `1`, `true` or `on`: OpenAI-compatible servers are sent an `idempotency-key`. Off by default, since a server that has never heard
 * of it might refuse the header; `api.openai.com` gets it in any case.
 */
export const compatibleIdempotencyVariable = 'OPENAI_COMPATIBLE_IDEMPOTENCY';

/** @throws {PlanwrightError} `usage` for a value that is neither on nor off. */
export function isIdempotentServer(baseURL: string, setting: string | undefined): boolean {
  if (new URL(baseURL).hostname === 'api.openai.com') return true;
  if (setting === undefined || /^(|0|false|off)$/i.test(setting)) return false;
  if (/^(1|true|on)$/i.test(setting)) return true;
  throw new PlanwrightError('usage', `${compatibleIdempotencyVariable} is "${setting}". Set it to on or off.`);
}

/** Sends schemas as `json_schema` and asks for usage in streams; without these both are lost silently. */
export async function createCompatibleModel(baseURL: string, modelId: string, apiKey?: string): Promise<LanguageModelV4> {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const provider = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL,
    ...(apiKey === undefined ? {} : { apiKey }),
    includeUsage: true,
    supportsStructuredOutputs: true,
    fetch: boundedFetch,
  });
  return provider.languageModel(modelId);
}
