/** Which part of a planner's JSON is the plan. Shared by the whole-text reader and the stream, so that both find the same. */

/** Keys whose value may be the list of subtasks. */
const listKeys: ReadonlySet<string> = new Set(['subtasks', 'plan', 'steps', 'tasks']);
/** The one whose value may also be the object that holds the list. */
const objectKey = 'plan';
export const maxWrapperDepth = 4;

export interface PlanParts {
  elements: unknown[];
  /** As written, of any type. */
  deliverable?: unknown;
  /** The key of the list; absent for a bare list. */
  key?: string;
}

export function isListKey(key: string): boolean {
  return listKeys.has(key);
}

export function isWrapperKey(key: string): boolean {
  return key === objectKey;
}

/**
 * The first list of objects under one of the keys, in the order of the document, or a bare list whose first element
 * looks like a subtask. An empty list counts only where there is no other.
 */
export function findPlan(value: unknown): PlanParts | null {
  if (Array.isArray(value)) return value.length === 0 || looksLikeSubtask(value[0]) ? { elements: value } : null;
  return findInObject(value, 1);
}

function findInObject(value: unknown, depth: number): PlanParts | null {
  if (!isObject(value)) return null;
  let empty: PlanParts | null = null;
  for (const [key, inner] of Object.entries(value)) {
    if (!isListKey(key)) continue;
    const found = Array.isArray(inner)
      ? readList(key, inner)
      : isWrapperKey(key) && depth < maxWrapperDepth
        ? findInObject(inner, depth + 1)
        : null;
    if (found === null) continue;
    const parts = withDeliverable(found, value);
    if (parts.elements.length > 0) return parts;
    empty ??= parts;
  }
  return empty;
}

function readList(key: string, list: unknown[]): PlanParts | null {
  return list.length === 0 || isObject(list[0]) ? { elements: list, key } : null;
}

function withDeliverable(parts: PlanParts, around: object): PlanParts {
  const outer: unknown = Object.hasOwn(around, 'deliverable') ? Reflect.get(around, 'deliverable') : undefined;
  return parts.deliverable === undefined && outer !== undefined ? { ...parts, deliverable: outer } : parts;
}

/** What tells a subtask from the other objects that an answer may hold. */
export function looksLikeSubtask(value: unknown): boolean {
  return isObject(value) && ['id', 'role', 'instruction'].some((key) => Object.hasOwn(value, key));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
