/** What the routes are given, and how they answer. */
import type { Context, TypedResponse } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Json, loadTeam, PlanwrightError, parseTeamFile, resolveInside, type Store, type Team } from '../index.ts';
import type { ComparisonDriver } from './comparison-driver.ts';
import type { FeedHub } from './feed-hub.ts';
import type { RunDriver } from './run-driver.ts';
import type { ServerInfo } from './schemas/action.ts';

export interface ApiContext {
  store: Store;
  driver: RunDriver;
  comparisons: ComparisonDriver;
  hub: FeedHub;
  info: ServerInfo;
  /** By name, the operator's own. */
  teams: ReadonlyMap<string, Team>;
  /** Real paths that a task's files may lie below. */
  filesRoots: readonly string[];
  /** Who answers for a person, for the journal. */
  answersAs: string;
}

/** The body as it is, with its own type: Hono's would be that of a value that went through JSON. */
export function reply<Body extends object, Status extends ContentfulStatusCode>(
  c: Context,
  body: Body,
  status: Status,
): Response & TypedResponse<Body, Status, 'json'> {
  return c.json(body, status) as unknown as Response & TypedResponse<Body, Status, 'json'>;
}

/**
 * A team that a request names or holds.
 * @throws {PlanwrightError} `team-invalid`; a team of a request starts no programs of its own.
 */
export async function readTeam({ teams, info }: ApiContext, asked: string | Record<string, Json>): Promise<Team> {
  if (typeof asked === 'string') {
    const own = teams.get(asked);
    if (own !== undefined) return own;
    const known = info.teams.map(({ name }) => name);
    if (known.includes(asked)) return loadTeam(asked);
    const message = `There is no team ${JSON.stringify(asked.slice(0, 200))} here. Teams: ${known.join(', ')}.`;
    throw new PlanwrightError('team-invalid', message);
  }
  // Without a way to read files: a definition of a request leads to none.
  const team = parseTeamFile(JSON.stringify(asked), 'team');
  refusePrograms(team);
  return team;
}

/** The first of the operator's folders that has it. @throws {PlanwrightError} `path-outside-root`, `usage`. */
export async function findFolder({ filesRoots }: Pick<ApiContext, 'filesRoots'>, wanted: string): Promise<string> {
  const [last, ...before] = filesRoots.toReversed();
  for (const root of before.reverse()) {
    const found = await resolveInside(root, wanted).catch(() => null);
    if (found !== null) return found;
  }
  return resolveInside(last, wanted);
}

function refusePrograms({ mcp, roles, generalist }: Team): void {
  for (const servers of [mcp, generalist.mcp]) {
    const [name] = Object.entries(servers ?? {}).find(([, { command }]) => command !== undefined) ?? [];
    if (name === undefined) continue;
    throw new PlanwrightError(
      'team-invalid',
      `mcp.${name}.command: a team that comes with a request starts no program. Give the server the team with --team FILE.`,
    );
  }
  for (const { team } of Object.values(roles)) if (team !== undefined) refusePrograms(team);
}
