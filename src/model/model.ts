/** The model port: how a spec such as `anthropic:claude-…` becomes something that can be called, priced and limited. */
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { TokenUsage } from './call-record.ts';

/** `anthropic:…`, `openai:…`, `google:…`, `http://host:port/v1#model`, `offline`, `recorded:FILE`. */
export type ModelSpec = string;

export interface Model {
  spec: ModelSpec;
  languageModel: LanguageModelV4;
  /** What one prompt and its answer may hold together. */
  contextTokens: number;
  /** USD of one call; null when the price is unknown, 0 when the model costs nothing. */
  price(usage: TokenUsage): number | null;
  /** Its server knows a call again by the header `idempotency-key`. Absent: nobody says so, and none is sent. */
  idempotent?: true;
  /** False when `price` can only answer null: a USD budget then is a usage error. */
  priced: boolean;
}

export interface ModelRegistry {
  /**
   * Resolving twice gives the same object.
   * @throws {PlanwrightError} `model-unknown` names the known providers; `secret-missing` the variable to set.
   */
  resolve(spec: ModelSpec): Promise<Model>;
}
