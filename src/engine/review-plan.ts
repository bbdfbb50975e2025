/** The team's plan critic on a planner's plan, before anything of it runs. */
import type { Json } from '../json.ts';
import type { Plan, PlanProblem } from '../plan/plan.ts';
import { plannerKey, type RunPort } from './drive.ts';
import { createJudges } from './judge-by-model.ts';
import type { RunEnvironment, RunNode } from './run-environment.ts';

/** None: the critic accepts it, or the team has none. What goes back to the planner otherwise. */
export async function reviewPlan(
  env: RunEnvironment,
  node: RunNode,
  plan: Plan,
  { attempt, port }: { attempt: number; port: RunPort },
): Promise<PlanProblem[]> {
  const { critic: role } = node.team.planner;
  if (role === undefined) return [];
  const roles = Object.values(node.team.roles).map(({ name, description }) => `- ${name}: ${description}`);
  const instruction = `Write a plan for this task with these roles.\n\nTask: ${node.task}\n\nRoles:\n${roles.join('\n')}`;
  const judges = createJudges(env, node, { subtaskId: '@plan', attempt, instruction, signal: port.signalFor(plannerKey) });
  const outcome = await judges.critic({ kind: 'critic', role }, JSON.parse(JSON.stringify(plan)) as Json);
  if (outcome.kind === 'passed') return [];
  return [{ code: 'refuted', message: `The critic "${role}" has refuted the plan: ${outcome.detail}` }];
}
