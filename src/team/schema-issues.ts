/** Zod's issues in the words of a team file: the value that was found, what was expected, the key that was probably meant. */
import { z } from 'zod';
import { ClosestId } from '../plan/closest-id.ts';
import { describeValue, listNames, quoteText } from '../plan/quote-value.ts';
import type { Finding, PathSegment } from './team-problems.ts';

type Issue = z.core.$ZodIssue;

/** Every issue of a failed parse. `input` is the value that was parsed. */
export function describeIssues(schema: z.ZodType, input: unknown, error: z.ZodError): Finding[] {
  return error.issues.flatMap((issue) => describeIssue(schema, input, issue, []));
}

/** `unknown role "critc". Did you mean "critic"? Known roles: critic, writer.` */
export function describeUnknown(kind: string, name: string, known: readonly string[], plural = `${kind}s`): string {
  const closest = new ClosestId(known).find(name);
  const hint = closest === undefined ? '' : ` Did you mean ${quoteText(closest)}?`;
  const list =
    known.length === 0 ? 'none' : known.slice(0, 40).join(', ') + (known.length > 40 ? `, and ${known.length - 40} more` : '');
  return `unknown ${kind} ${quoteText(name)}.${hint} Known ${plural}: ${list}.`;
}

function describeIssue(schema: z.ZodType, input: unknown, issue: Issue, prefix: readonly PathSegment[]): Finding[] {
  const path = [...prefix, ...issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment))];
  const found = valueAt(input, path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path, input);
      return issue.keys.map((key) => ({ path: [...path, key], at: 'key', message: describeUnknown('key', key, known) }));
    }
    case 'invalid_type':
      return [
        {
          path,
          message:
            found === undefined ? `is missing: ${expectedNames([issue.expected])} belongs here` : mustBe([issue.expected], found),
        },
      ];
    case 'invalid_value':
      return [
        { path, message: `must be ${listNames(issue.values.map(String)).replaceAll('"', '')}, not ${describeValue(found)}` },
      ];
    case 'invalid_union':
      return describeUnion(schema, input, issue, path);
    case 'invalid_key':
      return [{ path, at: 'key', message: issue.issues.map((inner) => inner.message).join('; ') }];
    case 'too_small':
      return [{ path, message: describeBound(found, 'least', issue.minimum, issue.inclusive ?? true) }];
    case 'too_big':
      return [{ path, message: describeBound(found, 'most', issue.maximum, issue.inclusive ?? true) }];
    default:
      return [{ path, message: issue.message }];
  }
}

/** A union of text and something longer: the branch whose shape the value has is the one whose issues help. */
function describeUnion(schema: z.ZodType, input: unknown, issue: z.core.$ZodIssueInvalidUnion, path: PathSegment[]): Finding[] {
  const found = valueAt(input, path);
  if ('discriminator' in issue && issue.discriminator !== undefined) {
    const known = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
    const message =
      typeof found === 'string'
        ? describeUnknown(issue.discriminator, found, known)
        : `must be one of ${known.join(', ')}, not ${describeValue(found)}`;
    return [{ path, message }];
  }
  const entered = issue.errors.find(
    (branch) => !branch.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0),
  );
  if (entered !== undefined) return entered.flatMap((inner) => describeIssue(schema, input, inner, path));
  const expected = issue.errors.flatMap((branch) =>
    branch.flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : [])),
  );
  return [{ path, message: mustBe(expected, found) }];
}

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'null',
};

function expectedNames(expected: readonly string[]): string {
  return [...new Set(expected.map((type) => typeNames[type] ?? type))].join(' or ');
}

function mustBe(expected: readonly string[], found: unknown): string {
  return `must be ${expectedNames(expected)}, not ${describeValue(found).replace('an object', 'a mapping')}`;
}

function describeBound(found: unknown, side: 'least' | 'most', bound: number | bigint, inclusive: boolean): string {
  if (typeof found === 'string') {
    return side === 'least' ? 'must not be empty' : `is longer than ${bound} characters`;
  }
  const words = inclusive ? `at ${side} ${bound}` : `${side === 'least' ? 'more' : 'less'} than ${bound}`;
  return `must be ${words}, not ${describeValue(found)}`;
}

function valueAt(input: unknown, path: readonly PathSegment[]): unknown {
  let value = input;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<PathSegment, unknown>)[segment];
  }
  return value;
}

/** The keys that the schema knows at a path of the input. */
function keysAt(schema: z.ZodType, path: readonly PathSegment[], input: unknown): string[] {
  let candidates: z.core.$ZodType[] = [schema];
  let value = input;
  for (const segment of path) {
    candidates = flatten(candidates, value).flatMap((candidate) => stepInto(candidate, segment));
    value = valueAt(value, [segment]);
  }
  return [
    ...new Set(
      flatten(candidates, value).flatMap((candidate) => (candidate instanceof z.ZodObject ? Object.keys(candidate.shape) : [])),
    ),
  ];
}

/** Wrappers taken off and unions spread; of a discriminated union only the branch the value names. */
function flatten(schemas: readonly z.core.$ZodType[], value: unknown): z.core.$ZodType[] {
  return schemas.flatMap((schema) => {
    if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return flatten([schema.unwrap()], value);
    if (schema instanceof z.ZodDiscriminatedUnion) {
      return flatten(
        schema.options.filter((option) => namesBranch(option, schema.def.discriminator, value)),
        value,
      );
    }
    if (schema instanceof z.ZodUnion) return flatten(schema.options, value);
    return [schema];
  });
}

function namesBranch(option: z.core.$ZodType, discriminator: string, value: unknown): boolean {
  if (!(option instanceof z.ZodObject)) return false;
  const tag = (option.shape as Record<string, z.core.$ZodType>)[discriminator];
  return tag !== undefined && z.safeParse(tag, valueAt(value, [discriminator])).success;
}

function stepInto(schema: z.core.$ZodType, segment: PathSegment): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const member = (schema.shape as Record<string, z.core.$ZodType>)[segment];
    return member === undefined ? [] : [member];
  }
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  return [];
}
