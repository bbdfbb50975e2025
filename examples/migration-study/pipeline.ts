/** The document's team and its plans: planner, researcher, two coders, critic. */
import { defineTeam, type Plan, type Team } from 'planwright';
import { kinds, type MigrationKind, servicesOf } from './migrations.ts';
import { millionTokensUsd, successUsd } from './parameters.ts';

export interface PipelineStep {
  id: string;
  role: 'researcher' | 'coder' | 'critic';
  dependsOn: readonly string[];
  /** Services it works on, and reads. */
  services: number;
}

/** The planner's step; the others are subtasks of its plan. */
export const planStep = 'plan';

/**
 * Small: a chain, the second coder goes on from the first one's work. Large: each coder takes half of the services, at the
 * same time, and the critic puts both halves together. Five steps either way, the planner's counted.
 */
export function pipelineOf(kind: MigrationKind): PipelineStep[] {
  const all = servicesOf(kind);
  const isChain = kind === 'small';
  const part = isChain ? all : all / 2;
  return [
    { id: 'research', role: 'researcher', dependsOn: [], services: all },
    { id: 'code-1', role: 'coder', dependsOn: ['research'], services: part },
    { id: 'code-2', role: 'coder', dependsOn: [isChain ? 'code-1' : 'research'], services: part },
    { id: 'review', role: 'critic', dependsOn: isChain ? ['code-2'] : ['code-1', 'code-2'], services: all },
  ];
}

/** In the order of a plan, the planner's first. */
export const stageIds: readonly string[] = [planStep, ...pipelineOf(kinds[0]).map(({ id }) => id)];

/** @param brief What every executor works by: the mark of the planner's step. */
export function writePlan(kind: MigrationKind, task: string, brief: string): Plan {
  const subtasks = pipelineOf(kind).map(({ id, role, dependsOn }) => ({
    id,
    role,
    instruction: `Do ${id} by brief ${brief}.`,
    dependsOn: [...dependsOn],
  }));
  return { version: 1, task, subtasks, deliverable: 'review' };
}

/** One agent has the whole task and no plan. */
export const engineerInstructions = 'You are the engineer. You port services by yourself.';

/** Nothing is retried or checked: as in the document's arithmetic the critic is a fifth step, not a filter. */
export const migrationTeam: Team = defineTeam({
  name: 'migration',
  roles: {
    researcher: { description: 'Finds what has to change.', instructions: 'You are the researcher.' },
    coder: { description: 'Changes the code.', instructions: 'You are the coder.', limits: { concurrency: 2 } },
    critic: { description: 'Reviews the change and hands it over.', instructions: 'You are the critic.' },
  },
  generalist: { instructions: engineerInstructions },
  limits: { retries: 0, reroutes: 0, replans: 0 },
  gate: { successUsd, millionTokensUsd },
});
