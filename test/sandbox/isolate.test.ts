/** Hostile and broken code in the isolate. The host's own state is looked at from the host. */
import { describe, expect, test } from 'vitest';
import { lacks, runnerOf } from './this-machine.ts';

const { skip, because } = lacks('isolate');
const run = runnerOf('isolate', 'javascript');
const addsOne = 'console.assert(add(1) === 2, "sum", add(1));';
const wrong = 'const add = (x) => x + 2;';

describe.skipIf(skip)(`the isolate${because}`, () => {
  test.each([
    ['a right solution', 'const add = (x) => x + 1;', addsOne],
    [
      'a function that the tests also declare',
      'const add = (x) => x + 1; const two = 2;',
      `const two = add(1); console.assert(two === 2);`,
    ],
    ['an export', 'export default function add(x) { return x + 1; }\nexport { add };', addsOne],
    ['module.exports', 'const add = (x) => x + 1; module.exports = { add };', addsOne],
    ['tests that await', 'const add = async (x) => x + 1;', 'console.assert((await add(1)) === 2);'],
    [
      'tests that end with a promise',
      'const add = async (x) => x + 1;',
      '(async () => { console.assert((await add(1)) === 2); })()',
    ],
    [
      'names that a locked prototype has too',
      'class Wrong extends Error { constructor(m) { super(m); this.name = "Wrong"; } }\nconst o = {}; o.toString = () => "o";\n' +
        'function Old() {}\nOld.prototype.toString = () => "old"; Old.prototype.constructor = Old;',
      'console.assert(`${o}${new Old()}${new Wrong("m")}` === "ooldWrong: m");',
    ],
    [
      'tests that replace chance and time',
      'const draw = () => Math.random() + Date.now();',
      'Math.random = () => 1; Date.now = () => 1; console.assert(draw() === 2);',
    ],
    [
      'tests that listen to the console',
      'const say = () => console.log("hi");',
      'const said = []; console.log = (text) => said.push(text); say(); console.assert(said[0] === "hi");',
    ],
  ])('passes %s', async (_, solution, tests) => {
    expect(await run(solution, tests)).toMatchObject({ kind: 'passed', sandbox: 'isolate', exitStatus: null });
  });

  test.each([
    [
      'an assertion that only prints',
      wrong,
      addsOne,
      'Assertion failed: sum 3 (tests, line 1: console.assert(add(1) === 2, "sum", add(1));)',
    ],
    ['what throws', 'const add = () => { throw new TypeError("no"); };', addsOne, 'TypeError: no (solution, line 1: '],
    ['what is no JavaScript', 'const add = (', addsOne, 'SyntaxError: '],
    ['what is not there', '', addsOne, 'ReferenceError: add is not defined (tests, line 1: '],
    [
      'a rejection that nobody handles',
      'const add = async () => { throw new Error("later"); };',
      'add();',
      'Error: later (solution, line 1: ',
    ],
    ['console.assert exchanged', `console.assert = () => {}; ${wrong}`, addsOne, 'Assertion failed'],
    ['the console exchanged', `globalThis.console = { assert() {} }; ${wrong}`, addsOne, 'Assertion failed'],
    ['the console shadowed', `const console = { assert() {} }; ${wrong}`, addsOne, "SyntaxError: redeclaration of 'console'"],
    [
      'Array.prototype exchanged',
      'Array.prototype.every = () => true;',
      'console.assert([1].every((x) => x === 2));',
      'Assertion failed',
    ],
    [
      'JSON exchanged',
      'JSON.stringify = () => "same"; const list = () => [3];',
      'console.assert(JSON.stringify(list()) === JSON.stringify([2]));',
      'Assertion failed',
    ],
    [
      'Object.prototype.toJSON added',
      'Object.prototype.toJSON = () => 1; const list = () => [3];',
      'console.assert(JSON.stringify(list()) === "[2]");',
      'Assertion failed',
    ],
    ['eval exchanged', `eval = () => {}; ${wrong}`, addsOne, 'Assertion failed'],
    [
      'a test taken in advance',
      `Object.defineProperty(globalThis, "testAdd", { get: () => () => {}, set() {} }); ${wrong}`,
      `var testAdd = () => { ${addsOne} }; testAdd();`,
      'Assertion failed',
    ],
    [
      'the process, modules, the network',
      '',
      'console.assert(false, typeof process, typeof require, typeof fetch, typeof Buffer);',
      'Assertion failed: undefined undefined undefined undefined',
    ],
    [
      'the way out by constructors',
      '',
      'console.assert(console.log.constructor("return typeof process")() !== "undefined");',
      'Assertion failed',
    ],
    ['an import', '', 'await import("node:fs");', 'could not load module'],
    ['a deep recursion', 'const add = (x) => add(x) + 1;', addsOne, 'RangeError: Maximum call stack size exceeded'],
  ])('fails %s', async (_, solution, tests, reason) => {
    const outcome = await run(solution, tests);
    expect(outcome).toMatchObject({ kind: 'failed', cause: 'test' });
    expect(outcome.kind === 'failed' && outcome.reason).toContain(reason);
  });

  test.each([
    [
      'a promise that never settles',
      'const add = () => new Promise(() => {});',
      '(async () => { await add(1); })()',
      'ended-early',
      'The tests wait for something that never comes.',
    ],
    [
      'a loop that never ends',
      'const add = () => { console.log("begun"); for (;;); };',
      addsOne,
      'timeout',
      'It ran longer than 0.3 s and was stopped.',
    ],
    [
      'a promise chain that never ends',
      'const add = () => Promise.resolve().then(add);',
      addsOne,
      'timeout',
      'It ran longer than 0.3 s',
    ],
    [
      'a library call that never ends',
      'const add = () => "a".repeat(1e7).indexOf(`${"a".repeat(5e6)}b`);',
      addsOne,
      'timeout',
      'It ran longer than 0.3 s',
    ],
    [
      'an expression that never ends',
      'const add = () => /^(a+)+$/.test(`${"a".repeat(40)}b`);',
      addsOne,
      'timeout',
      'It ran longer than 0.3 s',
    ],
    ['10 GB at once', 'const add = () => new ArrayBuffer(1e10);', 'add(1);', 'test', 'RangeError: invalid array buffer length'],
    [
      '1 GB of output',
      'const add = () => { for (let i = 0; i < 1e6; i += 1) console.log("x".repeat(1000)); };',
      addsOne,
      'output',
      'It printed more than 100000 bytes and was stopped.',
    ],
  ])('stops %s', async (_, solution, tests, cause, reason) => {
    const outcome = await run(solution, tests, { limits: cause === 'timeout' ? { timeoutMs: 300 } : {} });
    expect(outcome).toMatchObject({ kind: 'failed', cause });
    expect(outcome.kind === 'failed' && outcome.reason).toContain(reason);
  });

  test('memory ends where the limit is, and the host keeps its own', async () => {
    const before = process.memoryUsage().rss;
    const outcome = await run(
      'const fill = () => { const all = []; for (;;) all.push(new Uint8Array(1e6).fill(1)); };',
      'fill();',
      {
        limits: { memoryMb: 32 },
      },
    );
    expect(outcome).toMatchObject({ kind: 'failed', cause: 'memory', reason: expect.stringContaining('more than 32 MB') });
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(300);
  });

  test('what was printed last is told, its beginning cut', async () => {
    const outcome = await run(
      '',
      'for (let i = 0; i < 1000; i += 1) console.log(`line ${i}`, { i }); console.assert(false, "end");',
    );
    const printed = outcome.kind === 'failed' ? outcome.printed : '';
    expect(printed.length).toBe(2000);
    expect(printed.startsWith('…')).toBe(true);
    expect(printed.endsWith('line 999 {"i":999}\nAssertion failed: end\n')).toBe(true);
  });

  test('TypeScript runs without its types, and its lines keep their numbers', async () => {
    const runTypeScript = runnerOf('isolate', 'typescript');
    const solution = 'interface Pair { a: number }\nexport function add({ a }: Pair): number { return a + 2; }';
    expect(await runTypeScript(solution, 'type A = number;\n\nconsole.assert(add({ a: 1 }) === (2 as A));')).toMatchObject({
      reason: 'Assertion failed (tests, line 3: console.assert(add({ a: 1 }) === (2 as A));)',
    });
    expect(await runTypeScript('enum Step { one = 1 }\nconst add = (x: number) => x + Step.one;', addsOne)).toMatchObject({
      kind: 'passed',
    });
  });

  test('an abort ends it at once', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const startedMs = performance.now();
    const running = run('', 'for (;;);', { signal: abort.signal });
    setTimeout(() => abort.abort(reason), 100);
    await expect(running).rejects.toBe(reason);
    expect(performance.now() - startedMs).toBeLessThan(1500);
    await expect(run('', '', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
