/**
 * The remote agents of a run: each is asked like a model, so that its calls are limited, timed, journaled and counted like all
 * others. What it costs is not known, and tokens are characters ÷ 4.
 */
import type { Transport } from '@a2a-js/sdk/client';
import { APICallError, type LanguageModelV4, type LanguageModelV4CallOptions, type LanguageModelV4Usage } from '@ai-sdk/provider';
import type { Clock } from '../../clock.ts';
import type { Store } from '../../engine/store.ts';
import { PlanwrightError } from '../../errors.ts';
import type { CallScope } from '../../model/call-record.ts';
import { idempotencyHeader } from '../../model/idempotency-key.ts';
import type { Model } from '../../model/model.ts';
import type { TextRedactor } from '../../redact/redactor.ts';
import { agentKey, agentSpec, type RemoteAgent } from '../../team/remote-agent.ts';
import type { Environment } from '../../team/secrets.ts';
import { type AgentAddress, resolveAgent } from './agent-address.ts';
import { fetchCard, type RemoteCard } from './agent-card.ts';
import { agentFailed } from './agent-failure.ts';
import { agentFetch } from './agent-fetch.ts';
import { loadClientSdk } from './load-sdk.ts';
import { textOfPrompt } from './message-text.ts';
import { RemoteTask } from './remote-task.ts';
import { TaskJournal } from './task-journal.ts';

/** What a remote agent may be sent: it says of no limit, and its own comes back as an error. */
const contextTokens = 1_000_000;

export interface RemoteAgentsOptions {
  env: Environment;
  clock: Clock;
  /** Hides in an agent's answer what must not be seen. */
  redactor?: TextRedactor;
}

/** One attempt's hold on its agent. */
export interface HeldAgent {
  model: Model;
  /** Resolves when the agent has been told of a task that was given up, or has had 5 s to listen. */
  settled(): Promise<void>;
}

export interface RemoteAgents {
  /** Asks nobody. @throws {PlanwrightError} `secret-missing`; `usage` for a bad address. */
  check(agent: RemoteAgent): void;
  /** @throws {PlanwrightError} as `check`. */
  hold(agent: RemoteAgent, scope: CallScope, store: Pick<Store, 'findCall' | 'putCall'>): HeldAgent;
}

interface OpenAgent {
  card: RemoteCard;
  transport: Transport;
}

export function createRemoteAgents(options: RemoteAgentsOptions): RemoteAgents {
  const { env, clock, redactor } = options;
  /** Those that answered: a card is read once in a run. */
  const opened = new Map<string, OpenAgent>();

  const open = async (agent: RemoteAgent, address: AgentAddress, signal: AbortSignal): Promise<OpenAgent> => {
    const known = opened.get(agentKey(agent));
    if (known !== undefined) return known;
    const { JsonRpcTransportFactory } = await loadClientSdk();
    const shown = agent.url;
    const fetchImpl = agentFetch(address, shown);
    const card = await fetchCard(address, { shown, fetch: fetchImpl, signal });
    if (new URL(card.url).origin !== address.url.origin) {
      throw agentFailed(
        shown,
        `has a card that leads to ${new URL(card.url).origin}: name that address in the team file if it is meant`,
      );
    }
    const transport = await new JsonRpcTransportFactory({ fetchImpl }).create(card.url, wholeCard(card));
    const agentOpened = { card, transport };
    opened.set(agentKey(agent), agentOpened);
    return agentOpened;
  };

  return {
    check: (agent) => void resolveAgent(agent, env),
    hold: (agent, scope, store) => {
      const address = resolveAgent(agent, env);
      const spec = agentSpec(agent);
      const journal = new TaskJournal({ store, scope, clock, spec });
      const asked = new Set<Promise<unknown>>();
      const ask = async ({ prompt, headers, abortSignal }: LanguageModelV4CallOptions): Promise<string> => {
        const signal = abortSignal ?? new AbortController().signal;
        const messageId = headers?.[idempotencyHeader];
        if (messageId === undefined) throw new PlanwrightError('internal', `A message to ${spec} has no id.`);
        try {
          const { card, transport } = await open(agent, address, signal);
          const { tenant, streaming } = card;
          const task = new RemoteTask({ transport, tenant, streaming, journal, clock, shown: agent.url, signal });
          return await task.send(textOfPrompt(prompt), messageId);
        } catch (thrown) {
          signal.throwIfAborted();
          throw explain(thrown, agent.url, address);
        }
      };
      const hide = (text: string): string => {
        const known = address.redact(text);
        return redactor === undefined ? known : redactor.text(known);
      };
      return {
        model: {
          spec,
          languageModel: languageModelOf(spec, async (request) => {
            const answer = ask(request);
            asked.add(answer);
            return hide(await answer);
          }),
          contextTokens,
          price: () => null,
          priced: false,
          idempotent: true,
        },
        settled: async () => void (await Promise.allSettled(asked)),
      };
    },
  };
}

const unknownUsage: LanguageModelV4Usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

function languageModelOf(spec: string, ask: (request: LanguageModelV4CallOptions) => Promise<string>): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'a2a',
    modelId: spec,
    supportedUrls: {},
    doGenerate: async (request) => ({
      content: [{ type: 'text', text: await ask(request) }],
      finishReason: { unified: 'stop', raw: undefined },
      usage: unknownUsage,
      warnings: [],
    }),
    doStream: () => Promise.reject(new PlanwrightError('internal', 'A remote agent is asked for whole answers only.')),
  };
}

/** What the server did keeps its form, so that it is tried again where that may help; the rest is the agent's failure. */
function explain(thrown: unknown, shown: string, { redact }: AgentAddress): unknown {
  if (thrown instanceof PlanwrightError || APICallError.isInstance(thrown)) return thrown;
  if (!(thrown instanceof Error)) return agentFailed(shown, `can't be asked: ${redact(String(thrown))}`);
  if (thrown instanceof TypeError && /^(terminated|fetch failed)$/.test(thrown.message)) return thrown;
  if (thrown.cause instanceof PlanwrightError) return thrown.cause;
  return agentFailed(shown, `has not answered as the protocol wants: ${redact(thrown.message)}`, thrown);
}

function wholeCard({ name, url, tenant, streaming }: RemoteCard): Card {
  return {
    name,
    description: '',
    version: '',
    provider: undefined,
    supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', tenant, protocolVersion: '1.0' }],
    capabilities: { streaming, extensions: [] },
    securitySchemes: {},
    securityRequirements: [],
    defaultInputModes: [],
    defaultOutputModes: [],
    skills: [],
    signatures: [],
  };
}

type Card = Awaited<ReturnType<Transport['getExtendedAgentCard']>>;
