/**
 * An oxlint plugin with the one rule that oxlint's own cannot say: which room may import what, types and values apart.
 * `import type` is a type's import; `import { type A }` is a value's, for at run time the import stays.
 */
import { relative, resolve, sep } from 'node:path';

/** What an import says and where. `target` is a path from the project's root for a relative import, else the package's name as written. */
export interface ImportUse {
  /** Importing file, from the project's root, with forward slashes. */
  from: string;
  target: string;
  isRelative: boolean;
  typeOnly: boolean;
}

/** Parsers and a matcher: pure functions of text. */
const PLAN_PACKAGES = ['zod', 'yaml', 're2js'];
const PURE_ROOMS = ['src/plan/', 'src/schedule/', 'src/allocate/'];
/** Whose values a pure room may import too: the fold decides by the allocation strategies. */
const PURE_VALUES: Record<string, string> = { 'src/schedule/': 'src/allocate/' };
const PUBLIC_ENTRIES = ['src/index.ts', 'src/testing/index.ts', 'src/server/index.ts'];
/** Rooms inside src/ that see of the library what a third party sees. */
const USERS_INSIDE = ['src/cli/', 'src/server/'];
/** Folders outside src/ that do. */
const USERS_OUTSIDE = ['web/', 'examples/'];
/** Root files that are not pure: the first two import every room, the clock's values read the time. */
const IMPURE_ROOT_FILES = ['src/index.ts', 'src/run-task.ts', 'src/clock.ts'];

/** @returns why the import is refused, or null. */
export function judgeImport(use: ImportUse): string | null {
  const { from, target, isRelative } = use;
  const isTest = from.endsWith('.test.ts');
  const pureRoom = PURE_ROOMS.find((room) => from.startsWith(room));
  if (pureRoom !== undefined) return isTest ? null : judgePureRoom(pureRoom, use);

  const inside = USERS_INSIDE.find((room) => from.startsWith(room));
  if (inside !== undefined) {
    if (!isRelative || target.startsWith(inside) || PUBLIC_ENTRIES.includes(target)) return null;
    return `${inside} uses public exports only: import from ${listWords(PUBLIC_ENTRIES)}, not ${target}.`;
  }
  const outside = USERS_OUTSIDE.find((folder) => from.startsWith(folder));
  if (outside !== undefined) {
    if (outside === 'web/' && !isRelative) return judgeBrowserImport(use, isTest);
    if (!isRelative || target.startsWith(outside)) return null;
    return `${outside} uses public exports only: import from '${outside === 'web/' ? 'planwright/browser' : 'planwright'}', not ${target}.`;
  }
  if (from.startsWith('src/') && !from.startsWith('src/testing/') && !isTest && isRelative) {
    if (target === 'src/index.ts' || USERS_INSIDE.some((room) => target.startsWith(room))) {
      return `The library does not import ${target}, which is built on it.`;
    }
  }
  return null;
}

function listWords(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** A page has no Node: of the library it takes what needs none. Its tests run under Node. */
function judgeBrowserImport({ target }: ImportUse, isTest: boolean): string | null {
  if (/^planwright(?:\/|$)/.test(target) && target !== 'planwright/browser') {
    return `web/ runs in a browser: import from 'planwright/browser', not '${target}'.`;
  }
  if (target.startsWith('node:') && !isTest) return `web/ runs in a browser, which has no '${target}'.`;
  return null;
}

function judgePureRoom(room: string, { target, isRelative, typeOnly }: ImportUse): string | null {
  if (!isRelative) {
    const allowed = room === 'src/plan/' ? PLAN_PACKAGES : [];
    if (allowed.includes(target)) return null;
    return `${room} is pure: it imports no package${allowed.length === 0 ? '' : ` but ${allowed.join(', ')}`}, so not '${target}'.`;
  }
  if (target.startsWith(room)) return null;
  if (/^src\/[^/]+$/.test(target)) {
    if (typeOnly || !IMPURE_ROOT_FILES.includes(target)) return null;
    return `${room} is pure: of ${target} it may import types only.`;
  }
  if (!PURE_ROOMS.some((other) => target.startsWith(other))) {
    return `${room} imports from ${PURE_ROOMS.join(', ')} and the files directly in src/ only, not ${target}.`;
  }
  const ofValues = PURE_VALUES[room];
  if (ofValues !== undefined && target.startsWith(ofValues)) return null;
  return typeOnly ? null : `${room} may import types only from ${target}: use 'import type'.`;
}

/** The parts of oxlint's (ESLint's) syntax nodes that are read here. */
interface ImportNode {
  source: { type: string; value?: unknown } | null;
  importKind?: 'type' | 'value';
  exportKind?: 'type' | 'value';
}

interface RuleContext {
  cwd: string;
  filename: string;
  report(problem: { node: ImportNode; message: string }): void;
}

const importRule = {
  create(context: RuleContext) {
    const from = relative(context.cwd, context.filename).split(sep).join('/');
    const judge = (node: ImportNode, typeOnly: boolean) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      const isRelative = specifier.startsWith('.');
      const target = isRelative
        ? relative(context.cwd, resolve(context.filename, '..', specifier))
            .split(sep)
            .join('/')
        : specifier;
      const message = judgeImport({ from, target, isRelative, typeOnly });
      if (message !== null) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node: ImportNode) => judge(node, node.importKind === 'type'),
      ExportNamedDeclaration: (node: ImportNode) => judge(node, node.exportKind === 'type'),
      ExportAllDeclaration: (node: ImportNode) => judge(node, node.exportKind === 'type'),
      ImportExpression: (node: ImportNode) => judge(node, false),
      TSImportType: (node: ImportNode) => judge(node, true),
    };
  },
};

export default { meta: { name: 'planwright' }, rules: { imports: importRule } };
