/** Plans, as they are given and as they are told. */
import { z } from 'zod';
import type { Plan, PlanCheck, PlanProblem, PlanShape, Subtask } from '../../index.ts';
import { count, figure, named } from './named.ts';

/** `accept`, `assumes` and `estimate` are described in docs/plans.md. */
export const subtaskSchema = named(
  'Subtask',
  z.looseObject({
    id: z.string(),
    role: z.string(),
    instruction: z.string(),
    dependsOn: z.array(z.string()),
  }),
) as unknown as z.ZodType<Subtask>;

export const planSchema: z.ZodType<Plan> = named(
  'Plan',
  z.object({
    version: z.literal(1),
    task: z.string(),
    deliverable: z.string().exactOptional(),
    inputs: z.array(z.string()).exactOptional(),
    subtasks: z.array(subtaskSchema),
  }),
);

export const planProblemSchema: z.ZodType<PlanProblem> = named(
  'PlanProblem',
  z.object({
    code: z.enum([
      'malformed',
      'empty',
      'too-large',
      'too-deep',
      'duplicate-id',
      'self-dependency',
      'unknown-dependency',
      'cycle',
      'unknown-role',
      'unreachable',
      'unknown-deliverable',
      'refuted',
    ]),
    message: z.string(),
    subtaskId: z.string().exactOptional(),
    path: z.string().exactOptional(),
    line: z.int().exactOptional(),
  }),
);

const planShapeSchema: z.ZodType<PlanShape> = named(
  'PlanShape',
  z.object({
    subtasks: count,
    edges: count,
    depth: count,
    width: count,
    roots: count,
    leaves: count,
    criticalPathMs: figure,
    criticalPath: z.array(z.string()),
    makespanMs: z.object({ unlimited: figure, workers: figure.exactOptional(), one: figure }),
  }),
);

export const planCheckSchema: z.ZodType<PlanCheck> = named(
  'PlanCheck',
  z.object({
    ok: z.boolean(),
    problems: z.array(planProblemSchema),
    shape: planShapeSchema.nullable(),
    plan: planSchema.exactOptional(),
  }),
);
