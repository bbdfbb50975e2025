/** A route as it is described: what the OpenAPI document says of it, and what its body and query are checked by. */
import type { z } from 'zod';

export interface Operation<Path extends string = string> {
  method: 'get' | 'post' | 'delete';
  /** As Hono writes it: `/api/runs/:runId`. */
  path: Path;
  /** Its name in generated clients. */
  id: string;
  tag: 'runs' | 'plans' | 'comparisons' | 'server';
  summary: string;
  /** A named schema. */
  body?: z.ZodType;
  /** Bytes. Default 1,000,000. */
  maxBodyBytes?: number;
  query?: z.ZodObject;
  /** By status; a failure may come with every route. */
  responses: Readonly<Record<number, OperationResponse>>;
  /** Needs neither session nor token. */
  isOpen?: true;
}

export interface OperationResponse {
  description: string;
  /** A named schema; absent: no JSON. */
  schema?: z.ZodType;
  /** Of an answer that is no JSON. */
  contentType?: 'text/event-stream' | 'text/html' | 'text/plain';
}

/** Keeps the path's type, which the typed client is made of. */
export function operation<const Path extends string, const Rest extends Omit<Operation, 'path'>>(
  described: { path: Path } & Rest,
): { path: Path } & Rest {
  return described;
}
