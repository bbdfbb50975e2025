/** Reads what a role answered where a pattern goes by it. Model output is hostile: it is checked, and told what is wrong with it. */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import { parseJson } from '../handoff/digest.ts';
import type { Json } from '../json.ts';
import type { JsonSchema } from '../plan/plan.ts';

/**
 * A role that declares no form answers with text, which may be the JSON that is wanted.
 * @throws {PlanwrightError} `growth-refused`, which says what the answer lacks.
 */
export function readAnswer<Schema extends z.ZodType>(output: Json, schema: Schema, role: string): z.infer<Schema> {
  let parsed = schema.safeParse(output);
  if (!parsed.success && typeof output === 'string') {
    const value = parseJson(output);
    if (value !== undefined) parsed = schema.safeParse(value);
  }
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the answer' : issue.path.join('.');
  throw new PlanwrightError(
    'growth-refused',
    `The answer of "${role}" does not say how to go on: ${where}: ${issue?.message ?? ''}`,
  );
}

/** For an answer of the wanted form that can't be followed. @throws {PlanwrightError} `growth-refused`. */
export function refuseAnswer(message: string): never {
  throw new PlanwrightError('growth-refused', message);
}

/** The schema as a role's `output`. */
export function formOf(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...form } = z.toJSONSchema(schema) as JsonSchema;
  return form;
}
