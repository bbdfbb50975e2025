/** What is stored with a run so that any process can drive it again: the resolved team and its surroundings. */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { StoredValue } from '../events.ts';
import type { Json } from '../json.ts';
import type { JsonSchema } from '../plan/plan.ts';
import type { Team } from '../team/team.ts';
import { teamFromJson, teamToJson } from '../team/team-json.ts';

export interface RunSetup {
  version: 1;
  task: string;
  /** With the run's own limits. Secrets stay `{env:NAME}`. */
  team: Team;
  /** Spec of the model for roles that name none. */
  model: string;
  filesRoot?: string;
  /** What the folder held when the run was queued: workers read this instead. */
  filesTree?: StoredValue;
  outputSchema?: JsonSchema;
  /** The class of the task, for the evidence. */
  taskClass?: string;
  seed?: number;
  /** The tree of the given files when the run began, for its workspaces. */
  workspaceBase?: StoredValue;
}

const storedSchema = z.union([
  z.object({ kind: z.literal('inline'), value: z.json() }),
  z.object({ kind: z.literal('stored'), hash: z.string(), characters: z.number() }),
]);

const setupSchema = z.object({
  version: z.literal(1),
  task: z.string(),
  team: z.json(),
  model: z.string(),
  filesRoot: z.string().optional(),
  outputSchema: z.record(z.string(), z.json()).optional(),
  taskClass: z.string().optional(),
  seed: z.int().optional(),
  filesTree: storedSchema.optional(),
  workspaceBase: storedSchema.optional(),
});

export function writeSetup(setup: RunSetup): Json {
  const { filesRoot, filesTree, outputSchema, taskClass, seed, workspaceBase } = setup;
  return {
    version: 1,
    task: setup.task,
    team: teamToJson(setup.team),
    model: setup.model,
    ...(filesRoot === undefined ? {} : { filesRoot }),
    ...(filesTree === undefined ? {} : { filesTree: { ...filesTree } }),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...(taskClass === undefined ? {} : { taskClass }),
    ...(seed === undefined ? {} : { seed }),
    ...(workspaceBase === undefined ? {} : { workspaceBase: { ...workspaceBase } }),
  };
}

/** @throws {PlanwrightError} `usage` for the run of a sub-team, which only its parent can drive. */
export function readSetup(json: Json): RunSetup {
  const parsed = setupSchema.safeParse(json);
  if (!parsed.success) throw new PlanwrightError('usage', 'This is the run of a sub-team. Resume the run it belongs to.');
  const { team, filesRoot, filesTree, outputSchema, taskClass, seed, workspaceBase, ...rest } = parsed.data;
  return {
    ...rest,
    team: teamFromJson(team),
    ...(filesRoot === undefined ? {} : { filesRoot }),
    ...(filesTree === undefined ? {} : { filesTree }),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    ...(taskClass === undefined ? {} : { taskClass }),
    ...(seed === undefined ? {} : { seed }),
    ...(workspaceBase === undefined ? {} : { workspaceBase }),
  };
}
