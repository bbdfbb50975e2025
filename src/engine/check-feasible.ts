/** Refuses what can't work before anything is spent: a bad plan, tools and checks that don't exist, models without a price. */
import { PlanwrightError } from '../errors.ts';
import type { RunSettings } from '../events.ts';
import { checkPlan } from '../plan/check.ts';
import { measureDepth } from '../team/find-role.ts';
import type { RemoteAgent } from '../team/remote-agent.ts';
import type { Team } from '../team/team.ts';
import { refuseUnavailableChecks } from '../verify/availability.ts';
import { type ModelChoice, modelSpecsOf } from './role-models.ts';
import { checkTools } from './role-tools.ts';
import type { RunEnvironment } from './run-environment.ts';
import type { RunSetup } from './run-setup.ts';

/**
 * Where workers carry the work out, what roles need (models, tools, their secrets) is theirs to have: a subtask then fails where it
 * lacks something, and says so. The planner and the synthesizer work here in any case.
 * @throws {PlanwrightError} `depth-exceeded`, `plan-invalid`, `check-unavailable`, `tool-unknown`, `model-unknown`, `secret-missing`,
 *   `model-unpriced`.
 */
export async function checkFeasible(env: RunEnvironment, setup: RunSetup, settings: RunSettings | null): Promise<void> {
  const { team } = setup;
  const plan = settings?.plan;
  if (plan !== undefined) {
    const roles = [...new Set([...Object.keys(team.roles), team.generalist.name])];
    const { ok, problems } = checkPlan({ version: 1, task: setup.task, ...plan }, { roles });
    const [first] = problems;
    if (!ok && first !== undefined) {
      const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
      throw new PlanwrightError('plan-invalid', `${first.path === undefined ? '' : `${first.path}: `}${first.message}${more}`, {
        details: { problems },
      });
    }
  }
  refuseUnavailableChecks({ team, ...(plan === undefined ? {} : { subtasks: plan.subtasks }) });
  const levels = measureDepth(team);
  if (levels > team.limits.depth) {
    throw new PlanwrightError(
      'depth-exceeded',
      `Team "${team.name}" has ${levels} levels of teams; limits.depth is ${team.limits.depth}. Raise it or flatten the team.`,
    );
  }
  const isHere = env.dispatcher === undefined;
  if (isHere) checkTools(env, team);
  for (const agent of agentsOf(team)) {
    if (isHere) env.agents.check(agent);
    if (team.limits.usd === undefined) continue;
    throw new PlanwrightError(
      'model-unpriced',
      `What the remote agent at ${agent.url} costs is not known, so a budget of ${team.limits.usd} USD can't be kept. Use --budget-tokens, or another role.`,
    );
  }
  for (const spec of modelsOf(team, env.defaultModel, isHere)) {
    const model = await env.models.resolve(spec);
    if (team.limits.usd !== undefined && !model.priced) {
      throw new PlanwrightError(
        'model-unpriced',
        `Model "${spec}" has no known price, so a budget of ${team.limits.usd} USD can't be kept. Use --budget-tokens, or another model.`,
      );
    }
  }
}

function agentsOf({ roles }: Team): RemoteAgent[] {
  return Object.values(roles).flatMap(({ a2a, team }) => [
    ...(a2a === undefined ? [] : [a2a]),
    ...(team === undefined ? [] : agentsOf(team)),
  ]);
}

function modelsOf(team: Team, defaultModel: string, withRoles: boolean): Set<string> {
  const specs = new Set<string>();
  const collect = (one: Team): void => {
    const choices: ModelChoice[] = [one.planner, one.synthesizer];
    for (const role of [...Object.values(one.roles), one.generalist]) {
      if (role.team !== undefined) collect(role.team);
      else if (withRoles && role.a2a === undefined && role.tool === undefined) choices.push(role);
    }
    for (const choice of choices) for (const spec of modelSpecsOf(choice, one, defaultModel)) specs.add(spec);
  };
  collect(team);
  return specs;
}
