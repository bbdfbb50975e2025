/** The provider of the scenario: real HTTP, served by the harness, which outlives every process that asks, and counts by name. */
import type { ScriptedReply, ScriptedRequest } from 'planwright/testing';
import { type ScriptedServer, startScriptedServer } from 'planwright/testing';
import { nameCall, playSurvey } from './scenario.ts';

export interface CountedModel extends AsyncDisposable {
  spec: string;
  port: number;
  server: ScriptedServer;
  /** How often each call was asked for, in the order in which they first were. */
  counts(): Map<string, number>;
  /** Names of the requests from the `from`-th on (from 0), in order. */
  namesFrom(from: number): string[];
  /** Tokens of all complete answers. */
  tokens(): number;
}

export interface CountedModelOptions {
  latencyMs?: number;
  /** Replaces an answer; undefined leaves it. */
  disturb?: (request: ScriptedRequest) => ScriptedReply | undefined;
}

export async function startCountedModel({ latencyMs = 0, disturb }: CountedModelOptions = {}): Promise<CountedModel> {
  const server = await startScriptedServer((request) => disturb?.(request) ?? playSurvey(request.body), { latencyMs });
  const namesFrom = (from: number): string[] => server.requests.slice(from).map(({ body }) => nameCall(body));
  return {
    spec: server.spec,
    port: Number(new URL(server.url).port),
    server,
    namesFrom,
    counts: () => countEach(namesFrom(0)),
    tokens: () => {
      const { promptTokens, completionTokens } = server.counts();
      return promptTokens + completionTokens;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

export function countEach(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
