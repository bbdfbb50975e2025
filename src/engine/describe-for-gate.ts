/** What the gate and the classes of tasks look at, from a run's surroundings. */
import type { GateInput } from '../gate/gate.ts';
import type { Team } from '../team/team.ts';
import type { RunEnvironment } from './run-environment.ts';
import { modelOf } from './run-settings.ts';

export interface GateSubject {
  task: string;
  team: Team;
  /** As given; without one the environment's classifier says. */
  taskClass?: string;
}

export async function describeForGate(env: RunEnvironment, { task, team, taskClass }: GateSubject): Promise<GateInput> {
  const input = {
    task,
    roles: Object.keys(team.roles).filter((role) => role !== team.generalist.name),
    materialTokens: env.files?.tokens ?? 0,
    contextTokens: await contextOf(env, team),
    team: team.name,
    checksDeliverable: team.accept.length > 0,
  };
  return { ...input, taskClass: taskClass ?? (await env.classifier.classify(input)) };
}

/** What a worker's model may hold, when its key is not here: a hosted model's usual size. */
const usualContextTokens = 128_000;

async function contextOf(env: RunEnvironment, team: Team): Promise<number> {
  try {
    return (await env.models.resolve(modelOf(team.generalist, team, env.defaultModel))).contextTokens;
  } catch (thrown) {
    if (env.dispatcher === undefined) throw thrown;
    return usualContextTokens;
  }
}
