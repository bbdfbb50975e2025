import { expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { checkAnswer } from './check-answer.ts';
import { type AnswerCheck, heldOutCheckSchema } from './comparison-task.ts';

const judge = (check: object, deliverable: Json) => checkAnswer(heldOutCheckSchema.parse(check) as AnswerCheck, deliverable).kind;

test.each<[object, Json, 'passed' | 'failed']>([
  [{ kind: 'exact', value: 'New  York' }, '\n New York ', 'passed'],
  [{ kind: 'exact', value: 'New York' }, 'new york', 'failed'],
  [{ kind: 'exact', value: 'New York', ignoreCase: true }, 'NEW YORK', 'passed'],
  [{ kind: 'exact', value: 'a', trim: false }, 'a ', 'failed'],
  [{ kind: 'exact', value: 4 }, 4, 'passed'],
  [{ kind: 'exact', value: 'caf\u00e9' }, 'cafe\u0301', 'passed'],
  [{ kind: 'exact', value: '4' }, 'It is 4', 'failed'],
  [{ kind: 'regex', pattern: '(?i)\\bwarsaw\\b' }, 'It is Warsaw.', 'passed'],
  [{ kind: 'regex', pattern: '^Warsaw$' }, 'It is Warsaw.', 'failed'],
  [{ kind: 'number', value: 4 }, 'So the answer is 4.', 'passed'],
  [{ kind: 'number', value: 4 }, 'So the answer is 4.0001.', 'failed'],
  [{ kind: 'number', value: 4, tolerance: 0.1 }, '3.9', 'passed'],
  [{ kind: 'number', value: 4, tolerance: 0.1 }, '4.1', 'passed'],
  [{ kind: 'number', value: 4, tolerance: 0.1 }, '4.1001', 'failed'],
  [{ kind: 'number', value: -200, relative: 0.01 }, '-198', 'passed'],
  [{ kind: 'number', value: -200, relative: 0.01 }, '-197.9', 'failed'],
  [{ kind: 'number', value: 8.25 }, { answer: 8.25 }, 'passed'],
  [{ kind: 'number', value: 4 }, 'four', 'failed'],
  [{ kind: 'schema', schema: { type: 'object', required: ['a'] } }, '```json\n{"a":1}\n```', 'passed'],
  [{ kind: 'schema', schema: { type: 'object', required: ['a'] } }, '{"b":1}', 'failed'],
  [{ kind: 'predicate', contains: ['A', 'b'], maxLength: 3 }, 'ab', 'passed'],
  [{ kind: 'predicate', contains: 'a', notContains: 'c' }, 'abc', 'failed'],
])('%j on %j: %s', (check, deliverable, expected) => {
  expect(judge(check, deliverable)).toBe(expected);
});
