/** What a definition names that is not there: roles, tools, checks. */
import type { AcceptCheck } from '../plan/plan.ts';
import { describeUnavailableCheck } from '../verify/availability.ts';
import { findAgentProblems } from './agent-problems.ts';
import { generalistName, toolGroups } from './defaults.ts';
import { isMcpReference } from './reach.ts';
import { findReachProblems } from './reach-problems.ts';
import { describeUnknown } from './schema-issues.ts';
import type { Role } from './team.ts';
import type { CheckedAgent, CheckedDefinition } from './team-definition.ts';
import type { Finding, PathSegment } from './team-problems.ts';
import { findToolRoleProblems } from './tool-role-problems.ts';

/** Names that stand for nothing: of the generalist, of fallback roles, of tools. */
export function findReferenceProblems(
  definition: CheckedDefinition,
  generalist: Role | null,
  { roles, tools }: { roles: Readonly<Record<string, Role>>; tools?: readonly string[] | undefined },
): Finding[] {
  const findings: Finding[] = [];
  const roleNames = Object.keys(definition.roles ?? {});
  const reachable = new Set([...roleNames, generalist?.name ?? generalistName]);
  const given = definition.generalist;
  if (typeof given === 'string' && !roleNames.includes(given)) {
    findings.push({ path: ['generalist'], message: describeUnknown('role', given, roleNames) });
  } else if (generalist === null) {
    findings.push({
      path: ['generalist'],
      message: 'must be one agent of this team: that role is a team, a tool or a remote agent',
    });
  } else if (typeof given === 'object' && roleNames.includes(generalistName)) {
    findings.push({ path: ['generalist'], message: `there is also a role named "${generalistName}": write only one of them` });
  }
  const critic = definition.planner?.critic;
  if (critic !== undefined && !reachable.has(critic)) {
    findings.push({ path: ['planner', 'critic'], message: describeUnknown('role', critic, [...reachable]) });
  }
  for (const [name, role] of Object.entries(definition.roles ?? {})) {
    if (role?.share !== undefined && role.team === undefined) {
      findings.push({ path: ['roles', name, 'share'], message: 'only a role that is a team has a share of the budgets' });
    }
    role?.fallback?.forEach((fallback, index) => {
      const path = ['roles', name, 'fallback', index];
      if (fallback === name) findings.push({ path, message: 'a role cannot be its own fallback' });
      else if (!reachable.has(fallback)) findings.push({ path, message: describeUnknown('role', fallback, [...reachable]) });
    });
  }
  findings.push(...findAgentProblems(definition), ...findToolRoleProblems(definition));
  findings.push(...findReachProblems(definition, listAgents(definition), { roles, tools }));
  if (tools === undefined) return findings;
  const known = [...new Set([...Object.keys(toolGroups), ...Object.values(toolGroups).flat(), ...tools])];
  const isUnknown = (tool: string): boolean => !isMcpReference(tool) && !known.includes(tool);
  definition.approvals?.tools?.forEach((tool, index) => {
    if (isUnknown(tool)) findings.push({ path: ['approvals', 'tools', index], message: describeUnknown('tool', tool, known) });
  });
  for (const [path, agent] of listAgents(definition)) {
    agent.tools?.forEach((tool, index) => {
      if (isUnknown(tool)) findings.push({ path: [...path, 'tools', index], message: describeUnknown('tool', tool, known) });
    });
  }
  return findings;
}

/** Checks that no version, or not this one, can make. */
export function findCheckProblems(definition: CheckedDefinition): Finding[] {
  const groups: [PathSegment[], AcceptCheck[]][] = [[['accept'], definition.accept ?? []]];
  for (const [path, agent] of listAgents(definition)) groups.push([[...path, 'accept'], agent.accept ?? []]);
  return groups.flatMap(([path, checks]) =>
    checks.flatMap((check, index) => {
      const unavailable = describeUnavailableCheck(check);
      if (unavailable === null) return [];
      return [{ path: [...path, index, ...unavailable.path], message: unavailable.message }];
    }),
  );
}

function listAgents(definition: CheckedDefinition): [PathSegment[], CheckedAgent][] {
  const agents: [PathSegment[], CheckedAgent][] = Object.entries(definition.roles ?? {}).map(([name, role]) => [
    ['roles', name],
    role ?? {},
  ]);
  if (definition.defaults !== undefined) agents.push([['defaults'], definition.defaults]);
  if (typeof definition.generalist === 'object') agents.push([['generalist'], definition.generalist]);
  return agents;
}
