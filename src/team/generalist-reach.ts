/**
 * What the agent that takes a whole task alone may reach: all that the team's roles may, those of sub-teams included. Servers
 * are looked up in the team that names them, so a sub-team's server whose name is taken gets the role's name before its own.
 */
import { isDeepStrictEqual } from 'node:util';
import { findServer, type McpServer, parseMcpReference, printMcpReference, type WebAccess } from './reach.ts';
import type { Role, Team } from './team.ts';

export interface GeneralistReach {
  /** Tools of all roles, in their order; one name may occur many times. */
  tools: string[];
  /** Absent: the team's own. */
  mcp?: Record<string, McpServer>;
  webs?: WebAccess[];
}

type Reach = Pick<Team, 'roles' | 'mcp' | 'web'>;

export function gatherReach(team: Reach): GeneralistReach {
  const servers: Record<string, McpServer> = { ...team.mcp };
  const ownCount = Object.keys(servers).length;
  const webs: WebAccess[] = [];
  const tools = collect(team, '', { servers, webs });
  const isOwn = webs.every((web) => isDeepStrictEqual(web, team.web));
  return {
    tools,
    ...(Object.keys(servers).length === ownCount ? {} : { mcp: servers }),
    ...(isOwn ? {} : { webs: distinct(webs) }),
  };
}

function collect(team: Reach, path: string, found: { servers: Record<string, McpServer>; webs: WebAccess[] }): string[] {
  return Object.values(team.roles).flatMap((role) => [
    ...role.tools.map((tool) => {
      if (team.web !== undefined && (tool === 'fetch' || tool === 'fetch_send')) found.webs.push(team.web);
      const reference = parseMcpReference(tool);
      const server = reference === null ? undefined : findServer(team.mcp ?? {}, reference.server);
      if (reference === null || server === undefined) return tool;
      return printMcpReference({ ...reference, server: claimName(found.servers, reference.server, { server, path }) });
    }),
    ...(role.team === undefined ? [] : collect(role.team, nameInside(path, role), found)),
  ]);
}

function claimName(
  servers: Record<string, McpServer>,
  name: string,
  { server, path }: { server: McpServer; path: string },
): string {
  for (let copy = 1; ; copy += 1) {
    const taken = copy === 1 ? name : `${path}${copy === 2 ? '' : `-${copy}`}.${name}`;
    const there = findServer(servers, taken);
    if (there !== undefined && !isDeepStrictEqual(there, server)) continue;
    servers[taken] = server;
    return taken;
  }
}

/** Without the marks that part the pieces of a reference. */
function nameInside(path: string, { name }: Role): string {
  const own = name.replace(/[^\p{L}\p{N}_-]/gu, '_');
  return path === '' ? own : `${path}.${own}`;
}

function distinct(webs: readonly WebAccess[]): WebAccess[] {
  return webs.filter((web, index) => webs.findIndex((other) => isDeepStrictEqual(other, web)) === index);
}
