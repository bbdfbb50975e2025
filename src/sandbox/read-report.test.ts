import { expect, test } from 'vitest';
import type { ConfinedOutcome } from './confined-command.ts';
import { readReport, startedLine } from './read-report.ts';
import { defaultSandboxLimits, type SandboxJob } from './sandbox.ts';

const key = Buffer.alloc(32, 7);
const job: SandboxJob = {
  language: 'javascript',
  solution: 'const a = 1;',
  tests: 'first\n  assert(a === 2);\n',
  packages: [],
  limits: defaultSandboxLimits,
};

function read(said: string | Buffer, ended: Partial<ConfinedOutcome> = {}) {
  const report = Buffer.concat([Buffer.from(startedLine), Buffer.from(said)]);
  return readReport(job, { exitStatus: 0, signal: null, stopped: null, printed: '', report, seconds: 1, ...ended }, key);
}

test('only the key, alone and at the end of a process that ended well, is a pass', () => {
  expect(read(key)).toEqual({ kind: 'passed', sandbox: 'bubblewrap', exitStatus: 0, seconds: 1, printed: '' });
  expect(read('').kind).toBe('failed');
  expect(read(key, { exitStatus: 1 }).kind).toBe('failed');
  expect(read(key, { exitStatus: null, signal: 'SIGKILL' }).kind).toBe('failed');
  expect(read(key, { stopped: 'memory' }).kind).toBe('failed');
  expect(read(Buffer.alloc(32, 6)).kind).toBe('failed');
  expect(read(Buffer.concat([key, key])).kind).toBe('failed');
  expect(read(Buffer.concat([Buffer.from('{"message":"no"}\n'), key])).kind).toBe('failed');
});

test('a failure is told with its line of code', () => {
  const line = JSON.stringify({ message: 'Assertion failed', place: { in: 'tests', line: 2 } });
  expect(read(`${line}\n${line}\n{"message":"b"}\n`, { exitStatus: 1 })).toMatchObject({
    kind: 'failed',
    cause: 'test',
    reason: 'Assertion failed (tests, line 2: assert(a === 2);)\nb',
  });
});

test('many failures are counted, not told', () => {
  const lines = Array.from({ length: 9 }, (_, index) => `{"message":"${index}"}\n`).join('');
  expect(read(lines)).toMatchObject({ reason: '0\n1\n2\n3\n4\n… and 4 more' });
});

test.each([
  [{ exitStatus: 0 }, 'ended-early', 'It ended before the tests did. The exit status was 0.'],
  [{ exitStatus: 13 }, 'ended-early', 'The tests wait for something that never comes.'],
  [{ exitStatus: null, signal: 'SIGSEGV' }, 'ended-early', 'It ended before the tests did. The signal SIGSEGV ended it.'],
  [{ exitStatus: null, signal: 'SIGXCPU' }, 'timeout', 'It ran longer than 10 s and was stopped.'],
  [{ exitStatus: null, stopped: 'output' as const }, 'output', 'It printed more than 1000000 bytes and was stopped.'],
  [
    { exitStatus: null, signal: 'SIGABRT', printed: 'FATAL ERROR: JavaScript heap out of memory' },
    'memory',
    'It needed more than 256 MB of memory and was stopped.',
  ],
])('%j is a failure: %s', (ended, cause, reason) => {
  expect(read('', ended)).toMatchObject({ kind: 'failed', cause, reason });
});

test('what never started decides nothing', () => {
  const ended = { exitStatus: 1, signal: null, stopped: null, printed: 'bwrap: No permissions\n', seconds: 0 };
  expect(readReport(job, { ...ended, report: new Uint8Array() }, key)).toEqual({
    kind: 'undecided',
    reason: 'The sandbox did not start: bwrap: No permissions',
  });
  expect(readReport(job, { ...ended, report: key, printed: '' }, key)).toEqual({
    kind: 'undecided',
    reason: 'The sandbox did not start: The exit status was 1.',
  });
});

test('what is no report of ours is a failure', () => {
  for (const said of ['{"message":1}\n', 'passed\n', '[]\n', '{"message":"a","place":{"in":"etc","line":1}}\n']) {
    expect(read(said)).toMatchObject({ kind: 'failed', reason: 'Something else than the tests wrote to their report.' });
  }
});
