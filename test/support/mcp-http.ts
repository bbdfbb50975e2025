/** MCP servers over HTTP, on loopback. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

export interface HttpServer extends AsyncDisposable {
  url: string;
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void | Promise<void>;

/** @param port Default: a free one. */
export async function serveHttp(handler: Handler, port = 0): Promise<HttpServer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      Promise.resolve(handler(request, response, Buffer.concat(chunks).toString())).catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, close, [Symbol.asyncDispose]: close };
}

/** The official SDK's server, which speaks the newest revision and those before it. */
export function sdkHandler(hear: (line: string) => void): Handler {
  const { fetch: answer } = createMcpHandler(() => {
    const server = new McpServer({ name: 'shop', version: '1.0.0' });
    server.registerTool(
      'price',
      { description: 'What a thing costs.', inputSchema: z.object({ thing: z.string() }) },
      ({ thing }) => {
        hear(`price ${thing}`);
        return { content: [{ type: 'text', text: `${thing}: 3 EUR` }] };
      },
    );
    server.registerTool('wait', { description: 'Never ends.' }, async (context) => {
      hear('wait');
      await new Promise<void>((resolve) => context.mcpReq.signal.addEventListener('abort', () => resolve()));
      hear('cancelled');
      return { content: [] };
    });
    return server;
  });
  return async ({ url = '/', method = 'GET', headers }, response, body) => {
    const left = new AbortController();
    response.on('close', () => left.abort());
    const answered = await answer(
      new Request(new URL(url, 'http://127.0.0.1'), {
        method,
        headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
          typeof value === 'string' ? [[name, value]] : [],
        ),
        signal: left.signal,
        ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
      }),
    );
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    if (answered.body !== null) for await (const chunk of answered.body) response.write(chunk);
    response.end();
  };
}

interface RpcMessage {
  id?: number;
  method?: string;
  params?: { name?: string };
}

/** A server of the revisions before 2026 with sessions, by hand; `answer` may do anything with a call. */
export function sessionHandler(
  answer: (call: { response: ServerResponse; id: number | undefined; session: string | undefined }) => void,
): Handler {
  let sessions = 0;
  return ({ method, headers }, response, body) => {
    if (method !== 'POST') return void response.writeHead(405).end();
    const message = JSON.parse(body) as RpcMessage;
    const session = headers['mcp-session-id'];
    const say = (result: object, more: Record<string, string> = {}): void =>
      void response
        .writeHead(200, { 'content-type': 'application/json', ...more })
        .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }));
    switch (message.method) {
      case 'initialize':
        return say(
          { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'old', version: '1' } },
          { 'mcp-session-id': `s${++sessions}` },
        );
      case 'tools/list':
        return say({ tools: [{ name: 't', description: 'T.', inputSchema: { type: 'object' } }] });
      case 'tools/call':
        return answer({ response, id: message.id, session: typeof session === 'string' ? session : undefined });
      case 'server/discover':
        return void response.writeHead(400).end('{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no session"}}');
      default:
        return void response.writeHead(202).end();
    }
  };
}

export function answerText(response: ServerResponse, id: number | undefined, text: string): void {
  const message = { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message));
}
