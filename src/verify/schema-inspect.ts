/** What can be said of a schema before any value is there, so that a team or a plan is refused where it is wrong. */
import type { Json } from '../json.ts';
import { quoteText } from '../plan/quote-value.ts';

export interface SchemaProblem {
  /** From the schema's root to what is wrong. */
  path: (string | number)[];
  message: string;
}

const types = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];
/** What stands under these is data, not schema. */
const dataKeywords = new Set(['const', 'enum', 'default', 'examples']);
const maxNodes = 100_000;

/** null when nothing is wrong that can be seen from here. */
export function inspectSchema(schema: Json): SchemaProblem | null {
  const waiting: { node: Json; path: (string | number)[] }[] = [{ node: schema, path: [] }];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, path } = next;
    if (typeof node !== 'object' || node === null) continue;
    if (++seen > maxNodes) return { path: [], message: `the schema has more than ${maxNodes} parts` };
    if (!Array.isArray(node)) {
      const problem = inspectKeywords(node);
      if (problem !== null) return { ...problem, path: [...path, ...problem.path] };
    }
    for (const [key, child] of Object.entries(node).toReversed()) {
      if (!dataKeywords.has(key)) waiting.push({ node: child, path: [...path, Array.isArray(node) ? Number(key) : key] });
    }
  }
  return null;
}

function inspectKeywords(node: { [key: string]: Json }): SchemaProblem | null {
  const { $ref: reference, type, pattern } = node;
  if (typeof reference === 'string' && !/^#($|\/)/.test(reference)) {
    const message = `${quoteText(reference)} leads out of the schema: only "#" and "#/…" are followed, nothing is fetched`;
    return { path: ['$ref'], message };
  }
  const named = typeof type === 'string' ? [type] : Array.isArray(type) ? type.filter((name) => typeof name === 'string') : [];
  const unknown = named.find((name) => !types.includes(name));
  if (unknown !== undefined) return { path: ['type'], message: `${quoteText(unknown)} is not a type: ${types.join(', ')}` };
  if (typeof pattern === 'string' && !isExpression(pattern)) {
    return { path: ['pattern'], message: `${quoteText(pattern)} is not a regular expression` };
  }
  return null;
}

function isExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
