/** Which checks can be made. Plans and teams are asked before a run starts, so that no token is spent on what cannot be judged. */
import { PlanwrightError } from '../errors.ts';
import type { AcceptCheck, Subtask } from '../plan/plan.ts';
import { checkExpression } from '../plan/predicate.ts';
import { findRole } from '../team/find-role.ts';
import type { Role, Team } from '../team/team.ts';
import { inspectCodeCheck } from './code-check-fields.ts';
import { defaultCritic } from './judge.ts';
import { inspectSchema } from './schema-inspect.ts';

export interface UnavailableCheck {
  /** Dotted path: `subtasks.3.accept.0.path`, `roles.critic.accept.1.schema.$ref`. */
  path: string;
  kind: AcceptCheck['kind'];
  message: string;
}

/** null when the check can be made, by the roles of this team if it is known; `path` leads from the check to what is wrong. */
export function describeUnavailableCheck(check: AcceptCheck, team?: Team): { path: (string | number)[]; message: string } | null {
  switch (check.kind) {
    case 'schema': {
      const problem = inspectSchema(check.schema);
      return problem === null ? null : { path: ['schema', ...problem.path], message: problem.message };
    }
    case 'file':
    case 'predicate': {
      if (check.kind === 'file' && team !== undefined && team.workspace === undefined) return withoutWorkspace;
      for (const field of ['matches', 'notMatches'] as const) {
        const expression = check[field];
        const problem = expression === undefined ? null : checkExpression(expression);
        if (problem !== null) return { path: [field], message: problem };
      }
      return null;
    }
    case 'critic': {
      const message = team === undefined ? null : describeUnfitCritic(check.role ?? defaultCritic, team);
      return message === null ? null : { path: check.role === undefined ? [] : ['role'], message };
    }
    case 'code': {
      const problem = inspectCodeCheck(check);
      return problem === null ? null : { path: [problem.field], message: problem.message };
    }
    case 'command':
      return team !== undefined && team.workspace === undefined ? withoutWorkspace : null;
    case 'quotes':
    case 'rubric':
      return null;
  }
}

const withoutWorkspace = {
  path: [],
  message: 'the team has no workspaces, so a result has no files to look at. Write "workspace: {}" in the team file',
};

/** An approval needs a tool call behind it, so a critic without tools can never give one. */
function describeUnfitCritic(name: string, team: Team): string | null {
  const role = findRole(team, name);
  if (role === undefined)
    return `there is no role "${name}" in team "${team.name}". Roles: ${Object.keys(team.roles).join(', ')}`;
  if (role.team !== undefined) return `the critic "${name}" must be one agent, but that role is a team`;
  if (role.tools.length > 0) return null;
  return `the critic "${name}" has no tools, so no approval of it could count. Give it tools that can refute a result`;
}

/** Every check of a plan and of a team, sub-teams included, that cannot be made. */
export function findUnavailableChecks(source: { subtasks?: readonly Subtask[]; team?: Team }): UnavailableCheck[] {
  const { team } = source;
  const found = (source.subtasks ?? []).flatMap((subtask, index) =>
    inspectChecks(`subtasks.${index}.accept`, subtask.accept, team),
  );
  return source.team === undefined ? found : [...found, ...inspectTeam('', source.team)];
}

/**
 * @throws {PlanwrightError} `check-unavailable` for the first check that cannot be made, located; all of them in `details.checks`.
 */
export function refuseUnavailableChecks(source: { subtasks?: readonly Subtask[]; team?: Team }): void {
  const checks = findUnavailableChecks(source);
  const [first] = checks;
  if (first === undefined) return;
  const more = checks.length > 1 ? ` (and ${checks.length - 1} more)` : '';
  throw new PlanwrightError('check-unavailable', `${first.path}: ${first.message}.${more}`, {
    location: { path: first.path },
    details: { checks },
  });
}

function inspectTeam(prefix: string, team: Team): UnavailableCheck[] {
  const roles = Object.entries(team.roles);
  return [
    ...roles.flatMap(([name, role]) => inspectRole(`${prefix}roles.${name}.`, role, team)),
    ...inspectChecks(`${prefix}generalist.accept`, team.generalist.accept, team),
    ...inspectChecks(`${prefix}accept`, team.accept, team),
  ];
}

function inspectRole(prefix: string, role: Role, team: Team): UnavailableCheck[] {
  const own = inspectChecks(`${prefix}accept`, role.accept, team);
  return role.team === undefined ? own : [...own, ...inspectTeam(`${prefix}team.`, role.team)];
}

function inspectChecks(prefix: string, checks: readonly AcceptCheck[] | undefined, team: Team | undefined): UnavailableCheck[] {
  return (checks ?? []).flatMap((check, index) => {
    const unavailable = describeUnavailableCheck(check, team);
    if (unavailable === null) return [];
    const { path, message } = unavailable;
    return [{ path: [prefix, index, ...path].join('.'), kind: check.kind, message }];
  });
}
