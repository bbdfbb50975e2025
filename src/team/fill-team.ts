/** A team whose texts hold a plan's inputs. */
import type { Json } from '../json.ts';
import type { Role, Team } from './team.ts';

/** Descriptions and instructions of its roles, at every depth, and every `instruction` among its pattern's options. */
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
    ...(team.pattern === undefined ? {} : { pattern: { ...team.pattern, options: fillMembers(team.pattern.options, fill) } }),
  };
}

/** Names and ids among them stay. */
function fillInstructions(value: Json, fill: (text: string) => string): Json {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map((item) => fillInstructions(item, fill)) : fillMembers(value, fill);
}

function fillMembers(members: { [key: string]: Json }, fill: (text: string) => string): { [key: string]: Json } {
  const fillMember = (key: string, value: Json): Json =>
    key === 'instruction' && typeof value === 'string' ? fill(value) : fillInstructions(value, fill);
  return Object.fromEntries(Object.entries(members).map(([key, value]) => [key, fillMember(key, value)]));
}
