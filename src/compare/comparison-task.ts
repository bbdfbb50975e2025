/** What a comparison's tasks file holds: a task, its surroundings, and the held-out check that no arm ever sees. */
import { z } from 'zod';
import { type AcceptCheck, acceptCheckSchema, codeCheckSchema, predicateSchema } from '../plan/plan.ts';
import { checkExpression } from '../plan/predicate.ts';
import { describeUnavailableCheck } from '../verify/availability.ts';
import { inspectSchema } from '../verify/schema-inspect.ts';

/** The most tasks of one comparison. */
export const maxComparisonTasks = 100_000;

const modelSpec = z.string().min(1).max(2000);
/** A number given for a text means its digits. */
const text = z.union([z.string(), z.number()]).transform(String);
const expression = z
  .string()
  .min(1)
  .superRefine((pattern, context) => {
    const message = checkExpression(pattern);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
const jsonSchema = z.record(z.string(), z.json()).superRefine((schema, context) => {
  const problem = inspectSchema(schema);
  if (problem !== null) context.addIssue({ code: 'custom', ...problem });
});

/** By `kind`; the shorthands (`{ exact: "4" }`) are written out before: expand-check.ts. */
export const heldOutCheckSchema = z.discriminatedUnion('kind', [
  /** The whole deliverable. White space at both ends is cut and runs of it inside are one space, unless `trim` is false. */
  z.strictObject({
    kind: z.literal('exact'),
    value: text,
    trim: z.boolean().default(true),
    ignoreCase: z.boolean().default(false),
  }),
  /** An RE2 expression that finds a match anywhere. */
  z.strictObject({ kind: z.literal('regex'), pattern: expression }),
  /** The number of the deliverable (find-number.ts) within `tolerance` of `value`, or within `relative` × |value|. */
  z.strictObject({
    kind: z.literal('number'),
    value: z.number(),
    tolerance: z.number().nonnegative().optional(),
    relative: z.number().nonnegative().optional(),
  }),
  z.strictObject({ kind: z.literal('schema'), schema: jsonSchema }),
  predicateSchema.extend({ kind: z.literal('predicate') }).superRefine((predicate, context) => {
    const wrong = describeUnavailableCheck(predicate);
    if (wrong !== null) context.addIssue({ code: 'custom', path: wrong.path, message: wrong.message });
  }),
  /** Code, judged by tests in a sandbox; without one the task is unjudged. */
  codeCheckSchema.superRefine((check, context) => {
    const wrong = describeUnavailableCheck(check);
    if (wrong !== null) context.addIssue({ code: 'custom', path: wrong.path, message: wrong.message });
  }),
  /** A model grades: it passes, or with a `threshold` its score of 0 to 1 is at least that. */
  z.strictObject({
    kind: z.literal('rubric'),
    rubric: z.string().min(1).max(100_000),
    model: modelSpec.optional(),
    threshold: z.number().min(0).max(1).optional(),
  }),
]);

export type HeldOutCheck = z.output<typeof heldOutCheckSchema>;
export type RubricCheck = Extract<HeldOutCheck, { kind: 'rubric' }>;
/** Checks that need neither a model nor a sandbox. */
export type AnswerCheck = Exclude<HeldOutCheck, { kind: 'rubric' | 'code' }>;

export const comparisonTaskSchema = z.strictObject({
  id: z.union([z.string().min(1).max(200), z.int()]).transform(String),
  task: z.string().refine((task) => task.trim() !== '', { error: 'must not be empty' }),
  files: z.string().min(1).optional(),
  class: z.string().min(1).max(200).optional(),
  check: z.array(heldOutCheckSchema).refine((checks) => checks.length > 0, { error: 'must hold at least one check' }),
  accept: z.array(acceptCheckSchema).optional(),
});

export interface ComparisonTask {
  /** Unique in the comparison. */
  id: string;
  task: string;
  /** A folder, as an absolute path. */
  files?: string;
  /** Whose tasks are judged together, and what the evidence is kept under. */
  class?: string;
  /** All must pass. Held out: no arm's run is given any of it. */
  check: HeldOutCheck[];
  /** Checks that every arm's run makes itself, besides its team's; they are no secret. */
  accept: AcceptCheck[];
}
