/** Schemas by the names that they have in the OpenAPI document. */
import { z } from 'zod';
import type { Json } from '../../index.ts';

export const namedSchemas = z.registry<{ id: string }>();

/** Enters a schema under its name, and hands it back. Its type is the library's own, so that a difference does not compile. */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  namedSchemas.add(schema, { id });
  return schema;
}

/** Any JSON value: a deliverable, a tool's input. It is data, whatever text is in it. */
export const anyJson = named('Json', z.unknown() as z.ZodType<Json>);

/** ms since the Unix epoch. */
export const epochMs = z.number();

export const figure = z.number();
export const count = z.int().nonnegative();
