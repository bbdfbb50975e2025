/**
 * A program that uses Planwright through its MCP server: it plans, runs with progress, and looks at what came of it.
 *
 *     node --conditions=planwright:source examples/mcp-server/client.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const root = fileURLToPath(new URL('../../', import.meta.url));
const store = mkdtempSync(join(tmpdir(), 'planwright-mcp-'));
const transport = new StdioClientTransport({
  command: process.execPath,
  args: [join(root, 'bin/planwright.js'), 'mcp', '--files-root', join(root, 'docs'), '--store', store],
  env: { PATH: process.env['PATH'] ?? '' },
});
const client = new Client({ name: 'example', version: '1.0.0' });
await client.connect(transport);
try {
  const { tools } = await client.listTools();
  console.log(`tools: ${tools.map(({ name }) => name).join(', ')}`);

  const task = 'What is a handoff? What does the ledger count?';
  const planned = await client.callTool({ name: 'plan', arguments: { task, files: '.' } });
  const { plan } = planned.structuredContent as { plan: { subtasks: { id: string; role: string }[] } };
  console.log(`plan: ${plan.subtasks.map(({ role }) => role).join(', ')}`);

  let last = '';
  const ran = await client.callTool(
    { name: 'run', arguments: { plan, files: '.' } },
    { onprogress: ({ message = '' }) => (last = message), resetTimeoutOnProgress: true },
  );
  console.log(`progress: ${last}`);
  const { runId, status, citations } = ran.structuredContent as { runId: string; status: string; citations: object[] };
  console.log(`run: ${status}, ${citations.length > 0 ? 'with citations' : 'without citations'}`);

  const shown = await client.callTool({ name: 'show', arguments: { run: runId, subtask: plan.subtasks.at(-1)?.id } });
  const { subtask } = shown.structuredContent as { subtask: { status: string } };
  console.log(`the last subtask: ${subtask.status}`);

  const refused = await client.callTool({ name: 'run', arguments: { task, files: '/etc' } });
  console.log(`refused: ${(refused.structuredContent as { error: { code: string } }).error.code}`);
} finally {
  await client.close();
  rmSync(store, { recursive: true });
}
