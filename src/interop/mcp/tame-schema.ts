/** A server's schema for a tool's input, made fit to be shown to a model and to be validated with; or why it can't be. */
import type { Json } from '../../json.ts';
import type { JsonSchema } from '../../plan/plan.ts';
import { inspectSchema } from '../../verify/schema-inspect.ts';
import { cleanText } from './clean-text.ts';

const maxCharacters = 32_000;
const maxDepth = 40;
const proseCharacters = 1000;
/** Text for a reader, not for the validator. */
const prose = new Set(['title', 'description', '$comment']);

export type TamedSchema = { kind: 'tamed'; schema: JsonSchema } | { kind: 'refused'; reason: string };

/** Prose is cleaned and cut; patterns that are no expressions are left out, for the server checks its input itself. */
export function tameSchema(schema: Json): TamedSchema {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return refuse('its input has no schema');
  if (schema['type'] !== 'object') return refuse('its input is not an object');
  if (measureDepth(schema) > maxDepth) return refuse(`its input schema is nested more than ${maxDepth} levels deep`);
  const tamed = copy(schema, false) as JsonSchema;
  const { length } = JSON.stringify(tamed);
  if (length > maxCharacters)
    return refuse(`its input schema has ${length} characters; at most ${maxCharacters} are shown to a model`);
  const problem = inspectSchema(tamed);
  if (problem === null) return { kind: 'tamed', schema: tamed };
  return refuse(`its input schema cannot be used at ${['$', ...problem.path].join('.').slice(0, 200)}: ${problem.message}`);
}

function refuse(reason: string): TamedSchema {
  return { kind: 'refused', reason };
}

/** @param isNames Whether the members are named by the server and no keywords: below `properties` and its like. */
function copy(node: Json, isNames: boolean): Json {
  if (Array.isArray(node)) return node.map((item) => copy(item, false));
  if (typeof node !== 'object' || node === null) return node;
  const copied: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(node)) {
    if (key === '__proto__') continue;
    if (!isNames && key === 'pattern' && typeof member === 'string' && !isExpression(member)) continue;
    if (!isNames && prose.has(key) && typeof member === 'string') copied[key] = cleanText(member, proseCharacters);
    else copied[key] = copy(member, !isNames && namesMembers.has(key));
  }
  return copied;
}

const namesMembers = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

function isExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** Without recursion: the nesting is the server's. Stops once it is too deep. */
export function measureDepth(value: Json, limit = maxDepth): number {
  let level: Json[] = [value];
  for (let depth = 0; ; depth += 1) {
    const next = level.flatMap((node) => (typeof node === 'object' && node !== null ? Object.values(node) : []));
    if (next.length === 0 || depth > limit) return depth;
    level = next;
  }
}
