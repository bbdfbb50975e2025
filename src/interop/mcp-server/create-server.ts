/** The SDK's server with Planwright's tools: input is checked here, errors become tool errors with a code. */
import type { CallToolResult, McpServer, ServerContext, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { toErrorRecord } from '../../errors.ts';
import { compareTool } from './compare-tool.ts';
import { planTool } from './plan-tool.ts';
import { ProgressReporter } from './report-progress.ts';
import type { RunDesk } from './run-desk.ts';
import { resumeTool, runTool } from './run-tools.ts';
import type { ServedCall, ServedTool } from './served-tool.ts';
import { cancelTool, runsTool, showTool } from './show-tools.ts';

/** In the order in which clients list them. */
const servedTools: readonly ServedTool[] = [planTool, runTool, showTool, runsTool, resumeTool, cancelTool, compareTool];

const instructions =
  'Planwright turns a task into a checked plan, runs it with one agent or a team of role-specialized agents, and says in numbers whether the team was worth it. A run takes from seconds to hours: ask for progress, or use background.';

/** @throws when the SDK is not installed. */
export async function createMcpServer(desk: RunDesk, version: string): Promise<McpServer> {
  const { McpServer: Server } = await import('@modelcontextprotocol/server');
  const server = new Server({ name: 'planwright', title: 'Planwright', version }, { instructions });
  for (const tool of servedTools) {
    server.registerTool(
      tool.name,
      {
        title: tool.title,
        description: tool.description,
        inputSchema: describedOnly(tool.input),
        outputSchema: tool.output,
        annotations: { readOnlyHint: tool.readOnly, openWorldHint: true, destructiveHint: tool.name === 'cancel' },
      },
      (input: unknown, context: ServerContext) => callTool(desk, tool, { input, context }),
    );
  }
  return server;
}

async function callTool(
  desk: RunDesk,
  tool: ServedTool,
  { input, context }: { input: unknown; context: ServerContext },
): Promise<CallToolResult> {
  const { signal, _meta, notify } = context.mcpReq;
  const progressToken = _meta?.progressToken;
  const reporter =
    progressToken === undefined
      ? null
      : new ProgressReporter((note) => {
          // A client that is gone hears of nothing.
          notify({ method: 'notifications/progress', params: { progressToken, ...note } }).catch(() => undefined);
        }, desk.clock);
  const call: ServedCall = { signal, report: (progress) => reporter?.report(progress) };
  try {
    const { structured, text } = await tool.answer(desk, input, call);
    return { content: [{ type: 'text', text }], structuredContent: structured };
  } catch (thrown) {
    const error = toErrorRecord(thrown);
    return { isError: true, content: [{ type: 'text', text: `${error.code}: ${error.message}` }], structuredContent: { error } };
  } finally {
    reporter?.stop();
  }
}

/** Lists the schema and checks nothing: what is wrong with an input is told like every other error, with a code. */
function describedOnly(schema: z.ZodObject): StandardSchemaWithJSON {
  return { '~standard': { ...schema['~standard'], validate: (value) => ({ value }) } };
}
