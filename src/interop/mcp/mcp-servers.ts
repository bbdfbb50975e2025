/**
 * The MCP servers of one run and of all its sub-teams.
 *
 * Invariants
 * 1. A role gets the tools that it names, from servers of its own team, and no others.
 * 2. A server is started when a role that names it is about to work and its catalog is not in the journal, or when one of
 *    its tools is called; never for a run in which neither happens.
 * 3. Servers that are reached in the same way are one, whatever teams call them.
 * 4. Once `close` has resolved, no process is left.
 */
import { PlanwrightError } from '../../errors.ts';
import type { Tool, ToolEffect } from '../../execute/tool.ts';
import {
  findServer,
  isMcpReference,
  type McpReference,
  type McpServer,
  ownServerName,
  parseMcpReference,
  printMcpReference,
  serversOf,
} from '../../team/reach.ts';
import type { Environment } from '../../team/secrets.ts';
import type { Role, Team } from '../../team/team.ts';
import type { Catalog, CatalogTool } from './catalog.ts';
import { type CatalogJournal, loadCatalog } from './journaled-catalog.ts';
import { withEnd } from './mcp-connection.ts';
import { RunningServer } from './mcp-server.ts';
import { createMcpTool } from './mcp-tool.ts';
import { addressKey, resolveAddress } from './server-address.ts';

export interface McpServers {
  /** Starts nothing. @throws {PlanwrightError} `tool-unknown` for a server that the team has not; `secret-missing`; `usage`. */
  check(role: Role, team: Team): void;
  /**
   * The tools that the role names, in that order.
   * @throws {PlanwrightError} `tool-unavailable` when a server can't be started; `tool-unknown` when it has no such tool; the
   * signal's reason.
   */
  toolsFor(role: Role, team: Team, signal: AbortSignal): Promise<Tool[]>;
  /** Ends every process and connection. What is called afterwards fails. */
  close(): Promise<void>;
}

export interface McpServersOptions extends CatalogJournal {
  /** The outermost: what its roles and those of its sub-teams name is what is read of a server's list. */
  team: Team;
  env: Environment;
}

interface NamedServer {
  reference: McpReference;
  spec: McpServer;
}

interface WantedTools {
  names: Set<string>;
  all: boolean;
}

export function createMcpServers(options: McpServersOptions): McpServers {
  const { team: outermost, env, ...journal } = options;
  const wanted = collectWanted(outermost);
  const running = new Map<string, RunningServer>();
  /** Several attempts may wait for one; that one of them is cancelled does not end it. */
  const catalogs = new Map<string, Promise<Catalog>>();
  const ended = new AbortController();

  const serverOf = ({ reference, spec }: NamedServer): RunningServer => {
    const address = addressKey(spec);
    const server = running.get(address) ?? new RunningServer(ownServerName(reference.server), spec, env);
    running.set(address, server);
    return server;
  };
  const catalogOf = (named: NamedServer): Promise<Catalog> => {
    const address = addressKey(named.spec);
    const known = catalogs.get(address);
    if (known !== undefined) return known;
    const asked = wanted.get(address) ?? { names: new Set<string>(), all: false };
    const loading = loadCatalog(serverOf(named), { address, wanted: asked, journal, signal: ended.signal });
    catalogs.set(address, loading);
    // Whoever comes next tries again.
    loading.catch(() => catalogs.delete(address));
    return loading;
  };

  return {
    check: (role, team) => {
      for (const { reference, spec } of listReferences(role, team)) resolveAddress(reference.server, spec, env);
    },
    toolsFor: async (role, team, signal) => {
      const tools = new Map<string, Tool>();
      for (const named of listReferences(role, team)) {
        const catalog = await withEnd(catalogOf(named), signal);
        for (const tool of selectTools(named, catalog)) {
          const name = printMcpReference({ server: named.reference.server, tool: tool.name });
          tools.set(name, makeTool(named, tool, { team, server: serverOf(named) }));
        }
      }
      return [...tools.values()];
    },
    close: async () => {
      ended.abort(new PlanwrightError('cancelled', 'The run has ended.'));
      await Promise.all([...running.values()].map((server) => server.close()));
    },
  };
}

/** @throws {PlanwrightError} `tool-unknown`: teams that were made by hand or stored are not checked before. */
function listReferences(role: Role, team: Team): NamedServer[] {
  const servers = serversOf(role, team);
  return role.tools.filter(isMcpReference).map((tool) => {
    const reference = parseMcpReference(tool);
    const spec = reference === null ? undefined : findServer(servers, reference.server);
    if (reference !== null && spec !== undefined) return { reference, spec };
    const known = Object.keys(servers).join(', ') || 'none';
    throw new PlanwrightError(
      'tool-unknown',
      `Role "${role.name}" names "${tool}", but team "${team.name}" has no such MCP server. Known servers: ${known}.`,
      { details: { name: tool } },
    );
  });
}

function collectWanted(team: Team, wanted = new Map<string, WantedTools>()): Map<string, WantedTools> {
  for (const role of [...Object.values(team.roles), team.generalist]) {
    const servers = serversOf(role, team);
    for (const tool of role.tools) {
      const reference = parseMcpReference(tool);
      const spec = reference === null ? undefined : findServer(servers, reference.server);
      if (reference === null || spec === undefined) continue;
      const entry = wanted.get(addressKey(spec)) ?? { names: new Set<string>(), all: false };
      if (reference.tool !== '*') entry.names.add(reference.tool);
      else if (spec.tools === undefined) entry.all = true;
      else for (const name of spec.tools) entry.names.add(name);
      wanted.set(addressKey(spec), entry);
    }
    if (role.team !== undefined) collectWanted(role.team, wanted);
  }
  return wanted;
}

/** @throws {PlanwrightError} `tool-unknown`. With `*` a tool that can't be used is left out. */
function selectTools({ reference, spec }: NamedServer, { tools, others }: Catalog): CatalogTool[] {
  if (reference.tool === '*') {
    const usable = tools.filter(({ unusable }) => unusable === undefined);
    return spec.tools === undefined ? usable : usable.filter(({ name }) => spec.tools?.includes(name));
  }
  const tool = tools.find(({ name }) => name === reference.tool);
  if (tool?.unusable === undefined && tool !== undefined) return [tool];
  const why =
    tool === undefined
      ? `has no tool "${reference.tool}". Its tools: ${[...tools.map(({ name }) => name), ...others].join(', ') || 'none'}.`
      : `has the tool "${reference.tool}", but ${tool.unusable}.`;
  throw new PlanwrightError('tool-unknown', `The MCP server "${reference.server}" ${why}`, { details: { name: reference.tool } });
}

function makeTool(
  { reference, spec }: NamedServer,
  { name, description, inputSchema = { type: 'object' }, hint }: CatalogTool,
  { team, server }: { team: Team; server: RunningServer },
): Tool {
  const stated = Object.hasOwn(spec.effects ?? {}, name) ? spec.effects?.[name] : undefined;
  const trusted: ToolEffect | undefined = spec.trust === 'annotations' ? hint : undefined;
  return createMcpTool({
    serverName: reference.server,
    server,
    name,
    description,
    inputSchema,
    effect: stated ?? trusted ?? 'once',
    isApproved: needsApproval(team, reference.server, name),
  });
}

/** What a team wants approved it says in its own words; a generalist may know the server by a longer name. */
function needsApproval({ approvals }: Team, server: string, tool: string): boolean {
  return (approvals?.tools ?? []).some((name) => {
    const wanted = parseMcpReference(name);
    return wanted?.server === ownServerName(server) && (wanted.tool === '*' || wanted.tool === tool);
  });
}
