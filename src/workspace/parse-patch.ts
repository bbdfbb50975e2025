/** Trees and patches from JSON that anyone may have written: each problem is named with its place in the document. */
import { z } from 'zod';
import { compareText } from '../documents/compare-text.ts';
import { PlanwrightError } from '../errors.ts';
import type { Patch, PatchChange } from './patch.ts';
import { checkTree, type Tree } from './tree.ts';
import { defaultTreeRules, judgePath, type TreeRules } from './tree-rules.ts';

/**
 * @throws {PlanwrightError} `usage` with the place for what is no tree of version 1, or breaks a rule of its paths;
 *   `value-too-large` beyond the bounds.
 */
export function parseTree(json: unknown, rules: TreeRules = defaultTreeRules): Tree {
  const files = z.array(z.strictObject({ path: pathSchema(rules), ...stateShape(rules) })).max(rules.files);
  const tree = parse(z.strictObject({ version: z.literal(1), files }), json, 'tree');
  checkTree(tree, rules);
  return tree;
}

/** @throws {PlanwrightError} `usage` with the place for what is no patch of version 1. */
export function parsePatch(json: unknown, rules: TreeRules = defaultTreeRules): Patch {
  const path = pathSchema(rules);
  const state = z.strictObject(stateShape(rules));
  const change = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('added'), path, after: state }),
    z.strictObject({ kind: z.literal('removed'), path, before: state }),
    z.strictObject({
      kind: z.literal('changed'),
      path,
      before: state,
      after: state,
      mergedFrom: z
        .array(hashSchema)
        .min(2)
        .max(maxMergedFrom)
        .refine(isAscending, 'must be in order, each hash once')
        .optional(),
    }),
    z.strictObject({ kind: z.literal('mode'), path, before: state, after: state }),
  ]);
  // Every file of one tree removed and every file of another added.
  const changes = z
    .array(change)
    .max(2 * rules.files)
    .refine((list) => isAscending(list.map((member) => member.path)), 'must be in the order of their paths, each path once');
  const patch = parse(z.strictObject({ version: z.literal(1), changes }), json, 'patch');
  patch.changes.forEach((member, index) => {
    const problem = judgeChange(member);
    if (problem !== null) throw invalid('patch', `changes.${index}: ${problem}`);
  });
  return { version: 1, changes: patch.changes.map(toChange) };
}

/** More contents than any join has patches. */
const maxMergedFrom = 1000;

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex');

function stateShape(rules: TreeRules) {
  return { hash: hashSchema, mode: z.enum(['file', 'executable']), size: z.int().min(0).max(rules.fileBytes) };
}

function pathSchema(rules: TreeRules) {
  return z
    .string()
    .max(rules.pathBytes)
    .superRefine((path, context) => {
      const problem = judgePath(path, rules);
      if (problem !== null) context.addIssue({ code: 'custom', message: `the path ${problem.why}` });
    });
}

function isAscending(texts: readonly string[]): boolean {
  return texts.every((text, index) => index === 0 || compareText(texts[index - 1] ?? '', text) < 0);
}

type ParsedChange =
  | Exclude<PatchChange, { kind: 'changed' }>
  | (Omit<Extract<PatchChange, { kind: 'changed' }>, 'mergedFrom'> & { mergedFrom?: string[] | undefined });

/** Nothing rules out that a merge gives its base's content back. */
function judgeChange(change: ParsedChange): string | null {
  if (change.kind === 'added' || change.kind === 'removed') return null;
  const { before, after } = change;
  const sameContent = before.hash === after.hash;
  if (sameContent && before.size !== after.size) return 'one content has two sizes';
  if (change.kind === 'mode') return sameContent && before.mode !== after.mode ? null : 'only the mode must differ';
  return sameContent && change.mergedFrom === undefined ? 'the content must differ' : null;
}

function toChange(change: ParsedChange): PatchChange {
  if (change.kind !== 'changed') return change;
  const { mergedFrom, ...rest } = change;
  return mergedFrom === undefined ? rest : { ...rest, mergedFrom };
}

function parse<T>(schema: z.ZodType<T>, json: unknown, what: 'tree' | 'patch'): T {
  const version: unknown = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  if (typeof version === 'number' && version > 1) {
    throw new PlanwrightError('usage', `This ${what} has version ${version}; this Planwright reads version 1. Update it.`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const place = first === undefined || first.path.length === 0 ? 'document' : first.path.map(String).join('.');
  throw invalid(what, `${place}: ${first?.message ?? 'unreadable'}`, place);
}

function invalid(what: 'tree' | 'patch', problem: string, path?: string): PlanwrightError {
  return new PlanwrightError('usage', `This is no valid ${what}: ${problem}.`, path === undefined ? {} : { location: { path } });
}
