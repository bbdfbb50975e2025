/** One role with the team's `defaults` and the library's filled in. */
import { defaultRoleLimits } from './defaults.ts';
import { readRemoteAgent } from './remote-agent.ts';
import type { Role, RoleLimits, Team } from './team.ts';
import type { CheckedAgent, CheckedDefinition, CheckedRole } from './team-definition.ts';
import { withoutUndefined } from './without-undefined.ts';

type RoleDefaults = NonNullable<CheckedDefinition['defaults']>;

export function resolveRole(name: string, role: CheckedRole, given: RoleDefaults, team?: Team): Role {
  // Of what roles have by default a remote agent, and a tool, have limits and checks only.
  const { limits, accept } = given;
  const isBare = role.a2a !== undefined || role.tool !== undefined;
  const defaults: RoleDefaults = isBare ? withoutUndefined({ limits, accept }) : given;
  const description = role.description ?? team?.description ?? firstSentence(role.instructions ?? '');
  return {
    name,
    description: description === '' ? name : description,
    instructions: role.instructions ?? `You are the ${name}.${role.description ? ` ${role.description}` : ''}`,
    ...withoutUndefined({ skills: role.skills, approval: role.approval }),
    tools: role.tool === undefined ? (role.tools ?? defaults.tools ?? []) : [role.tool],
    ...withoutUndefined({
      model: role.model ?? defaults.model,
      fallbackModels: role.fallbackModels ?? defaults.fallbackModels,
      temperature: role.temperature ?? defaults.temperature,
      tool: role.tool,
      result: role.result,
      output: role.output,
      purpose: role.purpose,
      a2a: role.a2a === undefined ? undefined : readRemoteAgent(role.a2a),
      team,
      share: role.share,
    }),
    limits: resolveRoleLimits(role, defaults),
    accept: [
      ...(role.output === undefined ? [] : [{ kind: 'schema' as const, schema: role.output }]),
      ...(role.accept ?? defaults.accept ?? []),
    ],
    fallback: role.fallback ?? [],
  };
}

export function resolveRoleLimits(role: CheckedAgent, defaults: RoleDefaults): RoleLimits {
  return { ...defaultRoleLimits, ...withoutUndefined({ ...defaults.limits, ...role.limits }) };
}

/** Up to the first full stop, at most 120 characters. */
function firstSentence(text: string): string {
  const [sentence = ''] = text
    .slice(0, 1000)
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.!?]) /, 1);
  return sentence.length > 120 ? `${sentence.slice(0, 119)}…` : sentence;
}
