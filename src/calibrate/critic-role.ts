/** The critic that is calibrated: one role as a team of its own, so that a run is that role and nothing else. */
import { PlanwrightError } from '../errors.ts';
import { quoteText } from '../plan/quote-value.ts';
import { defineTeam } from '../team/define-team.ts';
import { findRole } from '../team/find-role.ts';
import type { Role, Team } from '../team/team.ts';
import { defaultCritic } from '../verify/judge.ts';

const instructions =
  'You look for defects in the work of others. Take nothing it says of itself for granted. Check every step, every figure and every case that the instruction names, then the cases it does not name: empty, one, many, equal, negative, missing. A defect is something you can show; a matter of taste is none.';

/** For whoever names no team: what any critic is asked for, and nothing about a field. */
export function plainCritic(hasFiles: boolean): Team {
  const critic = {
    description: 'Tries to refute a result.',
    instructions,
    tools: hasFiles ? ['files', 'calc'] : ['calc'],
  };
  return defineTeam({ name: 'plain-critic', roles: { [defaultCritic]: critic }, generalist: defaultCritic });
}

/**
 * @param name Default `critic`.
 * @throws {PlanwrightError} `usage` for a role that the team has not, and for one that is a team itself.
 */
export function isolateCritic(team: Team, name: string = defaultCritic): { team: Team; role: Role } {
  const found = findRole(team, name);
  if (found === undefined) {
    const known = Object.keys(team.roles)
      .map((role) => quoteText(role))
      .join(', ');
    throw new PlanwrightError(
      'usage',
      `The critic ${quoteText(name)} is not a role of team ${quoteText(team.name)}. Roles: ${known}. Name one with --role.`,
    );
  }
  if (found.team !== undefined) {
    throw new PlanwrightError('usage', `The critic ${quoteText(name)} is a team. Only a single role can be calibrated.`);
  }
  // A model that stood in would be measured under the name of the one that is meant.
  const role: Role = { ...found, fallbackModels: [], accept: [], fallback: [] };
  const { allocation: _, planner, limits, ...rest } = team;
  const alone: Team = {
    ...rest,
    roles: { [role.name]: role },
    generalist: role,
    planner: { maxSubtasks: planner.maxSubtasks, repairs: planner.repairs },
    synthesizer: {},
    accept: [],
    limits: { ...limits, reroutes: 0, replans: 0 },
  };
  return { team: alone, role };
}
