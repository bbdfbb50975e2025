/**
 * A JSON Schema before it is used: bounded, self-contained and free of what cannot be checked in bounded time. Schemas
 * come from plans and team files, so from models and strangers. Nothing is ever fetched.
 *
 * Understood: the assertions and applicators of drafts 7 to 2020-12. Refused: references out of the document,
 * `$dynamicRef`, `$recursiveRef` and the `unevaluated…` keywords, patterns that are not RE2. Unknown keywords are
 * annotations, as the specification says.
 */
import type { Json } from '../json.ts';
import { checkExpression } from '../plan/predicate.ts';
import { describeValue, quoteText } from '../plan/quote-value.ts';

export type SchemaNode = boolean | { [keyword: string]: Json };

/** Why a schema cannot be used; `path` leads to the keyword. */
export interface SchemaProblem {
  path: (string | number)[];
  message: string;
}

const maxNodes = 5_000;
const maxDepth = 64;

type KeywordKind =
  | 'schema'
  | 'schemas'
  | 'schema-map'
  | 'count'
  | 'number'
  | 'divisor'
  | 'texts'
  | 'text-lists'
  | 'pattern'
  | 'type'
  | 'list'
  | 'flag'
  | 'text';

const keywordsOfKind: Readonly<Record<KeywordKind, string>> = {
  schema: 'not if then else additionalProperties propertyNames items additionalItems contains',
  schemas: 'allOf anyOf oneOf prefixItems',
  'schema-map': '$defs definitions properties patternProperties dependentSchemas',
  count: 'minProperties maxProperties minContains maxContains minItems maxItems minLength maxLength',
  number: 'minimum maximum exclusiveMinimum exclusiveMaximum',
  divisor: 'multipleOf',
  texts: 'required',
  'text-lists': 'dependentRequired',
  pattern: 'pattern',
  type: 'type',
  list: 'enum',
  flag: 'uniqueItems',
  text: '$ref format',
};
const keywordKinds = new Map<string, KeywordKind>();
for (const kind of Object.keys(keywordsOfKind) as KeywordKind[]) {
  for (const keyword of keywordsOfKind[kind].split(' ')) keywordKinds.set(keyword, kind);
}

const unsupported = new Set(['$dynamicRef', '$recursiveRef', 'unevaluatedProperties', 'unevaluatedItems', 'dependencies']);
const typeNames = new Set(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']);
/** Keywords that apply a schema to the same value again: a cycle through them alone never ends. */
const inPlace = ['not', 'if', 'then', 'else', 'allOf', 'anyOf', 'oneOf', 'dependentSchemas'];

/** null when the schema can be used. */
export function inspectSchema(schema: SchemaNode): SchemaProblem | null {
  let nodes = 0;
  const pending: { node: Json; path: (string | number)[] }[] = [{ node: schema, path: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, path } = next;
    nodes += 1;
    if (nodes > maxNodes) return { path: [], message: `the schema has more than ${maxNodes} parts` };
    if (path.length > maxDepth) return { path, message: `the schema is nested more than ${maxDepth} levels deep` };
    if (typeof node === 'boolean') continue;
    if (!isNode(node)) return { path, message: `must be a schema (a mapping, true or false), not ${describeValue(node)}` };
    for (const [keyword, value] of Object.entries(node)) {
      const message = inspectKeyword(schema, keyword, value, path.length === 0);
      if (message !== null) return { path: [...path, keyword], message };
    }
    for (const child of listChildren(node)) pending.push({ node: child.node, path: [...path, ...child.path] });
  }
  return findEndlessReference(schema);
}

/** The schema that a `$ref` of this document stands for. */
export function resolveReference(root: SchemaNode, reference: string): SchemaNode | undefined {
  let node: Json = root;
  const segments = decodePointer(reference);
  if (segments === null) return undefined;
  for (const segment of segments) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, segment)) return undefined;
    node = (node as { [key: string]: Json })[segment] ?? null;
  }
  return isSchema(node) ? node : undefined;
}

export function isSchema(value: Json | undefined): value is SchemaNode {
  return typeof value === 'boolean' || (value !== undefined && isNode(value));
}

