/** A crew's agents as the roles of a team file, and, where a manager gives them out, its tasks. */
import { stringify } from 'yaml';
import type { CrewStep } from '../../patterns/crew-tasks.ts';
import { delegationForm, mostSubtasks } from '../../patterns/crewai-hierarchical.ts';
import { maxPlannedSubtasks } from '../../plan/plan.ts';
import type { RoleDefinition, TeamDefinition } from '../../team/team-definition.ts';
import type { Crew, CrewAgent } from './crew.ts';
import { nameCollector } from './crew-plan.ts';

export interface CrewTeamOptions {
  /** The model of every role, in place of what its agent's `llm` says. */
  model?: string;
  /** The name of the agent that manages a hierarchical crew. Default: a role that is made for it. */
  manager?: string;
}

const managing =
  'You do no task yourself. You choose who does each one and tell them all that they need to know: what to do as "work", what they have to know as "context". You judge what comes back against what was expected, and have it done again where it falls short.';

/** What a manager is that no agent of the crew is. */
const madeManager: RoleDefinition = {
  description: 'Manages the crew: hands out its tasks and answers for their results.',
  instructions: `You manage a crew. ${managing}`,
};

/** The role that manages, by its name; undefined where the process is sequential. */
export function nameManager({ process, agents }: Pick<Crew, 'process' | 'agents'>, manager?: string): string | undefined {
  if (process !== 'hierarchical') return undefined;
  const given = agents.find(({ name }) => name === manager);
  if (given !== undefined) return given.roleName;
  const taken = new Set(agents.map(({ roleName }) => roleName));
  return ['manager', 'crew-manager', ...agents.map((_, at) => `crew-manager-${at + 2}`)].find((name) => !taken.has(name));
}

/** @param steps Its tasks: a hierarchical crew's team holds them, for its manager to give out. */
export function toTeamDefinition(
  crew: Crew,
  steps: readonly CrewStep[],
  { model, manager: named }: CrewTeamOptions = {},
): TeamDefinition {
  const asking = new Set(crew.tasks.flatMap(({ agent, asksPerson }) => (asksPerson && agent !== null ? [agent] : [])));
  const roles: Record<string, RoleDefinition> = {};
  for (const agent of crew.agents) roles[agent.roleName] = toRole(agent, { asks: asking.has(agent.name), model });
  const manager = nameManager(crew, named);
  const collector = nameCollector(crew);
  if (collector !== undefined)
    roles[collector] = { tool: 'compose_text', description: 'Puts the outputs of all tasks together.' };
  const managed = manager === undefined ? {} : manage(manager, { roles, steps, inputs: crew.placeholders });
  return { version: 1, name: 'crew', ...(model === undefined ? {} : { model }), roles, ...managed };
}

interface ManagedCrew {
  /** The manager's becomes one that answers in the pattern's form. */
  roles: Record<string, RoleDefinition>;
  steps: readonly CrewStep[];
  inputs: string[];
}

function manage(manager: string, { roles, steps, inputs }: ManagedCrew): Pick<TeamDefinition, 'pattern' | 'planner' | 'limits'> {
  const { tools: _tools, ...own } = Object.hasOwn(roles, manager) ? (roles[manager] ?? {}) : {};
  const instructions = own.instructions === undefined ? madeManager.instructions : `${own.instructions}\n\n${managing}`;
  roles[manager] = {
    ...madeManager,
    ...own,
    ...(instructions === undefined ? {} : { instructions }),
    output: delegationForm,
    purpose: 'manage',
  };
  const most = mostSubtasks(steps.length);
  return {
    pattern: {
      name: 'crewai-hierarchical',
      manager,
      coworkers: Object.keys(roles).filter((name) => name !== manager),
      // The manager of a crew does no task: CrewAI leaves it out of the agents.
      tasks: steps.map(({ id, role, ...step }) => ({ id, ...(role === undefined || role === manager ? {} : { role }), ...step })),
      ...(inputs.length === 0 ? {} : { inputs }),
    },
    ...(most <= maxPlannedSubtasks ? {} : { planner: { maxSubtasks: most } }),
    // An answer that gives nothing out is asked for twice more, and of nobody else.
    limits: { retries: 2, reroutes: 0 },
  };
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
