/**
 * Runs inside bubblewrap, as the main program of Node: a solution and its tests, and says what came of it on descriptor 3.
 *
 * 1. Each failure is a line of JSON there, written when it is seen and never taken back.
 * 2. The key, 32 random bytes from standard input, is written there after the tests have ended without a failure, and by nothing else.
 * 3. What is used after the solution was loaded was taken hold of before; the language's objects, assert, util and the way to
 *    modules are locked.
 * 4. The key is bytes that no string, property or heap snapshot shows. Node's permission model keeps the inspector, processes,
 *    workers and addons away.
 */
import assert from 'node:assert';
import { EventEmitter } from 'node:events';
import { readFileSync, readSync, writeSync } from 'node:fs';
import Module, { builtinModules, createRequire } from 'node:module';
import { Readable } from 'node:stream';
import util, { format } from 'node:util';
import { constants, Script } from 'node:vm';
import { lockBuiltIns } from './lock-built-ins.js';
import { stripTypes, toScript, toTests } from './to-script.js';

/** @typedef {{ solution: string, tests: string, isFile: boolean, isTypeScript: boolean }} Job names in the working folder */

const folder = '/work/';
const keyBytes = 32;
const reportTo = 3;
const maxMessage = 1000;
/** Resources that an idle process holds. */
const idleResources = new Set(['PipeWrap', 'TTYWrap', 'FileHandle']);
const { setImmediate, setTimeout } = globalThis;
const { stringify } = JSON;
/** Ends without asking any listener. @type {(code: number) => never} */
const end = Reflect.get(process, 'reallyExit').bind(process);
const activeResources = process.getActiveResourcesInfo.bind(process);

let hasFailed = false;
let keepsLines = true;

/** @param {string} message @param {string} [stack] */
function fail(message, stack = '') {
  hasFailed = true;
  const place = keepsLines ? findPlace(stack) : undefined;
  writeSync(reportTo, `${stringify({ message: message.slice(0, maxMessage), place })}\n`);
}

/** @type {Job} */
const job = JSON.parse(readFileSync('/planwright/job.json', 'utf8'));

/** The innermost line that is the solution's or the tests'. @param {string} stack */
function findPlace(stack) {
  for (const line of stack.split('\n')) {
    const [, name, number] = /([\w.-]+):(\d+)(?::\d+)?\)?$/.exec(line) ?? [];
    if (name === job.solution) return { in: 'solution', line: Number(number) };
    if (name === job.tests) return { in: 'tests', line: Number(number) };
  }
  return undefined;
}

/** @param {unknown} thrown */
function failBy(thrown) {
  if (thrown instanceof Error) fail(`${thrown.name}: ${thrown.message}`, thrown.stack ?? '');
  else fail(`Thrown: ${format(thrown)}`);
}

function readKey() {
  const key = new Uint8Array(keyBytes);
  for (let at = 0; at < keyBytes; ) {
    const count = readSync(0, key, at, keyBytes - at, null);
    if (count === 0) throw new Error('there is no key');
    at += count;
  }
  return key;
}

/** An assertion that only prints counts. Both the global console and the module's are this object. */
function watchConsole() {
  const { error } = console;
  /** @param {unknown} holds @param {unknown[]} parts */
  const check = (holds, ...parts) => {
    if (holds) return;
    const message = parts.length === 0 ? 'Assertion failed' : `Assertion failed: ${format(...parts)}`;
    fail(message, new Error('').stack);
    error(message);
  };
  Object.defineProperty(console, 'assert', { value: check, enumerable: true, writable: false, configurable: false });
}

/** What is printed arrives even if the process ends at once, and waits for its reader. */
function printAtOnce() {
  for (const { _handle: handle } of /** @type {{ _handle?: { setBlocking?: (isBlocking: boolean) => void } }[]} */ (
    /** @type {unknown} */ ([process.stdout, process.stderr])
  )) {
    handle?.setBlocking?.(true);
  }
}

