/** The real command as a child process, and the official client at its other end. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CallToolResult, Client, type Progress } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { compileCache, nodeArguments } from '../cli/command-process.ts';

export interface McpSession extends AsyncDisposable {
  client: Client;
  pid: number;
  /**
   * What came over the wire, in order: a note of progress, or the answer to a call. The client's own `onprogress` is not
   * told of a note that it reads together with the answer.
   */
  heard: ('answer' | Progress)[];
  /** What the server wrote to stderr. */
  stderr(): string;
  call(name: string, input: Record<string, unknown>, options?: Parameters<Client['callTool']>[1]): Promise<CallToolResult>;
}

/** In the folder given, with a store of its own below it. */
export async function connectMcp(folder: string, args: string[] = []): Promise<McpSession> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...nodeArguments, 'mcp', ...args],
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache },
    stderr: 'pipe',
  });
  let said = '';
  transport.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  const heard: McpSession['heard'] = [];
  const pass = transport.onmessage;
  const listen: typeof pass = (message) => {
    if ('result' in message) heard.push('answer');
    else if ('method' in message && message.method === 'notifications/progress') heard.push(message.params as Progress);
    pass?.(message);
  };
  Object.assign(transport, { onmessage: listen });
  return {
    client,
    heard,
    pid: transport.pid ?? 0,
    stderr: () => said,
    call: (name, input, options) => client.callTool({ name, arguments: input }, options),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

export function firstText({ content }: CallToolResult): string {
  const [first] = content;
  return first?.type === 'text' ? first.text : '';
}

/** A team of one model whose roles do what the script says; its file. */
export function writeTeam(folder: string, model: string): string {
  const file = join(folder, 'team.json');
  writeFileSync(
    file,
    JSON.stringify({ model, roles: { finder: { instructions: 'You find.' }, writer: { instructions: 'You write.' } } }),
  );
  return file;
}

export const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
