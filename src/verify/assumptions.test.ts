import { expect, test } from 'vitest';
import type { Assumption } from '../plan/plan.ts';
import { findContradictedAssumptions } from './assumptions.ts';

test('an assumption that the result breaks is found, with its own words', () => {
  const assumption: Assumption = { subtask: 'facts', holds: { contains: 'Berlin' }, text: 'The office is in Berlin.' };
  expect(findContradictedAssumptions('It is in Paris.', [assumption])).toEqual([
    { assumption: 'The office is in Berlin.', evidence: 'The result of "facts": The text does not contain "Berlin".' },
  ]);
});

test('what holds and what only a reader can judge is left alone', () => {
  const assumptions: Assumption[] = [{ subtask: 'facts', holds: { contains: 'berlin' } }, 'The sky is green.'];
  expect(findContradictedAssumptions('It is in Berlin.', assumptions)).toEqual([]);
});

test('an assumption that many subtasks share is reported once', () => {
  const shared: Assumption = { subtask: 'facts', holds: { minLength: 100 } };
  expect(findContradictedAssumptions('short', [shared, { ...shared }])).toEqual([
    {
      assumption: 'The result of "facts" has at least 100 characters.',
      evidence: 'The result of "facts": The text has 5 characters; it must have at least 100.',
    },
  ]);
});

test('a JSON result is tested as its compact text', () => {
  expect(findContradictedAssumptions({ n: 1 }, [{ subtask: 'facts', holds: { contains: '"n":1' } }])).toEqual([]);
});

test('an assumption without words of its own is put in words', () => {
  const holds = { contains: ['a', 'b'], notContains: 'c', matches: 'd', notMatches: 'e', minLength: 9, maxLength: 20 };
  const [first] = findContradictedAssumptions('', [{ subtask: 's', holds }]);
  expect(first?.assumption).toBe(
    'The result of "s" contains "a", "b" and does not contain "c" and matches "d" and does not match "e" and has at least 9 characters and has at most 20 characters.',
  );
});