/** @param {string} name */
function read(name) {
  const text = readFileSync(folder + name, 'utf8');
  if (!job.isTypeScript) return text;
  const stripped = stripTypes(text);
  keepsLines &&= stripped.keepsLines;
  return stripped.text;
}

/** What is imported or required is what it was: nothing can stand for `assert`, or come between. */
function lockModules() {
  const prototype = /** @type {object} */ (Reflect.get(Module, 'prototype'));
  const ways = ['_load', '_resolveFilename', '_findPath', '_extensions', '_cache', 'register', 'registerHooks', 'createRequire'];
  const places = [
    ...ways.map((name) => /** @type {const} */ ([Module, name])),
    ...['require', 'load', '_compile'].map((name) => /** @type {const} */ ([prototype, name])),
  ];
  for (const [holder, name] of places) Object.defineProperty(holder, name, { writable: false, configurable: false });
  Object.freeze(Reflect.get(Module, '_extensions'));
  const cache = /** @type {object} */ (Reflect.get(Module, '_cache'));
  for (const name of builtinModules) Object.defineProperty(cache, name, { value: undefined });
}

/** The tests see the solution's scope: two scripts of one global. */
async function runInScope() {
  const require = createRequire(`${folder}${job.solution}`);
  const module = { exports: {} };
  const names = { module, exports: module.exports, __filename: folder + job.solution, __dirname: '/work' };
  for (const [name, value] of Object.entries(names)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  Object.defineProperty(globalThis, 'require', { value: require });
  const evaluate = new Script('(function () { return eval(arguments[0]); })').runInThisContext();
  process.setUncaughtExceptionCaptureCallback(failBy);
  Object.defineProperty(process, 'setUncaughtExceptionCaptureCallback', { writable: false, configurable: false });
  lockBuiltIns([assert, util]);
  lockModules();
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  new Script(toScript(read(job.solution)), { filename: 'solution.js', importModuleDynamically }).runInThisContext();
  await evaluate(`${toTests(read(job.tests))}\n//# sourceURL=tests.js`);
}

/** The tests are a file that imports the solution's: plain assertions, or tests of node:test. */
async function runFile() {
  const { default: runner, run } = await import('node:test');
  lockBuiltIns([assert, util, EventEmitter, Readable, runner]);
  lockModules();
  let passed = 0;
  let late = 'The tests went on after they had ended, or were cut off.';
  for await (const { type, data } of run({ files: [folder + job.tests], isolation: 'none', concurrency: 1 })) {
    if (type === 'test:fail' && data.todo === undefined) failByTest(data.name, data.details.error);
    else if (type === 'test:diagnostic' && data.message.startsWith('Error: ')) late = data.message;
    else if (type === 'test:summary') {
      passed = data.counts.passed;
      if (!data.success && !hasFailed) fail(late);
    }
  }
  if (passed === 0 && !hasFailed) fail('No test was run.');
}

/** @param {string} name @param {Error} error of the runner, around what was thrown */
function failByTest(name, error) {
  const cause = error.cause instanceof Error ? error.cause : error;
  const title = name === folder + job.tests ? '' : `${name}: `;
  fail(`${title}${cause.message}`, cause.stack ?? '');
}

/** Waits until nothing is under way. */
async function becomeIdle() {
  for (let quiet = 0; quiet < 2; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const isIdle = activeResources().every((resource) => idleResources.has(resource));
    quiet = isIdle ? quiet + 1 : 0;
    if (!isIdle) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

writeSync(reportTo, '{"started":true}\n');
const key = readKey();
watchConsole();
printAtOnce();
try {
  await (job.isFile ? runFile() : runInScope());
  await becomeIdle();
} catch (thrown) {
  failBy(thrown);
}
if (!hasFailed) writeSync(reportTo, key);
end(hasFailed ? 1 : 0);
