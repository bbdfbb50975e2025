/** One element of a planner's draft as a subtask: spellings are unified, then the schema decides. */
import { checkRoles } from './check-graph.ts';
import type { PlanProblem, Subtask } from './plan.ts';
import { type DocumentPath, ProblemList } from './problem-list.ts';
import { describeValue, listNames } from './quote-value.ts';
import { ElementReader } from './read-draft.ts';

export type NormalizedElement =
  | { kind: 'subtask'; subtask: Subtask }
  /** The first of the element's problems; `path` is below `subtasks.N` when its position was given, else below the element. */
  | { kind: 'problem'; problem: PlanProblem };

const dependencyKeys = ['dependsOn', 'depends_on', 'dependson', 'depends-on', 'dependencies', 'deps'];
const listKeys = ['accept', 'assumes'] as const;

/**
 * Accepts numeric ids, other spellings and forms of `dependsOn`, nulls for what is optional, and a known role in other
 * case or punctuation. Keys that a subtask does not have are dropped.
 * @param roles The known roles; empty: any role.
 * @param index The element's position in the plan, for the path.
 */
export function normalizeElement(raw: unknown, roles: readonly string[], index?: number): NormalizedElement {
  const above: DocumentPath = index === undefined ? [] : ['subtasks', index];
  const problems = new ProblemList();
  const subtask = isObject(raw) ? readObject(raw, roles, above, problems) : undefined;
  if (!isObject(raw)) {
    problems.add('malformed', () => ({
      message: `A subtask is an object with id, role, instruction and dependsOn; got ${describeValue(raw)}.`,
      path: above,
    }));
  }
  const [first, ...others] = problems.toProblems();
  if (first === undefined && subtask !== undefined) return { kind: 'subtask', subtask };
  const problem = first ?? { code: 'malformed', message: 'The subtask cannot be read.' };
  return {
    kind: 'problem',
    problem:
      others.length === 0 ? problem : { ...problem, message: `${problem.message} (${others.length} more in this subtask.)` },
  };
}

function readObject(raw: object, roles: readonly string[], above: DocumentPath, problems: ProblemList): Subtask | undefined {
  const fields = new Map<string, unknown>(Object.entries(raw));
  const given = dependencyKeys.filter((key) => (fields.get(key) ?? null) !== null);
  const [dependencyKey = 'dependsOn'] = given;
  const element: Record<string, unknown> = {
    id: normalizeId(fields.get('id')),
    role: normalizeRole(fields.get('role'), roles),
    instruction: fields.get('instruction') ?? fields.get('instructions'),
    dependsOn: normalizeDependencies(fields.get(dependencyKey)),
  };
  for (const key of listKeys) {
    const value = fields.get(key) ?? null;
    if (value !== null) element[key] = (Array.isArray(value) ? value : [value]).map((item) => dropNulls(item));
  }
  const estimate = fields.get('estimate') ?? null;
  if (estimate !== null) element.estimate = dropNulls(estimate);

  const read = new ElementReader(problems).read(element, 0, above);
  if (given.length > 1) {
    const message = `Dependencies are given more than once: ${listNames(given)}. Use dependsOn.`;
    problems.add('malformed', () => ({ message, subtaskId: read.id, path: [...above, given[1] ?? ''] }));
  }
  if (roles.length > 0) checkRoles([read], roles, problems, above);
  return read.subtask;
}

function normalizeId(value: unknown): unknown {
  if (typeof value === 'string') return value.trim();
  return Number.isSafeInteger(value) ? String(value) : value;
}

function normalizeDependencies(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return [];
  return Array.isArray(value) ? value.map(normalizeId) : typeof value === 'object' ? value : [normalizeId(value)];
}

function normalizeRole(value: unknown, roles: readonly string[]): unknown {
  if (typeof value !== 'string' || roles.includes(value)) return value;
  const meant = roles.filter((role) => unifyName(role) === unifyName(value));
  return meant.length === 1 ? meant[0] : value.trim();
}

function unifyName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');
}

/** Schema-constrained models write null for what they leave out. One level below the value as well; a `schema` is kept as it is. */
function dropNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, key === 'schema' || depth > 0 ? inner : dropNulls(inner, depth + 1)]),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
