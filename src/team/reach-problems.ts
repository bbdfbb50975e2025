/** What the roles of a definition name outside that the definition does not open to them. */
import { findServer, isMcpReference, type McpServer, ownServerName, parseMcpReference, printMcpReference } from './reach.ts';
import { describeUnknown } from './schema-issues.ts';
import type { Role } from './team.ts';
import type { CheckedAgent, CheckedDefinition } from './team-definition.ts';
import type { Finding, PathSegment } from './team-problems.ts';

const webTools: Readonly<Record<string, (methods: readonly string[]) => boolean>> = {
  fetch: (methods) => methods.includes('GET') || methods.includes('HEAD'),
  fetch_send: (methods) => methods.some((method) => method !== 'GET' && method !== 'HEAD'),
};

/**
 * @param agents Whoever names tools, with its path.
 * @param roles The resolved ones: what a sub-team declares, this team may have approved.
 * @param tools Names of custom tools; one called `fetch` is not the built-in one.
 */
export function findReachProblems(
  definition: CheckedDefinition,
  agents: readonly [PathSegment[], CheckedAgent][],
  { roles, tools = [] }: { roles: Readonly<Record<string, Role>>; tools?: readonly string[] | undefined },
): Finding[] {
  const named = agents.flatMap(([path, agent]) =>
    (agent.tools ?? []).map((tool, index) => ({ tool, path: [...path, 'tools', index] })),
  );
  const findings = named.flatMap(({ tool, path }) => {
    const message = judgeTool(tool, definition, tools);
    return message === null ? [] : [{ path, message }];
  });
  const below = new Set([...Object.keys(definition.mcp ?? {}), ...Object.values(roles).flatMap(listServerNames)]);
  definition.approvals?.tools?.forEach((tool, index) => {
    if (!isMcpReference(tool)) return;
    const message = judgeApproval(tool, [...below]);
    if (message !== null) findings.push({ path: ['approvals', 'tools', index], message });
  });
  return findings;
}

function judgeTool(tool: string, { mcp = {}, web }: CheckedDefinition, custom: readonly string[]): string | null {
  if (isMcpReference(tool)) return judgeReference(tool, mcp);
  const needs = Object.hasOwn(webTools, tool) && !custom.includes(tool) ? webTools[tool] : undefined;
  if (needs === undefined) return null;
  if (web === undefined || web.hosts.length === 0) {
    return `the tool "${tool}" may ask no host yet. List those it may ask under web.hosts of the team`;
  }
  if (needs(web.methods ?? ['GET'])) return null;
  return tool === 'fetch'
    ? 'the tool "fetch" needs the method GET or HEAD in web.methods'
    : 'the tool "fetch_send" needs one of POST, PUT, PATCH, DELETE in web.methods';
}

function judgeReference(tool: string, servers: Readonly<Record<string, McpServer>>): string | null {
  const reference = parseMcpReference(tool);
  if (reference === null) return malformed(tool);
  const server = findServer(servers, reference.server);
  if (server === undefined) return describeUnknown('MCP server', reference.server, Object.keys(servers));
  if (reference.tool === '*') {
    return server.tools !== undefined || server.allowAll === true
      ? null
      : `takes every tool that the server "${reference.server}" will ever have. Name them one by one, or allow it with tools: […] or allowAll: true under mcp.${reference.server}`;
  }
  if (server.tools === undefined || server.tools.includes(reference.tool)) return null;
  const known = server.tools.map((name) => printMcpReference({ server: reference.server, tool: name }));
  return describeUnknown('tool', tool, known);
}

function judgeApproval(tool: string, servers: readonly string[]): string | null {
  const reference = parseMcpReference(tool);
  if (reference === null) return malformed(tool);
  return servers.includes(reference.server) ? null : describeUnknown('MCP server', reference.server, servers);
}

function malformed(tool: string): string {
  return `"${tool.slice(0, 200)}" names no tool of an MCP server: write mcp:SERVER/TOOL`;
}

/** As the teams below call them. */
function listServerNames({ team }: Role): string[] {
  if (team === undefined) return [];
  return [...Object.keys(team.mcp ?? {}).map(ownServerName), ...Object.values(team.roles).flatMap(listServerNames)];
}
