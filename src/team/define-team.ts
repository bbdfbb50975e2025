/** Teams written in TypeScript: the same format, checks and defaults as a team file. */
import { buildTeam } from './build-team.ts';
import type { Team } from './team.ts';
import type { TeamDefinition } from './team-definition.ts';
import { dottedPath, teamProblemsError } from './team-problems.ts';

export interface DefineTeamOptions {
  /** Names of the tools that exist besides `files`, `calc` and their members. Without them tool names are not checked. */
  tools?: readonly string[];
}

/**
 * A sub-team is a definition, a team, or the name of a preset; paths belong to team files.
 * @throws {PlanwrightError} `team-invalid`, its message beginning with the path: `roles.critic.model: …`.
 */
export function defineTeam(definition: TeamDefinition, options: DefineTeamOptions = {}): Team {
  return buildFromValue(definition, options);
}

/** A definition of which nothing is known yet: the default export of a module, say. */
export function buildFromValue(value: unknown, options: DefineTeamOptions = {}): Team {
  const document = { value, locate: ({ path }: { path: readonly (string | number)[] }) => ({ path: dottedPath(path) }) };
  const built = buildTeam(
    { kind: 'opened', document, trail: [] },
    {
      tools: options.tools,
      openTeam: (reference) => ({
        kind: 'unknown',
        message: `"${reference.slice(0, 200)}" is not a preset; only a team file can name another file`,
      }),
    },
  );
  if (built.team === null) throw teamProblemsError(built.problems);
  return built.team;
}
