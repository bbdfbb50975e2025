/**
 * An MCP server by the official SDK, over stdio. It writes a line to the file in LOG for each start and call, and, given
 * MARK, one to stderr.
 */
import { appendFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const log = (line: string): void => {
  if (process.env['LOG'] !== undefined) appendFileSync(process.env['LOG'], `${line}\n`);
};

log(`start ${process.pid}`);
if (process.env['MARK'] !== undefined) process.stderr.write(`mark ${process.env['MARK']}\n`);

function makeServer(): McpServer {
  const server = new McpServer({ name: 'toolbox', version: '1.0.0' });
  const inputSchema = z.object({ text: z.string().max(100).describe('What to say.') });
  server.registerTool('echo', { description: 'Says it again.', inputSchema, annotations: { readOnlyHint: true } }, ({ text }) => {
    log(`echo ${text}`);
    return { content: [{ type: 'text', text: `said ${text}` }] };
  });
  server.registerTool('store', { description: 'Keeps it.', inputSchema }, ({ text }) => {
    log(`store ${text}`);
    return { content: [{ type: 'text', text: 'kept' }], structuredContent: { kept: text, at: 1 } };
  });
  server.registerTool('environment', { description: 'Its own environment.' }, () => ({
    content: [{ type: 'text', text: JSON.stringify({ env: process.env, cwd: process.cwd(), args: process.argv.slice(2) }) }],
  }));
  server.registerTool('refuse', { description: 'Fails.' }, () => ({
    content: [{ type: 'text', text: 'no such record' }],
    isError: true,
  }));
  server.registerTool('picture', { description: 'An image and a text.' }, () => ({
    content: [
      { type: 'text', text: 'a dot' },
      { type: 'image', mimeType: 'image/png', data: 'AAAA' },
    ],
  }));
  server.registerTool('wait', { description: 'Never ends.' }, async (context) => {
    log('wait');
    await new Promise<void>((resolve) => context.mcpReq.signal.addEventListener('abort', () => resolve()));
    log('cancelled');
    return { content: [] };
  });
  return server;
}

serveStdio(makeServer);
