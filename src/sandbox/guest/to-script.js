/** TypeScript and module syntax as a script's: the tests of a solution see its scope, which only scripts share. */
import { stripTypeScriptTypes } from 'node:module';
import { Script } from 'node:vm';

/**
 * JavaScript without types. Lines keep their numbers unless there are enums, namespaces or parameter properties.
 * @param {string} source TypeScript
 * @returns {{ text: string, keepsLines: boolean }}
 * @throws {SyntaxError}
 */
export function stripTypes(source) {
  try {
    return { text: stripTypeScriptTypes(source, { mode: 'strip' }), keepsLines: true };
  } catch {
    return { text: stripTypeScriptTypes(source, { mode: 'transform' }), keepsLines: false };
  }
}

/**
 * A text that is a script already comes back as it is. Otherwise `export` in front of a declaration is taken away and static imports
 * become calls of `require`; lines keep their numbers. What still is no script is left for its error message.
 * @param {string} source JavaScript
 */
export function toScript(source) {
  if (isScript(source)) return source;
  const script = source
    .replaceAll(/^([ \t]*)export[ \t]+(?:default[ \t]+)?(?=(?:async[ \t]+)?function\b|class\b|const\b|let\b|var\b)/gm, '$1')
    .replaceAll(/^[ \t]*export[ \t]*\{[^{}]*\}[ \t]*;?/gm, (list) => list.replaceAll(/[^\n]/g, ''))
    .replaceAll(/^[ \t]*export[ \t]+default[ \t]+(?=[\w$]+[ \t]*;?[ \t]*$)/gm, '')
    .replaceAll(/^[ \t]*import[ \t]+(['"][^'"\n]+['"])/gm, 'require($1)')
    .replaceAll(/^[ \t]*import[ \t]+([\w$*{][^'"();]*?)\s*\bfrom[ \t]*(['"][^'"\n]+['"])/gm, (statement, clause, from) =>
      writeRequire(statement, clause, from),
    );
  return isScript(script) ? script : source;
}

/** @param {string} statement @param {string} clause `a, { b as c }` @param {string} from with its quotes */
function writeRequire(statement, clause, from) {
  const parts = /^(?:([\w$]+)\s*,?)?\s*(?:\*\s*as\s+([\w$]+)|(\{[^}]*\}))?\s*$/.exec(clause);
  if (parts === null) return statement;
  const [, byDefault, all, list] = parts;
  const names = [...(byDefault === undefined ? [] : [byDefault]), ...(all === undefined ? [] : [all])];
  if (list !== undefined) names.push(list.replaceAll(/\bas\b/g, ':').replaceAll('\n', ' '));
  const lines = statement.split('\n').length - 1;
  return `const ${names.map((name) => `${name} = require(${from})`).join(', ')}${'\n'.repeat(lines)}`;
}

/** @param {string} source */
function isScript(source) {
  try {
    return new Script(source) instanceof Script;
  } catch {
    return false;
  }
}

/**
 * Tests as a text for a direct eval: a script, or, where they await, the call of an async function around them.
 * @param {string} source JavaScript
 */
export function toTests(source) {
  const script = toScript(source);
  const awaiting = `(async () => {${script}\n})()`;
  return !isScript(script) && isScript(awaiting) ? awaiting : script;
}
