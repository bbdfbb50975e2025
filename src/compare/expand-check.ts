/** Held-out checks as people write them: `{ exact: "4" }` for `{ kind: exact, value: "4" }`, one check for a list of one. */
import type { PathSegment } from '../team/team-problems.ts';

/** The shorthand's key, and the member of the written-out check that takes its value. */
const shorthands: Readonly<Record<string, string>> = {
  exact: 'value',
  regex: 'pattern',
  number: 'value',
  schema: 'schema',
  rubric: 'rubric',
};
/** Words that other harnesses have for the member, by kind. */
const synonyms: Readonly<Record<string, { to: string; from: readonly string[] }>> = {
  exact: { to: 'value', from: ['expected', 'answer', 'equals'] },
  number: { to: 'value', from: ['expected', 'answer', 'equals'] },
  regex: { to: 'pattern', from: ['value', 'regex'] },
};
const predicateKeys = ['contains', 'notContains', 'matches', 'notMatches', 'minLength', 'maxLength'];

export interface ExpandedChecks {
  /** A list of written-out checks, or the value as it came when it is nothing of the kind. */
  checks: unknown;
  /** From a place in `checks` to the place that was written. */
  writtenPath: (path: readonly PathSegment[]) => PathSegment[];
}

export function expandChecks(value: unknown): ExpandedChecks {
  const isList = Array.isArray(value);
  if (value === undefined || (!isList && !isRecord(value))) return { checks: value, writtenPath: (path) => [...path] };
  const written: unknown[] = isList ? value : [value];
  const expanded = written.map((check) => expandOne(check));
  return {
    checks: expanded.map(({ check }) => check),
    writtenPath: ([index, member, ...rest]) => {
      if (typeof index !== 'number') return [];
      const renamed = expanded[index]?.renamed;
      const inside = member === undefined ? [] : [renamed?.to === member ? renamed.from : member, ...rest];
      return isList ? [index, ...inside] : inside;
    },
  };
}

function expandOne(check: unknown): { check: unknown; renamed?: { from: string; to: string } } {
  if (!isRecord(check)) return { check };
  if ('kind' in check) return renameMember(check);
  const named = Object.keys(shorthands).filter((key) => Object.hasOwn(check, key));
  const [from] = named;
  if (from !== undefined && named.length === 1) {
    const { [from]: given, ...rest } = check;
    const to = shorthands[from] ?? from;
    return { check: { kind: from, [to]: given, ...rest }, renamed: { from, to } };
  }
  if (named.length === 0 && predicateKeys.some((key) => Object.hasOwn(check, key))) {
    return { check: { kind: 'predicate', ...check } };
  }
  if (named.length === 0 && isRecord(check['predicate'])) return { check: { ...check['predicate'], kind: 'predicate' } };
  return { check };
}

/** `{ kind: exact, expected: "4" }`: the member by the name it has here. */
function renameMember(check: Record<string, unknown>): { check: unknown; renamed?: { from: string; to: string } } {
  const known = typeof check['kind'] === 'string' && Object.hasOwn(synonyms, check['kind']) ? synonyms[check['kind']] : undefined;
  const from = known?.from.find((name) => Object.hasOwn(check, name));
  if (known === undefined || from === undefined || Object.hasOwn(check, known.to)) return { check };
  const { [from]: given, ...rest } = check;
  return { check: { ...rest, [known.to]: given }, renamed: { from, to: known.to } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
