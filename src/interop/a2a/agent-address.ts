/** Where a remote agent is, with its secrets put in. What is resolved here is used for its requests and kept nowhere. */
import { PlanwrightError } from '../../errors.ts';
import type { RemoteAgent } from '../../team/remote-agent.ts';
import { type Environment, listSecretNames, redactSecrets, resolveSecrets } from '../../team/secrets.ts';

export interface AgentAddress {
  url: URL;
  headers: Record<string, string>;
  /** Takes the agent's secrets out of a text. */
  redact: (text: string) => string;
}

/** @throws {PlanwrightError} `secret-missing`; `usage` when the url is none once its variables are put in. */
export function resolveAgent({ url: written, headers = {} }: RemoteAgent, env: Environment): AgentAddress {
  const url = URL.parse(resolveSecrets(written, env));
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new PlanwrightError('usage', `The address of a remote agent is no http or https address: ${written}.`);
  }
  const names = [written, ...Object.values(headers)].flatMap(listSecretNames);
  return {
    url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, resolveSecrets(text, env)])),
    redact: names.length === 0 ? (text) => text : (text) => redactSecrets(text, names, env),
  };
}
