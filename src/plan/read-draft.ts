/** First half of a check: any value at all becomes typed subtasks, with a `malformed` problem for each wrong place. */
import { z } from 'zod';
import { readPath } from '../value-path.ts';
import { type AcceptCheck, type MapOver, type Predicate, type Subtask, subtaskSchema } from './plan.ts';
import { checkExpression, measureExpression } from './predicate.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';
import { describeValue, quoteText } from './quote-value.ts';
import { withoutRepetitions } from './repetitions.ts';
import { explainIssues, type SchemaIssue } from './schema-issue.ts';

/** A subtask as far as it could be read: enough to check the graph around a malformed one. */
export interface DraftElement {
  /** Position in the list. */
  index: number;
  id: string | undefined;
  /** Without repetitions. */
  dependsOn: readonly string[];
  /** The list in the document, for positions in it. */
  dependsOnAsWritten: readonly unknown[];
  role: string | undefined;
  /** Present when nothing is wrong with the element itself. */
  subtask?: Subtask;
}

export interface DraftHead {
  task: string;
  deliverable?: string;
  inputs?: string[];
}

/** Ids that begin with it are Planwright's own. */
const reservedPrefix = '@';
/** So do those of a mapped subtask's items end. */
const itemSuffix = /\[\d+\]$/;
const maxValueDepth = 100;
const maxValues = 1_000_000;
/** All different expressions of one plan together; see measureExpression. Compiling them takes some seconds at most. */
const maxExpressionCosts = 200_000;

/** Everything but `subtasks`, which may be long and is read one by one. */
const headSchema = z.strictObject({
  version: z.literal(1),
  task: z.string().min(1),
  deliverable: z.string().optional(),
  inputs: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,99}$/, { error: 'is no name of an input' }))
    .max(1000)
    .optional(),
  subtasks: z.unknown(),
});

/** The list of subtasks is still raw; null when there is none. */
export function readHead(draft: unknown, problems: ProblemList): { head: DraftHead; subtasks: unknown[] | null } {
  if (typeof draft !== 'object' || draft === null || Array.isArray(draft)) {
    problems.add('malformed', () => ({
      message: `A plan is an object with version, task and subtasks; got ${describeValue(draft)}.`,
      path: [],
    }));
    return { head: { task: '' }, subtasks: null };
  }
  const parsed = headSchema.safeParse(draft);
  if (!parsed.success) {
    for (const issue of explainIssues(draft, parsed.error.issues))
      addMalformed(problems, explainVersion(draft, issue), undefined);
  }
  const raw = Reflect.get(draft, 'subtasks');
  const deliverable = Reflect.get(draft, 'deliverable');
  if (!Array.isArray(raw))
    addMalformed(problems, { path: ['subtasks'], message: `expected a list, got ${describeValue(raw)}` }, undefined);
  return {
    head: {
      task: parsed.data?.task ?? '',
      ...(typeof deliverable === 'string' ? { deliverable } : {}),
      ...(parsed.data?.inputs === undefined ? {} : { inputs: parsed.data.inputs }),
    },
    subtasks: Array.isArray(raw) ? raw : null,
  };
}

function explainVersion(draft: object, issue: SchemaIssue): SchemaIssue {
  if (issue.path.join('.') !== 'version') return issue;
  return {
    path: issue.path,
    message: `this Planwright reads plans of version 1, got ${describeValue(Reflect.get(draft, 'version'))}`,
  };
}

/** Reads elements one after another; different expressions are compiled once. */
export class ElementReader {
  readonly #problems: ProblemList;
  readonly #expressions = new Map<string, string | null>();
  #expressionCosts = 0;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  /** `path`: where the element stands in the document. */
  read(raw: unknown, index: number, path: DocumentPath = ['subtasks', index]): DraftElement {
    const element = readLoosely(raw, index);
    const parsed = safeParseElement(raw);
    const issues = parsed.kind === 'read' ? this.#examine(parsed.subtask) : parsed.issues;
    for (const issue of issues) addMalformed(this.#problems, { ...issue, path: [...path, ...issue.path] }, element.id);
    if (parsed.kind === 'read' && issues.length === 0) element.subtask = parsed.subtask;
    return element;
  }

  /** What a schema cannot say. */
  #examine(subtask: Subtask): SchemaIssue[] {
    const issues: SchemaIssue[] = [];
    if (subtask.id.startsWith(reservedPrefix)) {
      issues.push({
        path: ['id'],
        message: `${quoteText(subtask.id)} begins with ${reservedPrefix}, which is reserved. Choose another id`,
      });
    }
    if (itemSuffix.test(subtask.id)) {
      issues.push({
        path: ['id'],
        message: `${quoteText(subtask.id)} ends like the items of a mapped subtask, which is reserved. Choose another id`,
      });
    }
    if (subtask.map !== undefined) issues.push(...examineMap(subtask, subtask.map));
    if (subtask.map !== undefined && subtask.evenIfFailed === true) {
      issues.push({ path: ['evenIfFailed'], message: 'does not go with "map": without its list there is nothing to run over' });
    }
    for (const [position, check] of (subtask.accept ?? []).entries()) {
      if (isPredicateCheck(check)) issues.push(...this.#examineExpressions(check, ['accept', position]));
    }
    for (const [position, assumption] of (subtask.assumes ?? []).entries()) {
      if (typeof assumption === 'object')
        issues.push(...this.#examineExpressions(assumption.holds, ['assumes', position, 'holds']));
    }
    return issues;
  }

  #examineExpressions(predicate: Predicate, above: DocumentPath): SchemaIssue[] {
    return (['matches', 'notMatches'] as const).flatMap((key) => {
      const expression = predicate[key];
      const invalid = expression === undefined ? null : this.#checkOnce(expression);
      return invalid === null ? [] : [{ path: [...above, key], message: invalid }];
    });
  }

  #checkOnce(expression: string): string | null {
    const known = this.#expressions.get(expression);
    if (known !== undefined) return known;
    this.#expressionCosts += measureExpression(expression);
    const invalid =
      this.#expressionCosts > maxExpressionCosts
        ? 'the expressions of this plan are too many or too large'
        : checkExpression(expression);
    this.#expressions.set(expression, invalid);
    return invalid;
  }
}

