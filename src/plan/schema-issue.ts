/** What zod found, in words that name the value: `expected a string, got 5`. */
import type { z } from 'zod';
import type { DocumentPath } from './problem-list.ts';
import { describeValue, listNames } from './quote-value.ts';

type Issue = z.core.$ZodIssue;

export interface SchemaIssue {
  /** Below the value that was parsed. */
  path: DocumentPath;
  message: string;
}

const nouns: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** `value` is what was parsed. One entry for each wrong place. */
export function explainIssues(value: unknown, issues: readonly Issue[], above: DocumentPath = []): SchemaIssue[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))];
    return explainIssue(value, issue, path);
  });
}

function explainIssue(root: unknown, issue: Issue, path: DocumentPath): SchemaIssue[] {
  const value = valueAt(root, path);
  switch (issue.code) {
    case 'invalid_type':
      return [{ path, message: `expected ${nouns[issue.expected] ?? issue.expected}, got ${describeValue(value)}` }];
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: 'unknown key' }));
    case 'invalid_value':
      return [
        {
          path,
          message: `expected ${issue.values.map((allowed) => describeValue(allowed)).join(' or ')}, got ${describeValue(value)}`,
        },
      ];
    case 'too_small':
      return [
        { path, message: value === '' ? 'must not be empty' : `must be at least ${issue.minimum}, got ${describeValue(value)}` },
      ];
    case 'too_big':
      return [
        {
          path,
          message: `must be at most ${issue.maximum}${typeof value === 'string' ? ' characters' : ''}, got ${describeValue(value)}`,
        },
      ];
    case 'invalid_union':
      return explainUnion(root, issue, path);
    default:
      return [{ path, message: issue.message }];
  }
}

function explainUnion(root: unknown, issue: z.core.$ZodIssueInvalidUnion, path: DocumentPath): SchemaIssue[] {
  const value = valueAt(root, path);
  if ('options' in issue && Array.isArray(issue.options)) {
    return [{ path, message: `expected one of ${listNames(issue.options.map(String))}, got ${describeValue(value)}` }];
  }
  // The member that the value was meant for is the one that it fails only further down.
  const meant = issue.errors.find((errors) => errors.every((error) => error.code !== 'invalid_type' || error.path.length > 0));
  if (meant !== undefined) return explainIssues(root, meant, path);
  const kinds = issue.errors.flatMap(([error]) =>
    error?.code === 'invalid_type' ? [nouns[error.expected] ?? error.expected] : [],
  );
  return [{ path, message: `expected ${kinds.join(' or ')}, got ${describeValue(value)}` }];
}

function valueAt(root: unknown, path: DocumentPath): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
