import { hc } from 'hono/client';
import type { Api } from '../app.ts';

export interface ClientOptions {
  /** The server's token. A page of the server's own needs none: its cookie goes along. */
  token?: string;
  /** Default: the platform's. */
  fetch?: typeof fetch;
}

export type PlanwrightClient = ReturnType<typeof hc<Api>>;

/**
 * Typed calls of the HTTP API: `client.api.runs[':runId'].$get({ param: { runId } })`. An answer that is not `ok` holds an
 * `ApiFailure`.
 * @param url Of the server: `http://127.0.0.1:7420`.
 */
export function createClient(url: string, { token, fetch }: ClientOptions = {}): PlanwrightClient {
  return hc<Api>(url, {
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    ...(fetch === undefined ? {} : { fetch }),
  });
}
