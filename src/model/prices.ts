/** What calls cost, from a price table that comes with the package: no network, and as old as its date says. */
import type { TokenUsage } from './call-record.ts';

/** The table in use. `date` is when it was published (UTC). */
export const priceTableSource = { name: '@pydantic/genai-prices', version: '0.1.8', date: '2026-09-23' } as const;

/** A model by its provider's name in the table, or by the address it is called at. */
export type PricedModel = { providerId: string; modelId: string } | { apiUrl: string; modelId: string };

export interface PriceTable {
  /** USD. null when the table does not know the model: unknown is never 0. `atMs` counts where prices change by date or hour. */
  priceOf(model: PricedModel, usage: TokenUsage, atMs: number): number | null;
  /** null when the table does not say. */
  contextTokensOf(model: PricedModel): number | null;
}

/** Loads the table (about 60 ms), once. */
export function loadPriceTable(): Promise<PriceTable> {
  table ??= import('@pydantic/genai-prices').then(({ calcPrice }) => {
    const look = (model: PricedModel, usage: Record<string, number>, atMs: number) =>
      calcPrice(usage, model.modelId, {
        timestamp: new Date(atMs),
        ...('apiUrl' in model ? { providerApiUrl: model.apiUrl } : { providerId: model.providerId }),
      });
    return {
      priceOf: (model, usage, atMs) => look(model, toTableUsage(usage), atMs)?.total_price ?? null,
      contextTokensOf: (model) => look(model, { input_tokens: 0, output_tokens: 0 }, 0)?.model.context_window ?? null,
    };
  });
  return table;
}

let table: Promise<PriceTable> | undefined;

/** The table refuses usage whose parts exceed their whole; providers do report such. */
function toTableUsage(usage: TokenUsage): Record<string, number> {
  const cacheWrite = Math.min(usage.cacheWriteInputTokens ?? 0, usage.inputTokens);
  return {
    input_tokens: usage.inputTokens,
    cache_read_tokens: Math.min(usage.cachedInputTokens, usage.inputTokens - cacheWrite),
    cache_write_tokens: cacheWrite,
    output_tokens: usage.outputTokens,
  };
}
