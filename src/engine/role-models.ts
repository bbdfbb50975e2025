/** The models of a role, of a planner or of a synthesizer: the one that is meant, and those that stand in for it. */
import type { Model, ModelRegistry, ModelSpec } from '../model/model.ts';
import type { Team } from '../team/team.ts';

/** Who may name models of its own. */
export interface ModelChoice {
  model?: ModelSpec;
  fallbackModels?: readonly ModelSpec[];
}

export interface RoleModels {
  model: Model;
  fallbackModels: Model[];
}

/** In the order of asking, each once: its own, else the team's, else the run's; then its own stand-ins, else the team's. */
export function modelSpecsOf(choice: ModelChoice, team: Team, defaultModel: ModelSpec): [ModelSpec, ...ModelSpec[]] {
  const meant = choice.model ?? team.model ?? defaultModel;
  const others = new Set(choice.fallbackModels ?? team.fallbackModels ?? []);
  others.delete(meant);
  return [meant, ...others];
}

/** @throws {PlanwrightError} `model-unknown`, `secret-missing`: also for a stand-in, before it is needed. */
export async function resolveModels(
  registry: ModelRegistry,
  [meant, ...others]: readonly [ModelSpec, ...ModelSpec[]],
): Promise<RoleModels> {
  return {
    model: await registry.resolve(meant),
    fallbackModels: await Promise.all(others.map((spec) => registry.resolve(spec))),
  };
}
