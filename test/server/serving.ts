/** A server on a free port, asked over real sockets; every answer is held against the OpenAPI document. */
import { Validator } from '@cfworker/json-schema';
import { MemoryStore } from 'planwright';
import { type RunServer, type StartServerOptions, startServer } from 'planwright/server';
import { expect } from 'vitest';
import { lookTool } from '../support/storing-team.ts';

export const token = 'a-token-of-the-tests';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** undefined for an answer that is no JSON. */
  json: unknown;
}

export interface AskOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  raw?: string | Uint8Array;
  headers?: Record<string, string>;
  /** Without the token. */
  anonymous?: boolean;
}

export interface Serving extends AsyncDisposable {
  server: RunServer;
  url: string;
  errors: unknown[];
  ask: (method: string, path: string, options?: AskOptions) => Promise<Answer>;
}

interface OpenApi {
  paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
  components: unknown;
}

interface Described {
  content?: Record<string, { schema: { $ref?: string } }>;
}

export async function serve(options: StartServerOptions = {}): Promise<Serving> {
  const errors: unknown[] = [];
  const server = await startServer({
    store: new MemoryStore(),
    port: 0,
    token,
    appFolder: '/nowhere',
    version: '1.2.3',
    onError: (thrown) => errors.push(thrown),
    ...options,
    means: { tools: [lookTool], ...options.means },
  });
  const headers = { authorization: `Bearer ${token}` };
  const document = (await (await fetch(`${server.url}/api/openapi.json`, { headers })).json()) as OpenApi;
  const ask = async (method: string, path: string, { body, raw, headers: given, anonymous }: AskOptions = {}) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(anonymous === true ? {} : headers),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...given,
      },
      ...(raw === undefined ? {} : { body: raw as NonNullable<RequestInit['body']> }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    const answer: Answer = {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
    conform(document, method, path, answer);
    return answer;
  };
  return { server, url: server.url, errors, ask, [Symbol.asyncDispose]: async () => server.close() };
}

/** An answer has a described status, and its body has the described form; a failure says nothing of the code behind it. */
function conform({ paths, components }: OpenApi, method: string, path: string, answer: Answer): void {
  if (answer.status >= 400) expect(answer.text).not.toMatch(/\bat .+\.[jt]s:\d+|node_modules/);
  const [bare = ''] = path.split('?');
  const template = Object.keys(paths).find((one) => new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare));
  const responses = template === undefined ? undefined : paths[template]?.[method.toLowerCase()]?.responses;
  if (responses === undefined) {
    if (bare.startsWith('/api/')) expect(answer.json).toMatchObject({ error: { code: expect.any(String) } });
    return;
  }
  const described = responses[String(answer.status)] ?? (answer.status >= 400 ? responses['default'] : undefined);
  expect(described, `${method} ${path} answers ${answer.status}, which is not described`).toBeDefined();
  const schema = described?.content?.['application/json']?.schema;
  if (schema === undefined) return;
  const { valid, errors } = new Validator({ ...schema, components }, '2020-12', false).validate(answer.json);
  expect({ path, errors: valid ? [] : errors.slice(-3) }).toEqual({ path, errors: [] });
}

/** Waits until it is so: what another part of the process brings about can't be awaited. */
export async function until(isSo: () => boolean | Promise<boolean>, forMs = 10_000): Promise<void> {
  for (const endMs = Date.now() + forMs; !(await isSo()); ) {
    if (Date.now() > endMs) throw new Error(`Not so after ${forMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