function safeParseElement(raw: unknown): { kind: 'read'; subtask: Subtask } | { kind: 'malformed'; issues: SchemaIssue[] } {
  // A schema inside `accept` is of any depth, and zod recurses.
  if (typeof raw === 'object' && raw !== null && isTooDeep(Reflect.get(raw, 'accept'))) {
    return { kind: 'malformed', issues: [{ path: ['accept'], message: `nested deeper than ${maxValueDepth} levels` }] };
  }
  const parsed = subtaskSchema.safeParse(raw);
  if (parsed.success) return { kind: 'read', subtask: toSubtask(parsed.data) };
  return { kind: 'malformed', issues: explainIssues(raw, parsed.error.issues) };
}

function toSubtask(parsed: z.infer<typeof subtaskSchema>): Subtask {
  const { id, role, instruction, dependsOn, accept, assumes, estimate, map, grow, evenIfFailed } = parsed;
  return {
    id,
    role,
    instruction,
    dependsOn: [...withoutRepetitions(dependsOn)],
    ...(accept === undefined ? {} : { accept }),
    ...(assumes === undefined ? {} : { assumes }),
    ...(estimate === undefined ? {} : { estimate }),
    ...(map === undefined ? {} : { map }),
    ...(grow === undefined ? {} : { grow }),
    ...(evenIfFailed === undefined ? {} : { evenIfFailed }),
  };
}

function examineMap({ dependsOn }: Subtask, { over, path }: MapOver): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  if (!dependsOn.includes(over)) {
    issues.push({ path: ['map', 'over'], message: `${quoteText(over)} is not among its dependencies. Add it to dependsOn` });
  }
  if (path !== undefined && readPath(`.${path}`) === null) {
    issues.push({ path: ['map', 'path'], message: `${quoteText(path)} is no path: keys and indexes with dots between them` });
  }
  return issues;
}

function readLoosely(raw: unknown, index: number): DraftElement {
  if (typeof raw !== 'object' || raw === null)
    return { index, id: undefined, dependsOn: [], dependsOnAsWritten: [], role: undefined };
  const id: unknown = Reflect.get(raw, 'id');
  const role: unknown = Reflect.get(raw, 'role');
  const dependsOn: unknown = Reflect.get(raw, 'dependsOn');
  const dependsOnAsWritten: readonly unknown[] = Array.isArray(dependsOn) ? dependsOn : [];
  return {
    index,
    id: typeof id === 'string' && id.length > 0 && id.length <= 200 ? id : undefined,
    role: typeof role === 'string' && role.length > 0 ? role : undefined,
    dependsOn: withoutRepetitions(dependsOnAsWritten.filter((entry) => typeof entry === 'string')),
    dependsOnAsWritten,
  };
}

function isPredicateCheck(check: AcceptCheck): check is Extract<AcceptCheck, { kind: 'predicate' }> {
  return check.kind === 'predicate';
}

/** True as well for a value with a loop, and for more than `maxValues` values. */
export function isTooDeep(value: unknown): boolean {
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let seen = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.depth > maxValueDepth || ++seen > maxValues) return true;
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const inner of Object.values(next.value)) pending.push({ value: inner, depth: next.depth + 1 });
  }
  return false;
}

function addMalformed(problems: ProblemList, issue: SchemaIssue, subtaskId: string | undefined): void {
  const place = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  problems.add('malformed', () => ({ message: `${place}${issue.message}.`, subtaskId, path: issue.path }));
}
