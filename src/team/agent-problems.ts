/** What a definition says of a remote agent that only a role of this team's own can be. */
import type { CheckedDefinition, CheckedRole } from './team-definition.ts';
import type { Finding } from './team-problems.ts';

/** Its tools, its model and how it works are its own affair. */
const foreignKeys = [
  'model',
  'fallbackModels',
  'temperature',
  'tools',
  'team',
  'share',
] as const satisfies readonly (keyof CheckedRole)[];

export function findAgentProblems(definition: CheckedDefinition): Finding[] {
  return Object.entries(definition.roles ?? {}).flatMap(([name, role]) => {
    if (role?.a2a === undefined) return [];
    return foreignKeys
      .filter((key) => role[key] !== undefined)
      .map(
        (key): Finding => ({
          path: ['roles', name, key],
          at: 'key',
          message: `belongs to a role of this team; "${name}" is a remote agent, whose ${key} is its own affair`,
        }),
      );
  });
}
