/** A crew's agents as the roles of a team file. */
import { stringify } from 'yaml';
import type { RoleDefinition, TeamDefinition } from '../../team/team-definition.ts';
import type { Crew, CrewAgent } from './crew.ts';

export interface CrewTeamOptions {
  /** The model of every role, in place of what its agent's `llm` says. */
  model?: string;
  /** The name of the agent that manages a hierarchical crew. Default: a role that is made for it. */
  manager?: string;
}

/** What a manager is that no agent of the crew is. */
const madeManager = {
  description: 'Manages the crew: hands out its tasks and answers for their results.',
  instructions:
    'You manage a crew. For each task you choose who does it, tell them all that they need to know, look at what comes back against what was expected, and have it done again where it falls short. You answer with the finished result.',
};

/** The role that manages, by its name; undefined where the process is sequential. */
export function nameManager({ process, agents }: Crew, manager?: string): string | undefined {
  if (process !== 'hierarchical') return undefined;
  const given = agents.find(({ name }) => name === manager);
  if (given !== undefined) return given.roleName;
  const taken = new Set(agents.map(({ roleName }) => roleName));
  return ['manager', 'crew-manager', ...agents.map((_, at) => `crew-manager-${at + 2}`)].find((name) => !taken.has(name));
}

export function toTeamDefinition(crew: Crew, { model, manager }: CrewTeamOptions = {}): TeamDefinition {
  const asking = new Set(crew.tasks.flatMap(({ agent, asksPerson }) => (asksPerson && agent !== null ? [agent] : [])));
  const roles: Record<string, RoleDefinition> = {};
  for (const agent of crew.agents) roles[agent.roleName] = toRole(agent, { asks: asking.has(agent.name), model });
  const managing = nameManager(crew, manager);
  if (managing !== undefined && !Object.hasOwn(roles, managing)) roles[managing] = madeManager;
  return { version: 1, name: 'crew', ...(model === undefined ? {} : { model }), roles };
}

function toRole(agent: CrewAgent, { asks, model }: { asks: boolean; model: string | undefined }): RoleDefinition {
  const { role, goal, backstory, knownTools, maxIterations, maxSeconds } = agent;
  const limits = {
    ...(maxIterations === undefined ? {} : { maxSteps: Math.min(maxIterations, 1000) }),
    ...(maxSeconds === undefined ? {} : { attemptTimeoutMs: maxSeconds * 1000 }),
  };
  const parts = [`You are ${role}.`, backstory, goal === '' ? '' : `Your goal: ${goal}`];
  return {
    description: cut(role.replace(/\s+/g, ' ').trim(), 1000),
    instructions: parts.filter((part) => part !== '').join('\n\n'),
    ...(model === undefined && agent.model !== undefined ? { model: agent.model } : {}),
    ...(knownTools.length === 0 ? {} : { tools: [...new Set(knownTools)] }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(asks ? { approval: 'required' as const } : {}),
  };
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** A team file: parseTeamFile reads it back. */
export function renderTeamDefinition(definition: TeamDefinition): string {
  return stringify(definition, { lineWidth: 100, aliasDuplicateObjects: false });
}
