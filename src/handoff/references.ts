/**
 * References of an instruction to results: `{{ID}}`, `{{ID.path}}`, `{{subtask.ID.path}}`, and ReWOO's `#E1` and LLMCompiler's
 * `$1`. They name dependencies and nothing else. Whatever an instruction holds, reading it takes linear time.
 */
import type { Json } from '../json.ts';
import { readPath, valueAt } from '../value-path.ts';
import { parseJson } from './digest.ts';

/** Something an instruction may refer to. */
export interface Referable {
  /** A dependency's id, or `item`. */
  name: string;
  value: Json;
}

export type Reference = {
  /** As it is written. */
  written: string;
  /** Where it stands in the instruction. */
  at: number;
} & (
  | {
      kind: 'resolved';
      /** The dependency's id. */
      name: string;
      /** `ID`, or `ID.path`: the same for the same data. */
      label: string;
      isWhole: boolean;
      value: Json;
    }
  | { kind: 'missing' }
);

/** `$1.50` is money, and `#E1a` a word. */
const forms = /\{\{([^{}\n]{1,500})\}\}|#E(\d{1,9})(?![\w])|\$(\d{1,9})(?![\w]|[.,]\d)/g;

/** In the order of the instruction. `$n` counts as a reference only among dependencies that are numbered. */
export function findReferences(instruction: string, referables: readonly Referable[]): Reference[] {
  const byName = new Map(referables.map((referable) => [referable.name, referable]));
  const isNumbered = referables.some(({ name }) => /^\d+$/.test(name));
  const found: Reference[] = [];
  for (const match of instruction.matchAll(forms)) {
    const [written, braced, evidence, numbered] = match;
    if (numbered !== undefined && !isNumbered) continue;
    const place = { written, at: match.index };
    if (braced !== undefined) found.push({ ...place, ...readBraced(braced.trim(), byName) });
    else {
      const name = numbered ?? (byName.has(`E${evidence}`) ? `E${evidence}` : (evidence ?? ''));
      const referable = byName.get(name);
      found.push(
        referable === undefined
          ? { ...place, kind: 'missing' }
          : { ...place, kind: 'resolved', name, label: name, isWhole: true, value: referable.value },
      );
    }
  }
  return found;
}

type Read = { kind: 'missing' } | { kind: 'resolved'; name: string; label: string; isWhole: boolean; value: Json };

function readBraced(text: string, byName: ReadonlyMap<string, Referable>): Read {
  const prefix = 'subtask.';
  const bare = text.startsWith(prefix) ? readNamed(text.slice(prefix.length), byName) : null;
  return bare ?? readNamed(text, byName) ?? { kind: 'missing' };
}

/** Ids may hold dots and brackets: of those that the text begins with, the longest one is meant. null: it names none. */
function readNamed(text: string, byName: ReadonlyMap<string, Referable>): Read | null {
  for (let length = text.length; length > 0; length--) {
    const referable = byName.get(text.slice(0, length));
    if (referable === undefined || !/^(?:$|[.[])/.test(text.slice(length))) continue;
    const { name, value } = referable;
    if (length === text.length) return { kind: 'resolved', name, label: name, isWhole: true, value };
    const path = readPath(text.slice(length));
    const part = path === null ? undefined : valueAt(value, path, parseJson);
    if (part === undefined) return { kind: 'missing' };
    return { kind: 'resolved', name, label: text, isWhole: false, value: part };
  }
  return null;
}
