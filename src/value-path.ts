/** Paths into JSON, as references and mapped subtasks write them. */
import type { Json } from './json.ts';

/** `.items.0["full name"]` → [items, 0, full name]; null when it is no path. */
export function readPath(text: string): string[] | null {
  const keys: string[] = [];
  const part = /\.([^.[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return null;
    const [, plain, index, quoted] = match;
    keys.push(plain?.trim() ?? index ?? (quoted ?? '').replace(/\\(.)/g, '$1'));
  }
  return keys;
}

/** undefined where the path leads nowhere; nothing that objects inherit is found. */
export function valueAt(
  value: Json,
  path: readonly string[],
  parse: (text: string) => Json | undefined = () => undefined,
): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path) {
    if (typeof here === 'string') here = parse(here);
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    if (Array.isArray(here)) here = /^\d+$/.test(key) ? here[Number(key)] : undefined;
    else here = here[key];
  }
  return here;
}
