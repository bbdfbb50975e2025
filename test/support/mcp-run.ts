/** Runs of one role that has tools of an MCP server, played by a model that calls them and says what came back. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineTeam, MemoryStore, type RunResult, runTask, type Team, type TeamDefinition } from 'planwright';
import { type ScriptedModel, type ScriptedToolCall, scriptedModel } from 'planwright/testing';

export const serverFile = (name: string): string => fileURLToPath(new URL(`../mcp/servers/${name}.ts`, import.meta.url));

type Servers = NonNullable<TeamDefinition['mcp']>;

/** A single role `w` with these tools. */
export function teamWith(mcp: Servers, tools: string[], more: Partial<TeamDefinition> = {}): Team {
  return defineTeam({
    name: 'tooled',
    roles: { w: { instructions: 'You are w.', tools, limits: { toolTimeoutMs: 5000 } } },
    generalist: 'w',
    limits: { retries: 0, reroutes: 0, replans: 0 },
    mcp,
    ...more,
  });
}

export function hostile(mode: string, more: Servers[string] & { log?: string } = {}): Servers[string] {
  const { log, ...rest } = more;
  return { command: process.execPath, args: [serverFile('hostile'), mode, ...(log === undefined ? [] : [log])], ...rest };
}

/** Calls once, all at the same time, then answers with their results as JSON. */
export function callingModel(...calls: ScriptedToolCall[]): ScriptedModel {
  return scriptedModel((request) => {
    const results = request.prompt.flatMap(({ role, content }) => (role === 'tool' ? content : []));
    if (calls.length === 0) return 'done';
    if (results.length === 0) return { toolCalls: calls.map((call, index) => ({ id: `c${index}`, ...call })) };
    return JSON.stringify(results.map((part) => (part.type === 'tool-result' ? part.output : part)));
  });
}

export interface ToolOutput {
  type: string;
  value: unknown;
}

export async function callTools(team: Team, ...calls: ScriptedToolCall[]): Promise<ToolOutput[]> {
  return outputsOf(
    await runTask({ task: 'Use it.', team, model: callingModel(...calls), strategy: 'single', store: new MemoryStore() }),
  );
}

/** Why the only attempt of a role that calls `t` of this server failed. */
export async function failureOf(mode: string, more: Parameters<typeof hostile>[1] = {}, tools = ['mcp:s/t']) {
  const { subtasks } = await runTask({
    task: 't',
    team: teamWith({ s: hostile(mode, more) }, tools),
    model: callingModel({ name: 's_t', input: {} }),
    strategy: 'single',
    store: new MemoryStore(),
  });
  return subtasks[0]?.error;
}

/** @throws {Error} with the run's own words when it did not succeed. */
export function outputsOf(result: RunResult<unknown>): ToolOutput[] {
  if (result.status !== 'succeeded')
    throw new Error(`${result.status}: ${JSON.stringify(result.subtasks.map(({ error }) => error))}`);
  return JSON.parse(String(result.deliverable)) as ToolOutput[];
}

/** What a model was shown, by tool. */
export function shownTools({ requests }: ScriptedModel): Record<string, { description: string; inputSchema: unknown }> {
  return Object.fromEntries(
    (requests[0]?.tools ?? []).flatMap((tool) =>
      tool.type === 'function' ? [[tool.name, { description: tool.description ?? '', inputSchema: tool.inputSchema }]] : [],
    ),
  );
}

export function linesOf(log: string): string[] {
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
}

/** Whether a process that a log calls `start PID` is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // One that is dead and that nobody has buried is still there for signals.
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
}
