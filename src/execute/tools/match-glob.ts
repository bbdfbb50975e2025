import { RE2JS } from 're2js';

/**
 * A test for paths that hold `pattern`, whatever the case, or match it as a glob (`*`, `**`, `?`); a glob without a slash is matched against the
 * file's name. The pattern comes from a model: it runs on an engine without backtracking (Node's own matchesGlob needs hours for `*a*a*a…`).
 */
export function matchGlob(pattern: string): (path: string) => boolean {
  const plain = pattern.replace(/^\.?\//, '').toLowerCase();
  if (!/[*?]/.test(plain)) return (path) => path.toLowerCase().includes(plain);
  const source = plain.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => globParts.get(part) ?? RE2JS.quote(part));
  const compiled = RE2JS.compile(`^${source}$`, RE2JS.DOTALL);
  const byName = !plain.includes('/');
  return (path) => compiled.matches(path.slice(byName ? path.lastIndexOf('/') + 1 : 0).toLowerCase());
}

const globParts = new Map([
  ['**/', '(?:.*/)?'],
  ['**', '.*'],
  ['*', '[^/]*'],
  ['?', '[^/]'],
]);
