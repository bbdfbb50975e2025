/** From a resolved team to what the fold has to know of it. */
import type { RoleSettings, RunSettings } from '../events.ts';
import type { Strategy } from '../gate/gate.ts';
import type { RoleEstimate } from '../plan/forecast-basis.ts';
import type { Plan } from '../plan/plan.ts';
import { agentSpec } from '../team/remote-agent.ts';
import type { Role, RunLimits, Team } from '../team/team.ts';
import { allocateTeam } from './team-allocation.ts';

/** A sub-team has no way to read on in what is above it, so it is given all. */
const wholeHandoffTokens = 1e12;

export interface SettingsOptions {
  team: Team;
  strategy: Strategy | 'auto';
  limits: RunLimits;
  defaultModel: string;
  plan?: Plan;
  approve?: boolean;
  /** Whether the deliverable has a form to be checked, besides the team's own checks. */
  typed?: boolean;
  /** Of an allocation's chance. */
  seed?: number | undefined;
  /** What an allocation goes by, by role. Default: nothing is known. */
  estimates?: Readonly<Record<string, RoleEstimate>>;
}

export function makeSettings(options: SettingsOptions): RunSettings {
  const { team, strategy, limits, defaultModel, plan } = options;
  const roles: Record<string, RoleSettings> = {};
  for (const role of [...Object.values(team.roles), team.generalist]) {
    roles[role.name] = settingsOf(role, modelOf(role, team, defaultModel));
  }
  const given =
    plan === undefined
      ? undefined
      : { subtasks: plan.subtasks, ...(plan.deliverable === undefined ? {} : { deliverable: plan.deliverable }) };
  const { allocation: chosen = 'assigned' } = team;
  const { seed, estimates = {} } = options;
  const allocation = allocateTeam(team.roles, { strategy: chosen, seed, estimates });
  return {
    strategy: plan === undefined ? strategy : 'team',
    limits,
    generalist: team.generalist.name,
    roles,
    ...(allocation === undefined ? {} : { allocation }),
    ...(given === undefined ? {} : { plan: given }),
    ...(team.pattern === undefined ? {} : { pattern: team.pattern.name }),
    approve: options.approve ?? false,
    planRepairs: team.planner.repairs,
    ...(team.planner.critic === undefined ? {} : { reviewsPlan: true }),
    checksDeliverable: team.accept.length > 0 || options.typed === true,
    typed: options.typed ?? false,
  };
}

/** A remote agent stands where a model does, by its address; a tool by its name. */
export function modelOf(role: Pick<Role, 'model' | 'a2a' | 'tool'>, team: Team, defaultModel: string): string {
  if (role.a2a !== undefined) return agentSpec(role.a2a);
  if (role.tool !== undefined) return `tool:${role.tool}`;
  return role.model ?? team.model ?? defaultModel;
}

function settingsOf(role: Role, model: string): RoleSettings {
  const { concurrency, handoffTokens } = role.limits;
  return {
    model,
    fallback: role.fallback,
    composite: role.team !== undefined,
    ...(role.tool === undefined ? {} : { tool: true as const }),
    checks: role.accept.length > 0,
    ...(role.approval === undefined ? {} : { approval: role.approval }),
    ...(handoffTokens === undefined ? {} : { handoffTokens: role.team === undefined ? handoffTokens : wholeHandoffTokens }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}
