/** A team whose texts hold a plan's inputs. */
import type { Role, Team } from './team.ts';

/** Descriptions and instructions of its roles, at every depth. */
export function fillTeam(team: Team, fill: (text: string) => string): Team {
  const fillRole = (role: Role): Role => ({
    ...role,
    description: fill(role.description),
    instructions: fill(role.instructions),
    ...(role.team === undefined ? {} : { team: fillTeam(role.team, fill) }),
  });
  return {
    ...team,
    roles: Object.fromEntries(Object.entries(team.roles).map(([name, role]) => [name, fillRole(role)])),
    generalist: fillRole(team.generalist),
  };
}
