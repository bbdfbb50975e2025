import { expect, test } from 'vitest';
import { findProblem } from './workspace-checks.ts';

test.each([
  ['node, spec', 'ℹ tests 0\nℹ suites 0\n'],
  ['node, tap', '# tests 0\n# pass 0\n'],
  ['unittest before Python 3.12', '\n----------\nRan 0 tests in 0.000s\n\nOK\n'],
  ['unittest since Python 3.12', '\n----------\nRan 0 tests in 0.000s\n\nNO TESTS RAN\n'],
])('a runner that found no test has tested nothing, whatever its exit status: %s', (_runner, printed) => {
  expect(findProblem({ exitStatus: 0, printed })).toBe('The command found no test to run.');
});

test('a run that tested something is no problem, and one that failed is one', () => {
  expect(findProblem({ exitStatus: 0, printed: 'ℹ tests 10\nRan 10 tests in 0.1s\n' })).toBeNull();
  expect(findProblem({ exitStatus: 1, printed: 'ℹ tests 10\n' })).toBe('The command ended with exit status 1.');
  expect(findProblem({ exitStatus: null, stopped: 'timeout', printed: '' })).toBe('The command was stopped: it took too long.');
});
