import { expect, test } from 'vitest';
import { listErrorCodes } from '../index.ts';
import { exitCodeOfError, exitCodeOfRun } from './exit-code.ts';

test.each([
  ['succeeded', 'completed', 0],
  ['partial', 'failed-subtasks', 1],
  ['failed', 'planner-failed', 1],
  ['failed', 'plan-refused', 1],
  ['failed', 'budget', 3],
  ['partial', 'time', 3],
  ['waiting', null, 4],
  ['cancelled', 'cancelled', 5],
  ['interrupted', null, 130],
] as const)('a run that is %s by %s ends with %i', (status, endReason, exitCode) => {
  expect(exitCodeOfRun({ status, endReason })).toBe(exitCode);
});

test('what the caller has to correct ends with 2, a spent limit with 3, a failure with 1', () => {
  const byExitCode = Object.groupBy(listErrorCodes(), ({ code }) => String(exitCodeOfError(code)));
  expect(byExitCode['2']?.map(({ code }) => code)).toEqual([
    'usage',
    'team-invalid',
    'plan-invalid',
    'plan-unreadable',
    'secret-missing',
    'model-unknown',
    'model-unpriced',
    'tool-unknown',
    'check-unavailable',
    'depth-exceeded',
    'run-unknown',
    'run-busy',
    'run-ended',
    'store-corrupt',
    'store-newer',
    'store-missing',
    'store-older',
    'archive-invalid',
  ]);
  expect(byExitCode['3']?.map(({ code }) => code)).toEqual(['budget-spent', 'time-spent']);
  expect(byExitCode['5']?.map(({ code }) => code)).toEqual(['cancelled']);
  expect(Object.keys(byExitCode)).toEqual(['1', '2', '3', '5']);
});
