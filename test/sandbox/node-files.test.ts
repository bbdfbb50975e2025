/** Test files in JavaScript and TypeScript under bubblewrap, which import the solution from a file. */
import { describe, expect, test } from 'vitest';
import { lacks, runnerOf } from './this-machine.ts';

const { skip, because } = lacks('bubblewrap');
const run = runnerOf('bubblewrap', 'javascript');
const runTypeScript = runnerOf('bubblewrap', 'typescript');
const solutionFile = 'solution.mjs';
const right = 'export const add = (x) => x + 1;';
const wrong = 'export const add = (x) => x + 2;';
const tests = `import assert from 'node:assert';
import { describe, test } from 'node:test';
import { add } from './solution.mjs';

describe('add', () => {
  test('one', async () => {
    assert.equal(add(1), 2);
  });
  test.skip('two', () => {});
});
`;
const plain = "import assert from 'node:assert/strict';\nimport { add } from './solution.mjs';\nassert.equal(await add(1), 2);\n";

describe.skipIf(skip)(`bubblewrap, tests that import the solution${because}`, () => {
  test.each([
    ['tests of node:test', right, tests, solutionFile],
    ['plain assertions', right, plain, solutionFile],
    ['CommonJS', 'exports.add = (x) => x + 1;', "require('assert').equal(require('./sum.js').add(1), 2);", 'sum.js'],
    [
      'an old way to inherit',
      'const { EventEmitter } = await import("node:events"); function Old() {} Old.prototype = Object.create(EventEmitter.prototype); Old.prototype.emit = () => 1; export const add = (x) => x + new Old().emit();',
      plain,
      solutionFile,
    ],
  ])('passes %s', async (_, solution, text, file) => {
    expect(await run(solution, text, { solutionFile: file })).toMatchObject({
      kind: 'passed',
      sandbox: 'bubblewrap',
      exitStatus: 0,
    });
  });

  test.each([
    ['tests of node:test', wrong, tests, 'one: 3 == 2 (tests, line 7: assert.equal(add(1), 2);)'],
    ['plain assertions', wrong, plain, 'Expected values to be strictly equal'],
    [
      'an assertion that only prints',
      wrong,
      `${plain.split('\n').slice(0, 2).join('\n')}\nconsole.assert(add(1) === 2, 'sum');`,
      'Assertion failed: sum (tests, line 3: ',
    ],
    ['what is no JavaScript', 'export const add = (', plain, 'Unexpected end of input'],
    ['a missing export', '', plain, "does not provide an export named 'add'"],
    [
      'what is thrown late',
      'export const add = (x) => { setTimeout(() => { throw new Error("late"); }, 10); return x + 1; };',
      plain,
      'late',
    ],
    ['assert exchanged', `import assert from 'node:assert'; try { assert.equal = () => {}; } catch {} ${wrong}`, tests, '3 == 2'],
    [
      'a stand-in by test.mock',
      `import { mock } from 'node:test'; import assert from 'node:assert'; try { mock.method(assert, 'equal', () => {}); } catch {} ${wrong}`,
      tests,
      '3 == 2',
    ],
    [
      'events exchanged',
      `import { EventEmitter } from 'node:events'; import { Readable } from 'node:stream'; try { EventEmitter.prototype.emit = () => true; } catch {} try { Readable.prototype.push = () => true; } catch {} ${wrong}`,
      tests,
      '3 == 2',
    ],
    [
      'no test at all',
      right,
      "import { test } from 'node:test';\nimport './solution.mjs';\ntest.skip('one', () => {});",
      'No test was run.',
    ],
  ])('fails %s', async (_, solution, text, reason) => {
    const outcome = await run(solution, text, { solutionFile });
    expect(outcome).toMatchObject({ kind: 'failed', cause: 'test' });
    expect(outcome.kind === 'failed' && outcome.reason).toContain(reason);
  });

  test.each([
    ['process.exit(0) in a test', 'export const add = () => process.exit(0);', tests, 'It ended before the tests did.'],
    ['process.exit(0) at the import', `process.exit(0); ${right}`, plain, 'It ended before the tests did.'],
    ['an import that never ends', `await new Promise(() => {}); ${right}`, plain, 'No test was run.'],
    ['a test that never ends', 'export const add = () => new Promise(() => {});', plain, 'No test was run.'],
  ])('is not taken in by %s', async (_, solution, text, reason) => {
    const outcome = await run(solution, text, { solutionFile });
    expect(outcome.kind).toBe('failed');
    expect(outcome.kind === 'failed' && outcome.reason).toContain(reason);
  });

  test('TypeScript runs as it is, enums included', async () => {
    const solution = 'enum Step { one = 1 }\nexport function add(x: number): number { return x + Step.one; }';
    const text =
      "import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { add } from './solution.ts';\ntest('one', () => assert.equal(add(1) as number, 2));";
    const options = { solutionFile: 'solution.ts' };
    expect(await runTypeScript(solution, text, options)).toMatchObject({ kind: 'passed' });
    expect(await runTypeScript(solution.replace('one = 1', 'one = 2'), text, options)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('one: 3 == 2'),
    });
  });
});
