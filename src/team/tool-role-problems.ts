/** What a definition says of a role that is one tool, and only a role with a model can have. */
import type { CheckedDefinition, CheckedRole } from './team-definition.ts';
import type { Finding } from './team-problems.ts';

const modelKeys = [
  'model',
  'fallbackModels',
  'temperature',
  'instructions',
  'tools',
  'team',
  'share',
  'a2a',
  'output',
  'purpose',
] as const satisfies readonly (keyof CheckedRole)[];

export function findToolRoleProblems(definition: CheckedDefinition): Finding[] {
  return Object.entries(definition.roles ?? {}).flatMap(([name, role]) => {
    if (role?.tool === undefined) {
      if (role?.result === undefined) return [];
      const message = 'belongs to a role that is one tool: what a model answers is the result';
      return [{ path: ['roles', name, 'result'], at: 'key', message }];
    }
    return modelKeys
      .filter((key) => role[key] !== undefined)
      .map(
        (key): Finding => ({
          path: ['roles', name, key],
          at: 'key',
          message: `belongs to a role with a model; "${name}" is one call of the tool "${role.tool ?? ''}"`,
        }),
      );
  });
}
