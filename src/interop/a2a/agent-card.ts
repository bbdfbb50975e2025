/** A remote agent's card: where it is looked for, and the little of it that is gone by. */
import { z } from 'zod';
import type { AgentAddress } from './agent-address.ts';
import { agentFailed } from './agent-failure.ts';

const wellKnown = '.well-known/agent-card.json';
/** A card that has not come by then does not come. */
const cardTimeoutMs = 20_000;
const maxCardCharacters = 1_000_000;
const protocolBinding = 'JSONRPC';

const cardSchema = z.object({
  name: z.string(),
  capabilities: z.object({ streaming: z.boolean().optional() }).optional(),
  supportedInterfaces: z.array(
    z.object({
      url: z.string(),
      protocolBinding: z.string(),
      protocolVersion: z.string().optional(),
      tenant: z.string().optional(),
    }),
  ),
});

export interface RemoteCard {
  name: string;
  /** Where JSON-RPC is spoken. */
  url: string;
  tenant: string;
  streaming: boolean;
}

/**
 * An address that ends in `.json` is the card's own; else the card lies below it, or at its host's well-known place.
 * @throws {PlanwrightError} `agent-failed`; what `fetch` throws; the signal's reason.
 */
export async function fetchCard(
  { url }: AgentAddress,
  { shown, fetch, signal }: { shown: string; fetch: typeof globalThis.fetch; signal: AbortSignal },
): Promise<RemoteCard> {
  const limit = AbortSignal.timeout(cardTimeoutMs);
  const both = AbortSignal.any([signal, limit]);
  try {
    return readCard(
      await fetchFirst(placesOf(url), (place) => fetch(place, { headers: { accept: 'application/json' }, signal: both })),
      shown,
    );
  } catch (thrown) {
    signal.throwIfAborted();
    if (limit.aborted) throw agentFailed(shown, `did not show its card within ${cardTimeoutMs} ms`);
    throw thrown;
  }
}

function placesOf(url: URL): string[] {
  if (url.pathname.endsWith('.json')) return [url.href];
  const below = new URL(url);
  below.pathname = `${below.pathname.replace(/\/$/, '')}/${wellKnown}`;
  return [...new Set([below.href, new URL(`/${wellKnown}`, url).href])];
}

/** The answer of the first place that has one. */
async function fetchFirst(places: readonly string[], ask: (place: string) => Promise<Response>): Promise<string> {
  const [first = '', ...others] = places;
  try {
    const response = await ask(first);
    if (response.ok || others.length === 0) return await response.text();
  } catch (thrown) {
    const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined;
    if (others.length === 0 || (status !== 404 && status !== 405 && status !== 410)) throw thrown;
  }
  return fetchFirst(others, ask);
}

function readCard(text: string, shown: string): RemoteCard {
  const parsed = text.length > maxCardCharacters ? undefined : cardSchema.safeParse(parseJson(text));
  if (parsed?.success !== true) throw agentFailed(shown, 'shows no agent card of A2A 1.0');
  const { name, capabilities, supportedInterfaces } = parsed.data;
  const spoken = supportedInterfaces.filter((one) => one.protocolBinding.toUpperCase() === protocolBinding);
  const chosen = spoken.find(({ protocolVersion }) => protocolVersion === undefined || protocolVersion.startsWith('1.'));
  if (chosen === undefined) {
    const known = supportedInterfaces.map((one) => `${one.protocolBinding} ${one.protocolVersion ?? ''}`.trim()).join(', ');
    throw agentFailed(shown, `does not speak JSON-RPC of A2A 1.x (it offers: ${known || 'nothing'})`);
  }
  if (!URL.canParse(chosen.url)) throw agentFailed(shown, 'has a card with an address that is none');
  return { name, url: chosen.url, tenant: chosen.tenant ?? '', streaming: capabilities?.streaming === true };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
