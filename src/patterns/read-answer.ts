/** Reads what a role answered where a pattern goes by it. Model output is hostile: it is checked, and told what is wrong with it. */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { JsonSchema } from '../plan/plan.ts';

/** @throws {PlanwrightError} `growth-refused`, which says what the answer lacks. */
export function readAnswer<Schema extends z.ZodType>(output: Json, schema: Schema, role: string): z.infer<Schema> {
  const parsed = schema.safeParse(output);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the answer' : issue.path.join('.');
  throw new PlanwrightError(
    'growth-refused',
    `The answer of "${role}" does not say how to go on: ${where}: ${issue?.message ?? ''}`,
  );
}

/** The schema as a role's `output`. */
export function formOf(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...form } = z.toJSONSchema(schema) as JsonSchema;
  return form;
}
