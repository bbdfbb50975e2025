import { expect, test } from 'vitest';
import { inspectCodeCheck } from './code-check-fields.ts';
import { mayRunElsewhere, needsProcess } from './code-needs.ts';

test.each([
  "import fs from 'node:fs';",
  "  import 'x'",
  "await import('x')",
  "const fs = require ('fs')",
  'process.exit(0)',
  'new URL("a:b")',
  'setTimeout(done, 1)',
  '(1234.5).toLocaleString("de")',
  'Buffer\n  .from("a")',
])('%j needs a process', (code) => {
  expect(needsProcess(code)).toBe(true);
});

test.each([
  'const f = (x) => x.process(1);',
  'const processed = [], required = 1; importance(2);',
  'const o = { setTimeout: 1 }; // import nothing',
  'sort((a, b) => a - b)',
  'import.meta',
])('%j needs the language only', (code) => {
  expect(needsProcess(code)).toBe(false);
});

test('what may be the isolate’s own failure is told from the code’s', () => {
  expect(mayRunElsewhere('RangeError: Maximum call stack size exceeded (solution, line 1)')).toBe(true);
  expect(mayRunElsewhere('ReferenceError: Intl is not defined')).toBe(true);
  expect(mayRunElsewhere('Assertion failed: 3')).toBe(false);
});

test('fields that do not go together are told', () => {
  const check = { kind: 'code', language: 'javascript', tests: 't' } as const;
  expect(inspectCodeCheck({ ...check, solutionFile: 'a.mjs', sandbox: 'bubblewrap' })).toBeNull();
  expect(inspectCodeCheck({ ...check, solutionFile: 'a.py' })).toEqual({
    field: 'solutionFile',
    message: '"a.py" is no name for javascript: it ends in .js, .mjs, .cjs',
  });
  expect(inspectCodeCheck({ ...check, language: 'python', sandbox: 'isolate' })?.field).toBe('sandbox');
  expect(inspectCodeCheck({ ...check, solutionFile: 'a.js', sandbox: 'isolate' })?.field).toBe('sandbox');
  expect(inspectCodeCheck({ ...check, packages: ['a'], sandbox: 'isolate' })?.field).toBe('sandbox');
});
