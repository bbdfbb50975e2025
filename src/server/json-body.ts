/** Bodies: JSON of a bounded size and depth, checked by the route's schema before the route sees it. */
import type { MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import { ApiError } from './api-error.ts';

export interface BodyLimits {
  /** Bytes. Default 1,000,000. */
  maxBytes?: number;
}

export const defaultBodyBytes = 1_000_000;
/** Of a body that holds a plan. */
export const planBodyBytes = 20_000_000;
/** Of a body that holds the tasks of a comparison. */
export const tasksBodyBytes = 5_000_000;
/** Of a body that is read before anybody is known. */
export const sessionBodyBytes = 10_000;
/** Arrays and objects within each other. A plan's schemas nest; nothing nests so deep. */
const maxDepth = 200;

/** An absent body stands for `{}` where every field is optional. */
export function jsonBody<Schema extends z.ZodType>(
  schema: Schema,
  { maxBytes = defaultBodyBytes }: BodyLimits = {},
): MiddlewareHandler<object, string, { in: { json: z.input<Schema> }; out: { json: z.output<Schema> } }> {
  return async (c, next) => {
    const text = await readText(c.req.raw, maxBytes);
    if (text !== '' && !isJsonType(c.req.header('content-type'))) {
      throw new ApiError('unsupported-media-type', 'Send the body as JSON: Content-Type: application/json');
    }
    const parsed = schema.safeParse(text === '' ? {} : parseBounded(text));
    if (!parsed.success) throw malformed(parsed.error);
    c.req.addValidatedData('json', parsed.data as object);
    await next();
  };
}

/** The query string by its schema. A parameter that is given twice is a list of two. */
export function queryOf<Schema extends z.ZodType>(
  schema: Schema,
): MiddlewareHandler<
  object,
  string,
  { in: { query: { [Key in keyof z.output<Schema>]: string | string[] } }; out: { query: z.output<Schema> } }
> {
  return async (c, next) => {
    const given = Object.entries(c.req.queries()).map(([name, values]) => [name, values.length === 1 ? values[0] : values]);
    const parsed = schema.safeParse(Object.fromEntries(given));
    if (!parsed.success) throw malformed(parsed.error);
    c.req.addValidatedData('query', parsed.data as object);
    await next();
  };
}

function isJsonType(type: string | undefined): boolean {
  return /^application\/json\s*(?:;|$)/i.test(type ?? '');
}

/** Stops reading at the limit: what a client says of its length is not believed. */
async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = new ApiError('too-large', `The body is larger than ${maxBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge;
  if (request.body === null) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  try {
    for await (const chunk of request.body) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge;
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (thrown) {
    if (thrown === tooLarge) throw thrown;
    throw new ApiError('malformed', 'The body could not be read as UTF-8 text.');
  }
}

/** @throws {ApiError} `malformed` */
export function parseBounded(text: string): unknown {
  if (isDeeperThan(text, maxDepth)) {
    throw new ApiError('malformed', `The body is nested deeper than ${maxDepth} levels.`);
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new ApiError('malformed', `The body is not JSON: ${thrown instanceof Error ? thrown.message.slice(0, 200) : ''}`);
  }
}

function isDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === 0x5c) at += 1;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x5b || character === 0x7b) {
      depth += 1;
      if (depth > most) return true;
    } else if (character === 0x5d || character === 0x7d) depth -= 1;
  }
  return false;
}

const issuesTold = 5;

function malformed(error: z.ZodError): ApiError {
  const told = error.issues.slice(0, issuesTold).map(({ path, message }) => {
    const place = path.map(String).join('.').slice(0, 200);
    return place === '' ? message : `${place}: ${message}`;
  });
  const more = error.issues.length > issuesTold ? ` (and ${error.issues.length - issuesTold} more)` : '';
  return new ApiError('malformed', `${told.join('; ')}${more}`);
}
