/** The tools of a role: built-in ones, custom ones, and what its team opens to it outside. */
import { PlanwrightError } from '../errors.ts';
import type { Tool } from '../execute/tool.ts';
import { expandToolNames } from '../execute/tools/built-in-tools.ts';
import { fetchTools } from '../execute/tools/fetch-tool.ts';
import { nameApart } from '../interop/mcp/mcp-tool.ts';
import { isMcpReference, websOf } from '../team/reach.ts';
import type { Role, Team } from '../team/team.ts';
import type { RunEnvironment } from './run-environment.ts';

type Tooling = Pick<RunEnvironment, 'tools' | 'servers'>;

/** Names that the toolset gives away itself. */
const reservedNames = ['read_result', 'report_contradiction'];
const webNames = ['fetch', 'fetch_send'];

/** Starts no server. @throws {PlanwrightError} `tool-unknown`; `secret-missing` or `usage` for a server's address. */
export function checkTools(env: Tooling, team: Team): void {
  for (const role of [...Object.values(team.roles), team.generalist]) {
    if (role.team !== undefined) checkTools(env, role.team);
    else {
      listOwnTools(env, role, team);
      env.servers.check(role, team);
    }
  }
  const approvals = team.approvals?.tools ?? [];
  expandToolNames(
    approvals.filter((name) => !isMcpReference(name) && !webNames.includes(name)),
    env.tools,
  );
}

/** In the order named, those of MCP servers last. @throws {PlanwrightError} `tool-unknown`, `tool-unavailable`; the signal's reason. */
export async function toolsOfRole(
  env: Tooling,
  role: Role,
  { team, signal }: { team: Team; signal: AbortSignal },
): Promise<Tool[]> {
  const own = listOwnTools(env, role, team);
  const served = await env.servers.toolsFor(role, team, signal);
  const taken = new Set([...reservedNames, ...own.map(({ name }) => name)]);
  return [...own, ...served.map((tool) => nameApart(tool, taken))];
}

/** Those that no server has to be asked for. @throws {PlanwrightError} `tool-unknown` */
export function listOwnTools({ tools }: Tooling, role: Role, team: Team): Tool[] {
  const web = fetchTools(websOf(role, team));
  const given = new Set([...web, ...tools].map(({ name }) => name));
  const names = role.tools.filter((name) => !isMcpReference(name));
  const closed = names.find((name) => webNames.includes(name) && !given.has(name));
  if (closed !== undefined) {
    throw new PlanwrightError(
      'tool-unknown',
      `Role "${role.name}" names the tool "${closed}", but team "${team.name}" lists no host under web.hosts that it may ask with it.`,
      { details: { name: closed } },
    );
  }
  return expandToolNames(names, [...web, ...tools]);
}
