/** Trees and patches from JSON that anyone may have written: each problem is named with its place in the document. */
import { z } from 'zod';
import { compareText } from '../documents/compare-text.ts';
import { PlanwrightError } from '../errors.ts';
import { joinHistories, keyOf, listHeads, maxMakings } from './history.ts';
import { changeBetween, type History, type Patch, type PatchChange, sameVersion, type Version } from './patch.ts';
import { checkTree, type FileState, type Tree } from './tree.ts';
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
  const version = state.nullable();
  const making = z.strictObject({ version, depth: z.int().min(1), from: z.array(z.int().min(0)).max(maxMakings) });
  const past = z.array(making).min(1).max(maxMakings).superRefine(checkHistory);
  const history = past.optional();
  const change = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('added'), path, after: state, history }),
    z.strictObject({ kind: z.literal('removed'), path, before: state, history }),
    z.strictObject({ kind: z.literal('changed'), path, before: state, after: state, history }),
    z.strictObject({ kind: z.literal('mode'), path, before: state, after: state, history }),
    z.strictObject({ kind: z.literal('restored'), path, before: version, history: past }),
  ]);
  // Every file of one tree removed and every file of another added.
  const changes = z
    .array(change)
    .max(2 * rules.files)
    .refine((list) => isAscending(list.map((member) => member.path)), 'must be in the order of their paths, each path once');
  const patch = parse(z.strictObject({ version: z.literal(1), changes }), json, 'patch');
  return { version: 1, changes: patch.changes.map(toChange) };
}

/** Each making once, in order, and made from earlier ones of lesser depth. */
function checkHistory(history: History, context: z.RefinementCtx): void {
  history.forEach(({ version, depth, from }, at) => {
    const previous = history[at - 1];
    const isInOrder =
      previous === undefined ||
      depth > previous.depth ||
      (depth === previous.depth && compareText(keyOf(version), keyOf(previous.version)) > 0);
    const isMadeFromEarlier = from.every((index) => index < at && (history[index]?.depth ?? 0) < depth);
    if (isInOrder && isMadeFromEarlier) return;
    context.addIssue({ code: 'custom', path: [at], message: 'must come after what it was made from, by depth, then by version' });
  });
}

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

interface ParsedChange {
  kind: PatchChange['kind'];
  path: string;
  before?: Version;
  after?: FileState;
  history?: History | undefined;
}

/** @throws {PlanwrightError} `usage` when the kind is not what the two versions say. */
function toChange({ kind, path, before = null, after, history }: ParsedChange, index: number): PatchChange {
  if (before !== null && before.hash === after?.hash && before.size !== after.size) {
    throw invalid('patch', `changes.${index}: one content has two sizes`);
  }
  const version = kind === 'restored' ? before : (after ?? null);
  const [change] = changeBetween(path, before, {
    after: version,
    history: history ?? [{ version, depth: 1, from: [] }],
  });
  const heads = listHeads(joinHistories([history ?? []]));
  if (heads[0] !== undefined && heads.length === 1 && !sameVersion(heads[0].version, version)) {
    throw invalid('patch', `changes.${index}: its history leads to another version`);
  }
  if (change?.kind === kind) return change;
  throw invalid('patch', `changes.${index}: the versions before and after do not make it "${kind}"`);
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
