/** A copy of any value as plain JSON data, or what keeps it from being that. Bounds its size and depth, so that what follows may recurse. */

import type { Json } from '../json.ts';
import { describeValue } from '../plan/quote-value.ts';
import type { Finding, PathSegment } from './team-problems.ts';

const maxDepth = 64;
/** Counted with every alias written out. */
const maxValues = 200_000;

export type PlainCopy = { kind: 'copied'; value: Json } | { kind: 'refused'; finding: Finding };

class NotPlain extends Error {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super(finding.message);
    this.finding = finding;
  }
}

/** Drops `undefined` members and makes −0 a 0, so that the copy equals itself after a round trip through JSON text. */
export function copyPlain(value: unknown): PlainCopy {
  const path: PathSegment[] = [];
  let values = 0;

  function refuse(message: string): never {
    throw new NotPlain({ path: [...path], message, at: 'key' });
  }

  function copyMember(segment: PathSegment, member: unknown): Json {
    path.push(segment);
    const copied = copy(member);
    path.pop();
    return copied;
  }

  function copy(original: unknown): Json {
    values += 1;
    if (values > maxValues) refuse(`the team holds more than ${maxValues} values`);
    if (path.length > maxDepth) refuse(`is nested more than ${maxDepth} levels deep`);
    if (original === null || typeof original === 'string' || typeof original === 'boolean') return original;
    if (typeof original === 'number' && Number.isFinite(original)) return original + 0;
    if (Array.isArray(original)) return original.map((item, index) => copyMember(index, item));
    if (typeof original !== 'object' || !isPlainObject(original))
      return refuse(`must be plain data, not ${describeOther(original)}`);
    const copied: { [key: string]: Json } = {};
    for (const [key, member] of Object.entries(original)) {
      if (key === '__proto__') {
        path.push(key);
        refuse('is a reserved word of JavaScript and cannot be a key');
      }
      if (member !== undefined) copied[key] = copyMember(key, member);
    }
    return copied;
  }

  try {
    return { kind: 'copied', value: copy(value) };
  } catch (thrown) {
    if (thrown instanceof NotPlain) return { kind: 'refused', finding: thrown.finding };
    throw thrown;
  }
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describeOther(value: unknown): string {
  if (typeof value !== 'object' || value === null) return describeValue(value);
  return `a ${value.constructor?.name ?? 'special object'}`;
}
