import { PlanwrightError } from '../errors.ts';
import { findRole } from '../team/find-role.ts';
import type { Role } from '../team/team.ts';
import type { RunNode } from './run-environment.ts';

/** @throws {PlanwrightError} `plan-invalid` when the run's team has no such role. */
export function roleOf({ team }: RunNode, name: string): Role {
  const role = findRole(team, name);
  if (role === undefined) {
    throw new PlanwrightError(
      'plan-invalid',
      `Role "${name}" is not in team "${team.name}". Known roles: ${Object.keys(team.roles).join(', ')}.`,
    );
  }
  return role;
}
