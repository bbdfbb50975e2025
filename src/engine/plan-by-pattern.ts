/** The plan of a team that follows a pattern: made without a model, or written by one in the pattern's own form. */
import { PlanwrightError } from '../errors.ts';
import { findPattern } from '../patterns/find-pattern.ts';
import type { Pattern, PatternOptions, PatternTask } from '../patterns/pattern.ts';
import { checkPlan } from '../plan/check.ts';
import type { Plan } from '../plan/plan.ts';
import { draftDialect } from '../planner/draft-dialect.ts';
import type { DraftedPlan, DraftPlanOptions } from '../planner/draft-plan.ts';
import type { PatternChoice, Team } from '../team/team.ts';

export function patternOf({ name }: PatternChoice): Pattern {
  const pattern = findPattern(name);
  if (pattern !== undefined) return pattern;
  throw new PlanwrightError('team-invalid', `The team follows the pattern "${name}", which this Planwright does not know.`);
}

export function planningOf(team: Team & { pattern: PatternChoice }, task: string): PatternTask<PatternOptions> {
  return { task, team, options: team.pattern.options };
}

export async function planByPattern(choice: PatternChoice, options: DraftPlanOptions): Promise<DraftedPlan> {
  const { team, task } = options;
  const { plan } = patternOf(choice);
  const planning = planningOf({ ...team, pattern: choice }, task);
  if (typeof plan !== 'function') return draftDialect({ ...options, dialect: plan, planning });
  const { subtasks, deliverable } = plan(planning);
  const planned: Plan = { version: 1, task, ...(deliverable === undefined ? {} : { deliverable }), subtasks };
  const { problems } = checkPlan(planned, { roles: Object.keys(team.roles), maxSubtasks: team.planner.maxSubtasks });
  if (problems.length > 0) return { kind: 'refused', problems };
  for (const subtask of subtasks) options.onElement(subtask);
  return { kind: 'accepted', plan: planned };
}
