import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { countTests } from '../../scripts/count-tests.js';

const passing = { fullName: 'adds', status: 'passed' };

test('passed, failed and skipped tests are counted, and named where they did not pass', () => {
  const assertionResults = [passing, { fullName: 'divides', status: 'failed' }, { fullName: 'roots', status: 'skipped' }];
  expect(countTests({ success: false, testResults: [{ name: 'sum.test.ts', status: 'failed', assertionResults }] })).toEqual({
    passed: 1,
    failed: ['sum.test.ts: divides'],
    skipped: ['sum.test.ts: roots'],
  });
});

test('a test file that could not be loaded is a failure', () => {
  const testResults = [
    { name: 'sum.test.ts', status: 'passed', assertionResults: [passing] },
    { name: 'broken.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] },
  ];
  expect(countTests({ success: false, testResults }).failed).toEqual(['broken.test.ts: Cannot find module']);
});

test('an unhandled error outside of the tests is a failure', () => {
  const testResults = [{ name: 'sum.test.ts', status: 'passed', assertionResults: [passing] }];
  expect(countTests({ success: false, testResults }).failed).toEqual(['an error outside of any test']);
});

test('a run of no test is a failure', () => {
  expect(countTests({ success: true, testResults: [] }).failed).toEqual(['no test was run']);
});

test('a crash that leaves no report is a failure', () => {
  expect(execFileSync('node', ['scripts/count-tests.js', '/nowhere/vitest.json'], { encoding: 'utf8', stdio: 'pipe' })).toBe(
    '0 1 0\n',
  );
});
