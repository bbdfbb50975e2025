/** The code check as a whole: which sandbox it takes, what it says, and what it never does. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CodeCheck, checkCode, createSandboxes } from 'planwright';
import { describe, expect, test } from 'vitest';
import { verify } from '../../src/verify/verifier.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { lacks, sandboxes, sum, support } from './this-machine.ts';

const javascript = (tests: string, more: Partial<CodeCheck> = {}): CodeCheck => ({
  kind: 'code',
  language: 'javascript',
  tests,
  ...more,
});
const python = (tests: string): CodeCheck => ({ kind: 'code', language: 'python', tests });
const addsOne = javascript('console.assert(add(1) === 2, "sum", add(1));');
const right = 'const add = (x) => x + 1;';
const withoutBubblewrap = createSandboxes({ bwrap: '/nonexistent/bwrap' });
const elsewhere = createSandboxes({ platform: 'darwin' });

const isolate = lacks('isolate');
const bubblewrap = lacks('bubblewrap');

describe.skipIf(isolate.skip)(`without bubblewrap${isolate.because}`, () => {
  test('the isolate does what it can', async () => {
    expect(sum(await checkCode({ result: right, check: addsOne, sandboxes: withoutBubblewrap }))).toBe('passed in isolate');
  });

  test.each([
    ['tests that require', javascript('require("assert").equal(add(1), 2)')],
    ['a test file', javascript("import { add } from './solution.mjs'", { solutionFile: 'solution.mjs' })],
    ['Python', python('assert add(1) == 2')],
    ['bubblewrap demanded', { ...addsOne, sandbox: 'bubblewrap' as const }],
  ])('%s are undecided, and never run in its place', async (_, check) => {
    expect(await checkCode({ result: right, check, sandboxes: withoutBubblewrap })).toEqual({
      kind: 'undecided',
      detail:
        'The code was not run. There is no bubblewrap: there is no program "/nonexistent/bwrap". Install it (Debian: apt-get install bubblewrap).',
    });
  });

  test('the probe says why', async () => {
    expect((await elsewhere.probe()).bubblewrap).toEqual({ available: false, reason: 'it needs Linux, and this is darwin.' });
    expect((await elsewhere.probe()).languages).toEqual({ javascript: ['isolate'], typescript: ['isolate'], python: [] });
  });

  test('what the isolate has no time for fails there', async () => {
    const check = javascript('for (;;);', { timeoutMs: 500 });
    const report = await checkCode({ result: '', check, sandboxes: withoutBubblewrap });
    expect(report).toMatchObject({ kind: 'failed', cause: 'timeout', facts: { sandbox: 'isolate' } });
  });

  test('prose around one code block does no harm; several blocks are sent back', async () => {
    const answer = `Here it is:\n\n\`\`\`js\n${right}\n\`\`\`\n\nIt adds one.`;
    expect(sum(await checkCode({ result: answer, check: addsOne, sandboxes }))).toBe('passed in isolate');
    expect(sum(await checkCode({ result: `${answer}\n\`\`\`js\nadd(1)\n\`\`\``, check: addsOne, sandboxes }))).toBe(
      'failed: The result has 2 javascript blocks; it must hold all its code in one.',
    );
    expect(sum(await checkCode({ result: { code: right }, check: addsOne, sandboxes }))).toBe('failed: The result is no text.');
  });

  test('an abort ends a check that waits for its turn', async () => {
    const one = createSandboxes({ size: 1, bwrap: '/nonexistent/bwrap' });
    await one.probe();
    const abort = new AbortController();
    const reason = new Error('enough');
    const endless = javascript('for (;;);', { sandbox: 'isolate' });
    const running = [0, 1].map(async () => checkCode({ result: '', check: endless, sandboxes: one, signal: abort.signal }));
    setTimeout(() => abort.abort(reason), 100);
    const startedMs = performance.now();
    expect(await Promise.allSettled(running)).toEqual([0, 1].map(() => ({ status: 'rejected', reason })));
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(sum(await checkCode({ result: right, check: addsOne, sandboxes: one }))).toBe('passed in isolate');
  });
});

describe.skipIf(bubblewrap.skip)(`with bubblewrap${bubblewrap.because}`, () => {
  test.each([
    ['plain code', addsOne, right, 'passed in isolate'],
    ['a demand', { ...addsOne, sandbox: 'bubblewrap' as const }, right, 'passed in bubblewrap'],
    ['tests that require', javascript('require("assert").equal(add(1), 2)'), right, 'passed in bubblewrap'],
    ['code that imports', addsOne, `import fs from 'node:fs';\n${right}`, 'passed in bubblewrap'],
    ['timers', addsOne, `${right} setTimeout(() => {}, 1);`, 'passed in bubblewrap'],
    [
      'a name that only Node has',
      javascript('console.assert(typeof add(1).foo === "undefined")'),
      'const g = globalThis; const add = (x) => new g["URL"]("a:b") && x; const s = Event;',
      'passed in bubblewrap',
    ],
    [
      'a deep recursion',
      javascript('console.assert(depth(8000) === 8000)'),
      'const depth = (n) => (n === 0 ? 0 : 1 + depth(n - 1));',
      'passed in bubblewrap',
    ],
    [
      'much to compute',
      javascript('console.assert(count(4e8) === 4e8)', { timeoutMs: 8000 }),
      'const count = (n) => { let i = 0; while (i < n) i += 1; return i; };',
      'passed in bubblewrap',
    ],
    ['a defect', addsOne, 'const add = (x) => x + 2;', 'failed in isolate'],
  ])('%s takes the sandbox that it needs', async (_, check, result, expected) => {
    expect(sum(await checkCode({ result, check, sandboxes }))).toBe(expected);
  });

  test('packages come from the folder that the host gives, and nothing else does', async () => {
    const folder = makeTemporaryFolder();
    const add = (name: string, manifest: object, code: string) => {
      mkdirSync(join(folder, 'node_modules', name), { recursive: true });
      writeFileSync(join(folder, 'node_modules', name, 'package.json'), JSON.stringify(manifest));
      writeFileSync(join(folder, 'node_modules', name, 'index.js'), code);
    };
    add('outer', { name: 'outer', dependencies: { inner: '1' } }, 'exports.one = require("inner");');
    add('inner', { name: 'inner' }, 'module.exports = 1;');
    add('other', { name: 'other' }, 'module.exports = 3;');
    symlinkSync('/etc', join(folder, 'node_modules', 'link'));
    const check = javascript('console.assert(add(1) === 2);', { packages: ['outer'] });
    const result = 'const { one } = require("outer"); const add = (x) => x + one;';
    const packageFolders = { node: folder };
    expect(sum(await checkCode({ result, check, packageFolders, sandboxes }))).toBe('passed in bubblewrap');
    const stealing = 'let has = true; try { require("other"); } catch { has = false; } const add = (x) => (has ? 0 : x + 1);';
    expect(sum(await checkCode({ result: stealing, check, packageFolders, sandboxes }))).toBe('passed in bubblewrap');
    const writing = 'require("fs").writeFileSync("node_modules/outer/index.js", "");';
    expect(await checkCode({ result: writing, check, packageFolders, sandboxes })).toMatchObject({
      kind: 'failed',
      detail: expect.stringContaining('EROFS'),
    });
    const named = (name: string) => checkCode({ result, check: { ...check, packages: [name] }, packageFolders, sandboxes });
    expect(sum(await named('missing'))).toBe(`undecided: There is no package "missing" in ${join(folder, 'node_modules')}.`);
    expect(sum(await named('link'))).toBe(`undecided: There is no package "link" in ${join(folder, 'node_modules')}.`);
    expect(sum(await named('../outer'))).toBe('undecided: "../outer" is not the name of a package.');
    expect(sum(await checkCode({ result, check, sandboxes }))).toBe(
      'undecided: The check names packages (outer), and no folder was given to take them from.',
    );
  });

  test('ten checks at once are run two by two', async () => {
    const checks = Array.from({ length: 10 }, async () =>
      checkCode({ result: right, check: { ...addsOne, sandbox: 'bubblewrap' }, sandboxes }),
    );
    expect((await Promise.all(checks)).map((report) => sum(report))).toEqual(
      Array.from({ length: 10 }, () => 'passed in bubblewrap'),
    );
  });

  test('a verdict carries the assertion as its reason, and the circumstances as evidence', async () => {
    const check: CodeCheck = { ...addsOne, sandbox: 'bubblewrap' };
    const verdict = await verify({ output: 'const add = (x) => { console.log("x is", x); return x + 2; };', checks: [check] });
    expect(verdict).toEqual({
      kind: 'rejected',
      reason:
        'Your code does not pass its tests. Assertion failed: sum 3 (tests, line 1: console.assert(add(1) === 2, "sum", add(1));)\n' +
        'Answer again with the whole corrected code in one code block.',
      evidence: [
        {
          check: 'code',
          passed: false,
          detail: expect.stringMatching(
            /^Assertion failed: sum 3 .*\nIn bubblewrap, \d+\.\d\d s, exit status 1\.\nPrinted last:\nx is 1\nx is 1\nAssertion failed: sum 3$/,
          ),
        },
      ],
    });
    expect(await verify({ output: right, checks: [check] })).toMatchObject({
      kind: 'accepted',
      evidence: [
        { check: 'code', passed: true, detail: expect.stringContaining('The tests ran to their end and passed.\nIn bubblewrap') },
      ],
    });
    expect(await verify({ output: right, checks: [{ ...check, packages: ['left-pad'] }] })).toMatchObject({
      kind: 'unverified',
      evidence: [{ check: 'code', passed: false }],
    });
  });
});

test('every language has its place in the probe', () => {
  expect(Object.keys(support.languages)).toEqual(['javascript', 'typescript', 'python']);
  for (const kind of ['isolate', 'bubblewrap', 'python'] as const) {
    const availability = support[kind];
    expect(availability.available ? availability.detail : availability.reason).not.toBe('');
  }
});
