/** One element of a planner's draft as a subtask: spellings are unified, then the schema decides. */
import type { PlanProblem, Subtask } from './plan.ts';
import { ProblemList } from './problem-list.ts';
import { describeValue, listNames, quoteText } from './quote-value.ts';
import { ElementReader } from './read-draft.ts';

export type NormalizedElement =
  | { kind: 'subtask'; subtask: Subtask }
  /** The first of the element's problems; `path` is below `subtasks.N` when its position was given, else below the element. */
  | { kind: 'problem'; problem: PlanProblem };

const dependencyKeys = ['dependsOn', 'depends_on', 'dependson', 'depends-on', 'dependencies', 'deps'];
const listFields = ['accept', 'assumes'] as const;

/**
 * Accepts numeric ids, other spellings and forms of `dependsOn`, nulls for what is optional, and a known role in other
 * case or punctuation. Keys that a subtask does not have are dropped.
 * @param roles The known roles; empty: any role.
 * @param index The element's position in the plan, for the path.
 */
export function normalizeElement(raw: unknown, roles: readonly string[], index?: number): NormalizedElement {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return refuse({ code: 'malformed', message: `A subtask is an object with id, role, instruction and dependsOn; got ${describeValue(raw)}.` }, index);
  }
  const fields = new Map(Object.entries(raw));
  const given = dependencyKeys.filter((key) => (fields.get(key) ?? null) !== null);
  const id = normalizeId(fields.get('id'));
  const subtaskId = typeof id === 'string' && id !== '' && id.length <= 200 ? { subtaskId: id } : {};
  if (given.length > 1) {
    return refuse({ code: 'malformed', message: `Dependencies are given more than once: ${listNames(given)}. Use dependsOn.`, ...subtaskId }, index);
  }
  const role = normalizeRole(fields.get('role'), roles);
  const element: Record<string, unknown> = { id, role, instruction: fields.get('instruction') ?? fields.get('instructions') };
  element.dependsOn = normalizeDependencies(fields.get(given[0] ?? 'dependsOn'));
  for (const key of listFields) {
    const value = fields.get(key) ?? null;
    if (value !== null) element[key] = (Array.isArray(value) ? value : [value]).map(dropNulls);
  }
  const estimate = fields.get('estimate') ?? null;
  if (estimate !== null) element.estimate = dropNulls(estimate);

  const problems = new ProblemList();
  const { subtask } = new ElementReader(problems).read(element, index ?? 0);
  const [first, ...others] = problems.toProblems();
  if (first !== undefined || subtask === undefined) return refuse(summarize(first, others.length), index);
  if (roles.length > 0 && !roles.includes(subtask.role)) {
    const message = `Role ${quoteText(subtask.role)} is not in the team. Known roles: ${listNames(roles)}.`;
    return refuse({ code: 'unknown-role', message, ...subtaskId, path: 'subtasks.0.role' }, index);
  }
  return { kind: 'subtask', subtask };
}

function summarize(first: PlanProblem | undefined, others: number): PlanProblem {
  if (first === undefined) return { code: 'malformed', message: 'The subtask cannot be read.' };
  return others === 0 ? first : { ...first, message: `${first.message} (${others} more in this subtask.)` };
}

/** The reader counted the element as the plan's first, or as what the caller said. */
function refuse(problem: PlanProblem, index: number | undefined): NormalizedElement {
  if (index === undefined) {
    const unplaced = { ...problem, message: problem.message.replace(/^subtasks\.0\./, '') };
    const path = problem.path?.replace(/^subtasks\.0\.?/, '');
    const { path: _placed, ...rest } = unplaced;
    return { kind: 'problem', problem: path === undefined || path === '' ? rest : { ...rest, path } };
  }
  return { kind: 'problem', problem: { ...problem, path: problem.path?.replace(/^subtasks\.\d+/, `subtasks.${index}`) ?? `subtasks.${index}` } };
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
  return name.trim().toLowerCase().replace(/[\s_-]+/g, '-');
}

/** Schema-constrained models write null for what they leave out. One level below the value as well; a `schema` is kept as it is. */
function dropNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || typeof value === 'function') return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, key === 'schema' || depth > 0 ? inner : dropNulls(inner, depth + 1)]));
}
