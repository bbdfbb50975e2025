/** The plan of a team that follows a pattern: made without a model, or written by one in the pattern's own form. */
import { PlanwrightError } from '../errors.ts';
import { findPattern } from '../patterns/find-pattern.ts';
import type { Pattern, PatternOptions, PatternTask } from '../patterns/pattern.ts';
import { checkPlan } from '../plan/check.ts';
import type { Plan } from '../plan/plan.ts';
import { draftDialect } from '../planner/draft-dialect.ts';
import type { DraftedPlan, DraftPlanOptions } from '../planner/draft-plan.ts';
import type { PatternChoice } from '../team/team.ts';
import { outlineTools } from './outline-tools.ts';
import type { RunEnvironment, RunNode } from './run-environment.ts';

export type PlanningSurroundings = Pick<RunEnvironment, 'tools' | 'servers' | 'files'>;

export interface PatternPlanOptions extends DraftPlanOptions {
  choice: PatternChoice;
}

export function patternOf({ name }: PatternChoice): Pattern {
  const pattern = findPattern(name);
  if (pattern !== undefined) return pattern;
  throw new PlanwrightError('team-invalid', `The team follows the pattern "${name}", which this Planwright does not know.`);
}

export function planningOf(
  env: PlanningSurroundings,
  { team, task, outputSchema }: Pick<RunNode, 'team' | 'task' | 'outputSchema'>,
  choice: PatternChoice,
): PatternTask<PatternOptions> {
  return {
    task,
    team,
    options: choice.options,
    tools: outlineTools(env, team),
    ...(env.files === undefined ? {} : { files: env.files.listing }),
    ...(outputSchema === undefined ? {} : { outputSchema }),
  };
}

export async function planByPattern(planning: PatternTask<PatternOptions>, options: PatternPlanOptions): Promise<DraftedPlan> {
  const { team, task, choice } = options;
  const { plan } = patternOf(choice);
  if (typeof plan !== 'function') return draftDialect({ ...options, dialect: plan, planning });
  const { subtasks, deliverable } = plan(planning);
  const planned: Plan = { version: 1, task, ...(deliverable === undefined ? {} : { deliverable }), subtasks };
  const { problems } = checkPlan(planned, { roles: Object.keys(team.roles), maxSubtasks: team.planner.maxSubtasks });
  if (problems.length > 0) return { kind: 'refused', problems };
  for (const subtask of subtasks) options.onElement(subtask);
  return { kind: 'accepted', plan: planned };
}
