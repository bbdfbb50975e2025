/** A result that is too long for its reader: its beginning, its end, its outline when it is JSON, and where to read on. */
import type { Json } from '../json.ts';

/** Below this many characters a digest would be little but its own pointer. */
export const leastDigestCharacters = 400;

/** JSON text that is longer is not parsed for an outline. */
const parsedCharacters = 4_000_000;
const outlineDepth = 4;
const outlineKeys = 20;
const endShare = 0.25;

/** How a reader reads on: the name is that of its source. */
export function pointerTo(name: string, from: number): string {
  return `read_result ${JSON.stringify({ result: name, from })}`;
}

/**
 * At most `characters` long, the same for the same value; null when there is no room for more than what frames it.
 * @param text The value as text; longer than `characters`.
 */
export function digestOf(text: string, value: Json, { name, characters }: { name: string; characters: number }): string | null {
  if (characters < leastDigestCharacters) return null;
  const outline = outlineOf(typeof value === 'string' ? parseJson(text) : value);
  const head = `This is a digest of ${text.length} characters (about ${Math.ceil(text.length / 4)} tokens).`;
  const shownOutline = outline === null ? '' : `\nOutline: ${cut(outline, Math.floor(characters / 4))}`;
  const frame = (from: number) => `${head} Read on with ${pointerTo(name, from)}.${shownOutline}\nBeginning:\n`;
  const between = '\n[…]\nEnd:\n';
  const room = characters - frame(text.length).length - between.length;
  if (room <= 0) return null;
  const endLength = Math.floor(room * endShare);
  const beginning = keepBefore(text, room - endLength);
  return `${frame(beginning.length)}${beginning}${between}${keepAfter(text, text.length - endLength)}`;
}

/** `{ items: list of 812 × { id: number, name: text }, next: null }`; null for what is neither list nor object. */
function outlineOf(value: Json | undefined): string | null {
  return typeof value === 'object' && value !== null ? describe(value, 1) : null;
}

function describe(value: Json, depth: number): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `text of ${value.length}`;
  if (typeof value !== 'object') return typeof value === 'boolean' ? 'true or false' : 'number';
  if (Array.isArray(value)) {
    const [first] = value;
    if (first === undefined) return 'empty list';
    return `list of ${value.length}${depth >= outlineDepth ? '' : ` × ${describe(first, depth + 1)}`}`;
  }
  const entries = Object.entries(value);
  if (depth >= outlineDepth) return `object of ${entries.length}`;
  const shown = entries.slice(0, outlineKeys).map(([key, member]) => `${cut(key, 60)}: ${describe(member, depth + 1)}`);
  if (entries.length > outlineKeys) shown.push(`${entries.length - outlineKeys} more`);
  return `{ ${shown.join(', ')} }`;
}

/** undefined when it is no JSON list or object. */
export function parseJson(text: string): Json | undefined {
  const unfenced = /^\s*```(?:json)?[ \t]*\n([\s\S]*?)\n[ \t]*```\s*$/.exec(text)?.[1] ?? text;
  if (unfenced.length > parsedCharacters || !/^\s*[[{]/.test(unfenced)) return undefined;
  try {
    return JSON.parse(unfenced) as Json;
  } catch {
    return undefined;
  }
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${keepBefore(text, Math.max(0, characters - 1))}…`;
}

/** Cuts no character in two. */
function keepBefore(text: string, at: number): string {
  return text.slice(0, isInsidePair(text, at) ? at - 1 : at);
}

function keepAfter(text: string, at: number): string {
  return text.slice(isInsidePair(text, at) ? at + 1 : at);
}

function isInsidePair(text: string, at: number): boolean {
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) && /[\uD800-\uDBFF]/.test(text.charAt(at - 1));
}
