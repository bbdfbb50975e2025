/**
 * A small MCP server: what things cost, and orders of them. Over stdio, with the key that its environment has.
 * Plain JavaScript, so that any Node from 20 on runs it.
 */
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

/** EUR */
const prices = new Map([
  ['tea', 4.5],
  ['cup', 12],
]);
const thing = z.enum(['tea', 'cup']);

if (process.env['SHOP_KEY'] === undefined) throw new Error('SHOP_KEY is not set.');

serveStdio(() => {
  const server = new McpServer({ name: 'shop', version: '1.0.0' });
  server.registerTool(
    'price',
    { description: 'What one of a thing costs, in EUR.', inputSchema: z.object({ thing }) },
    (input) => ({
      content: [{ type: 'text', text: `${prices.get(input.thing)} EUR` }],
    }),
  );
  server.registerTool(
    'order',
    { description: 'Orders things.', inputSchema: z.object({ thing, count: z.number().int().min(1).max(99) }) },
    ({ thing: ordered, count }) => ({ content: [{ type: 'text', text: `Ordered: ${count} × ${ordered}.` }] }),
  );
  return server;
});