function isNode(value: Json): value is { [keyword: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `#` and `#/a/b~1c`; null for anything else. */
function decodePointer(reference: string): string[] | null {
  if (reference === '#') return [];
  if (!reference.startsWith('#/')) return null;
  try {
    return decodeURIComponent(reference.slice(2))
      .split('/')
      .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch {
    return null;
  }
}

function inspectKeyword(root: SchemaNode, keyword: string, value: Json, isRoot: boolean): string | null {
  if (unsupported.has(keyword)) return 'this keyword is not supported';
  if (keyword === '$id' && !isRoot) return 'is supported only at the top of a schema';
  if (keyword === '$ref') return inspectReference(root, value);
  if (keyword === 'patternProperties' && isNode(value)) return firstMessage(Object.keys(value), inspectPattern);
  if (keyword === 'items' && Array.isArray(value)) return null;
  const kind = keywordKinds.get(keyword);
  return kind === undefined ? null : inspectShape(kind, value);
}

function inspectReference(root: SchemaNode, value: Json): string | null {
  if (typeof value !== 'string') return `must be text, not ${describeValue(value)}`;
  if (decodePointer(value) === null)
    return `${quoteText(value)} leads out of the schema: only "#" and "#/…" are followed, nothing is fetched`;
  return resolveReference(root, value) === undefined ? `${quoteText(value)} leads to nothing in the schema` : null;
}

function inspectPattern(pattern: string): string | null {
  const problem = checkExpression(pattern);
  return problem === null ? null : `${quoteText(pattern)}: ${problem}`;
}

function inspectShape(kind: KeywordKind, value: Json): string | null {
  const found = describeValue(value);
  switch (kind) {
    case 'schema':
      return null;
    case 'schemas':
      return Array.isArray(value) ? null : `must be a list of schemas, not ${found}`;
    case 'schema-map':
      return isNode(value) ? null : `must be a mapping of schemas, not ${found}`;
    case 'count':
      return typeof value === 'number' && Number.isInteger(value) && value >= 0
        ? null
        : `must be a whole number of at least 0, not ${found}`;
    case 'number':
      return typeof value === 'number' ? null : `must be a number, not ${found}`;
    case 'divisor':
      return typeof value === 'number' && value > 0 ? null : `must be a number above 0, not ${found}`;
    case 'texts':
      return isTexts(value) ? null : `must be a list of texts, not ${found}`;
    case 'text-lists':
      return isNode(value) && Object.values(value).every(isTexts) ? null : 'must be a mapping of lists of texts';
    case 'pattern':
      return typeof value === 'string' ? inspectPattern(value) : `must be text, not ${found}`;
    case 'type':
      return firstMessage(Array.isArray(value) ? value : [value], (name) =>
        typeof name === 'string' && typeNames.has(name)
          ? null
          : `${describeValue(name)} is not a type: ${[...typeNames].join(', ')}`,
      );
    case 'list':
      return Array.isArray(value) ? null : `must be a list, not ${found}`;
    case 'flag':
      return typeof value === 'boolean' ? null : `must be true or false, not ${found}`;
    case 'text':
      return typeof value === 'string' ? null : `must be text, not ${found}`;
  }
}

function isTexts(value: Json): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function firstMessage<Item>(items: readonly Item[], inspect: (item: Item) => string | null): string | null {
  for (const item of items) {
    const message = inspect(item);
    if (message !== null) return message;
  }
  return null;
}

function listChildren(node: { [keyword: string]: Json }): { node: Json; path: (string | number)[] }[] {
  const children: { node: Json; path: (string | number)[] }[] = [];
  for (const [keyword, value] of Object.entries(node)) {
    const kind = keywordKinds.get(keyword);
    if (Array.isArray(value) && (kind === 'schemas' || keyword === 'items')) {
      value.forEach((child, index) => children.push({ node: child, path: [keyword, index] }));
    } else if (kind === 'schema-map' && isNode(value)) {
      for (const [name, child] of Object.entries(value)) children.push({ node: child, path: [keyword, name] });
    } else if (kind === 'schema') {
      children.push({ node: value, path: [keyword] });
    }
  }
  return children;
}

/** A reference that comes back to itself without going into the value. Depth-first, without recursion. */
function findEndlessReference(root: SchemaNode): SchemaProblem | null {
  const state = new Map<SchemaNode, 'open' | 'done'>();
  const starts = listAllNodes(root);
  for (const start of starts) {
    const stack = [{ node: start, rest: listInPlace(root, start) }];
    if (state.get(start) === 'done') continue;
    state.set(start, 'open');
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const child = top.rest.pop();
      if (child === undefined) {
        state.set(top.node, 'done');
        stack.pop();
      } else if (state.get(child) === 'open') {
        return {
          path: [],
          message: 'a $ref comes back to itself without going deeper into the value: the check would never end',
        };
      } else if (state.get(child) === undefined) {
        state.set(child, 'open');
        stack.push({ node: child, rest: listInPlace(root, child) });
      }
    }
  }
  return null;
}

function listAllNodes(root: SchemaNode): SchemaNode[] {
  const nodes: SchemaNode[] = [];
  const pending: Json[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isNode(node)) continue;
    nodes.push(node);
    for (const child of listChildren(node)) pending.push(child.node);
  }
  return nodes;
}

function listInPlace(root: SchemaNode, node: SchemaNode): SchemaNode[] {
  if (typeof node === 'boolean') return [];
  const children = listChildren(node).filter(({ path }) => inPlace.includes(String(path[0])));
  const target = typeof node.$ref === 'string' ? resolveReference(root, node.$ref) : undefined;
  return [...children.map((child) => child.node), target ?? true].filter((child) => isNode(child ?? null)) as SchemaNode[];
}
