/** A role that is an agent elsewhere: where it is asked, by the Agent2Agent protocol. */

export interface RemoteAgent {
  /** The agent's address, or its card's when it ends in `.json`. `{env:NAME}` stands in it and in headers. */
  url: string;
  /** Of every request. */
  headers?: Record<string, string>;
}

/** As a person writes it: the address alone will do. */
export function readRemoteAgent(written: string | RemoteAgent): RemoteAgent {
  return typeof written === 'string' ? { url: written } : written;
}

/** Stands where a model's spec does: for limits, circuits and the ledger. */
export function agentSpec({ url }: RemoteAgent): string {
  return `a2a:${url}`;
}

export function isAgentSpec(name: string): boolean {
  return name.startsWith('a2a:');
}

/** What one agent is: two with the same are one. */
export function agentKey({ url, headers }: RemoteAgent): string {
  return JSON.stringify([url, headers]);
}

/** The texts that may hold `{env:NAME}`. */
export function agentTexts({ url, headers = {} }: RemoteAgent): string[] {
  return [url, ...Object.values(headers)];
}
