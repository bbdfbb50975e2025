/** Questions about a team that is already resolved. */
import type { Role, Team } from './team.ts';

/** The role of this name, the generalist included. Names come from models: nothing that objects inherit is ever found. */
export function findRole(team: Team, name: string): Role | undefined {
  if (Object.hasOwn(team.roles, name)) return team.roles[name];
  return team.generalist.name === name ? team.generalist : undefined;
}

/** Teams within each other on the longest path: 1 without sub-teams. */
export function measureDepth(team: Team): number {
  return 1 + Math.max(0, ...Object.values(team.roles).map((role) => (role.team === undefined ? 0 : measureDepth(role.team))));
}
