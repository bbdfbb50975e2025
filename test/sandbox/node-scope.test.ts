/** Hostile and broken JavaScript under bubblewrap, in the scope of its tests. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { lacks, runnerOf } from './this-machine.ts';

const { skip, because } = lacks('bubblewrap');
const run = runnerOf('bubblewrap', 'javascript');
const addsOne = 'console.assert(add(1) === 2, "sum", add(1));';
const wrong = 'const add = (x) => x + 2;';
const seen = (code: string) =>
  run('', `console.assert(false, (() => { try { return ${code}; } catch (e) { return e.code; } })());`);

/** Programs of this machine that were started with these words; the sandboxes' among them. */
function countProcesses(words: string): number {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words);
    } catch {
      return false;
    }
  }).length;
}

describe.skipIf(skip)(`bubblewrap, tests in the scope of the solution${because}`, () => {
  test.each([
    ['a right solution', 'const add = (x) => x + 1;', addsOne],
    [
      'modules as scripts use them',
      'const assert = require("assert"); const add = (x) => x + 1;',
      'const assert = require("node:assert");\nassert.equal(add(1), 2);',
    ],
    [
      'modules as modules use them',
      'import fs from "node:fs";\nexport const add = (x) => x + 1;',
      'import assert, {\n  equal as same,\n} from "node:assert";\nassert.equal(add(1), 2);\nsame(add(2), 3);',
    ],
    [
      'tests that wait',
      'const add = (x) => new Promise((done) => setTimeout(() => done(x + 1), 20));',
      'console.assert((await add(1)) === 2);',
    ],
    [
      'a file in its folder',
      'const fs = require("fs"); fs.writeFileSync("a.txt", "1"); fs.symlinkSync("/etc/passwd", "b");',
      'console.assert(fs.readFileSync("/tmp/a.txt", "utf8") === "1");',
    ],
  ])('passes %s', async (_, solution, tests) => {
    expect(await run(solution, tests)).toMatchObject({ kind: 'passed', sandbox: 'bubblewrap', exitStatus: 0 });
  });

  test.each([
    ['an assertion that only prints', wrong, addsOne, 'Assertion failed: sum 3 (tests, line 1: '],
    [
      'an assertion of node:assert',
      wrong,
      'const assert = require("assert");\n\nassert.equal(add(1), 2);',
      'AssertionError: 3 == 2 (tests, line 3: assert.equal(add(1), 2);)',
    ],
    [
      'an assertion that comes late',
      'const add = () => setTimeout(() => console.assert(false, "late"), 20);',
      'add();',
      'Assertion failed: late (solution, line 1: ',
    ],
    [
      'what is thrown late',
      'const add = () => setTimeout(() => { throw new Error("late"); }, 20);',
      'add();',
      'Error: late (solution, line 1: ',
    ],
    ['a rejection that nobody handles', 'const add = async () => { throw new Error("later"); };', 'add();', 'Error: later'],
    [
      'a handler that swallows',
      'process.removeAllListeners(); process.on("uncaughtException", () => {}); const add = () => setTimeout(() => { throw new Error("late"); }, 20);',
      'add();',
      'Error: late',
    ],
    [
      'console.assert exchanged',
      `console.assert = () => {}; require("console").assert = () => {}; ${wrong}`,
      addsOne,
      'Assertion failed',
    ],
    [
      'assert exchanged',
      `try { require("assert").equal = () => {}; } catch {} ${wrong}`,
      'require("assert").equal(add(1), 2);',
      '3 == 2',
    ],
    ['require exchanged', `require = () => ({ equal() {} }); ${wrong}`, 'require("assert").equal(add(1), 2);', '3 == 2'],
    [
      'the loader exchanged',
      `const M = require("module"); try { M._load = () => ({ equal() {} }); M.prototype.require = M._load; } catch {} ${wrong}`,
      'require("assert").equal(add(1), 2);',
      '3 == 2',
    ],
    [
      'the cache of modules filled',
      `try { require.cache["assert"] = { exports: { equal() {} }, loaded: true }; } catch {} ${wrong}`,
      'require("assert").equal(add(1), 2);',
      '3 == 2',
    ],
    [
      'isDeepStrictEqual exchanged',
      `try { require("util").isDeepStrictEqual = () => true; } catch {} ${wrong}`,
      'console.assert(require("util").isDeepStrictEqual([add(1)], [2]));',
      'Assertion failed',
    ],
    [
      'Array.prototype exchanged',
      'Array.prototype.every = () => true;',
      'console.assert([1].every((x) => x === 2));',
      'Assertion failed',
    ],
    [
      'another process',
      'const add = () => require("child_process").spawnSync("/usr/bin/node");',
      'add();',
      'Access to this API has been restricted',
    ],
    [
      'a worker',
      'const add = () => new (require("worker_threads").Worker)("1", { eval: true });',
      'add();',
      'Access to this API has been restricted',
    ],
    [
      'the inspector',
      'const add = () => new (require("inspector").Session)().connect();',
      'add();',
      'Access to this API has been restricted',
    ],
    [
      'a report of its own',
      `require("fs").writeSync(3, Buffer.alloc(32, 1)); ${wrong}`,
      '',
      'Something else than the tests wrote to their report.',
    ],
  ])('fails %s', async (_, solution, tests, reason) => {
    const outcome = await run(solution, tests);
    expect(outcome).toMatchObject({ kind: 'failed', cause: 'test', exitStatus: reason.startsWith('Something') ? 0 : 1 });
    expect(outcome.kind === 'failed' && outcome.reason).toContain(reason);
  });

  test.each([
    [
      'process.exit(0) in the middle',
      'const add = () => process.exit(0);',
      addsOne,
      'ended-early',
      'It ended before the tests did. The exit status was 0.',
    ],
    ['process.reallyExit(0)', 'const add = () => process.reallyExit(0);', addsOne, 'ended-early', 'The exit status was 0.'],
    [
      'an end that is announced',
      'const add = () => { process.emit("beforeExit"); process.emit("exit", 0); process.exit(0); };',
      addsOne,
      'ended-early',
      'The exit status was 0.',
    ],
    [
      'itself killed',
      'const add = () => process.kill(process.pid, "SIGKILL");',
      addsOne,
      'ended-early',
      'The signal SIGKILL ended it.',
    ],
    [
      'its parent killed',
      'const add = () => { try { process.kill(process.ppid, "SIGKILL"); process.kill(1, "SIGKILL"); process.kill(-1, "SIGKILL"); } catch {} process.exit(0); };',
      addsOne,
      'ended-early',
      'It ended before the tests did.',
    ],
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
      'It ran longer than 1.5 s and was stopped.',
    ],
    [
      'a timer that never ends',
      'const add = () => { setInterval(() => {}, 1); return 2; };',
      addsOne,
      'timeout',
      'It ran longer than 1.5 s and was stopped.',
    ],
    ['10 GB at once', 'const add = () => Buffer.alloc(1e10, 1);', addsOne, 'memory', 'It needed more than 128 MB of memory'],
    [
      '1 GB of output',
      'const add = () => { for (let i = 0; i < 1e6; i += 1) console.log("x".repeat(1000)); };',
      addsOne,
      'output',
      'It printed more than 100000 bytes',
    ],
    [
      'a report without end',
      'const add = () => { for (;;) require("fs").writeSync(3, "x".repeat(1e5)); };',
      addsOne,
      'output',
      'It printed more than',
    ],
  ])('stops %s', async (_, solution, tests, cause, reason) => {
    const limits = cause === 'timeout' ? { timeoutMs: 1500 } : {};
    const outcome = await run(solution, tests, { limits });
    expect(outcome).toMatchObject({ kind: 'failed', cause });
    expect(outcome.kind === 'failed' && outcome.reason).toContain(reason);
  });

  test('memory ends where the limit is', async () => {
    const outcome = await run('const fill = () => { const all = []; for (;;) all.push(Buffer.alloc(1e6, 1)); };', 'fill();', {
      limits: { memoryMb: 64, timeoutMs: 10_000 },
    });
    expect(outcome).toMatchObject({ kind: 'failed', cause: 'memory' });
  });

  test('the environment is empty of the host', async () => {
    process.env['PLANWRIGHT_TEST_SECRET'] = 'the-secret-of-the-host';
    try {
      const outcome = await seen('JSON.stringify(process.env) + process.argv + process.execPath');
      const reason = outcome.kind === 'failed' ? outcome.reason : '';
      expect(reason).toContain('"HOME":"/work"');
      expect(reason).not.toContain('the-secret-of-the-host');
      expect(reason).not.toContain(process.cwd());
    } finally {
      delete process.env['PLANWRIGHT_TEST_SECRET'];
    }
  });

  test.each([
    ['/etc/passwd', 'require("fs").readFileSync("/etc/passwd")'],
    ['a link to it', '(require("fs").symlinkSync("/etc/passwd", "link"), require("fs").readFileSync("link"))'],
    ['the way up', `require("fs").readFileSync("${'../'.repeat(20)}etc/passwd")`],
    ['this project', `require("fs").readFileSync(${JSON.stringify(`${process.cwd()}/package.json`)})`],
    ['other processes', 'require("fs").readdirSync("/proc")'],
    ['its own memory', 'require("fs").openSync("/proc/self/mem")'],
  ])('%s is not there', async (_, code) => {
    expect(await seen(code)).toMatchObject({ reason: expect.stringContaining('Assertion failed: ENOENT') });
  });

  test.each([
    ['the root', '/x'],
    ['the program', '/usr/bin/node'],
    ['the tests', '/work/tests.js'],
    ['the judge', '/planwright/node-tests.js'],
    ['memory that counts for nobody', '/dev/shm/x'],
  ])('nothing is written to %s', async (_, path) => {
    const outcome = await seen(`require("fs").writeFileSync("${path}", "x")`);
    expect(outcome).toMatchObject({ reason: expect.stringMatching(/Assertion failed: (EROFS|EACCES|ENOENT|EPERM)/) });
    expect(existsSync('/x')).toBe(false);
  });

  test('the folder has a size', async () => {
    const fill = '(() => { for (let i = 0; i < 20; i += 1) require("fs").writeFileSync(`f${i}`, Buffer.alloc(8e6)); })()';
    expect(await seen(fill)).toMatchObject({ reason: expect.stringContaining('ENOSPC') });
  });

  test('no socket reaches the host, and no name is found', async () => {
    const connections: unknown[] = [];
    const server = createServer((socket) => connections.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const connect = `new Promise((done) => require("net").connect(${port}, "127.0.0.1").on("error", (e) => done(e.code)).on("connect", () => done("connected")))`;
      const find = 'require("dns").promises.lookup("example.com").catch((e) => e.code)';
      const outcome = await run('', `console.assert(false, await ${connect}, await ${find});`);
      expect(outcome).toMatchObject({ reason: expect.stringContaining('Assertion failed: ECONNREFUSED EAI_AGAIN') });
      expect(connections).toEqual([]);
    } finally {
      server.close();
    }
  });

  test('an abort ends it at once, and nothing is left of it', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const running = run('', 'for (;;);', { signal: abort.signal, limits: { memoryMb: 101 } });
    await expect.poll(() => countProcesses('--max-old-space-size=101'), { timeout: 5000 }).toBeGreaterThan(0);
    const abortedMs = performance.now();
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(performance.now() - abortedMs).toBeLessThan(1000);
    await expect.poll(() => countProcesses('--max-old-space-size=101')).toBe(0);
  });

  test('a sandbox dies with the process that started it, even when that is killed', async () => {
    const check = {
      kind: 'code',
      language: 'javascript',
      tests: 'for (;;);',
      sandbox: 'bubblewrap',
      memoryMb: 102,
      timeoutMs: 60_000,
    };
    const program = `import { checkCode } from 'planwright'; await checkCode({ result: '', check: ${JSON.stringify(check)} });`;
    const host = spawn(process.execPath, ['--conditions=planwright:source', '--input-type=module', '-e', program]);
    await expect.poll(() => countProcesses('--max-old-space-size=102'), { timeout: 10_000 }).toBeGreaterThan(0);
    host.kill('SIGKILL');
    await expect.poll(() => countProcesses('--max-old-space-size=102'), { timeout: 5000 }).toBe(0);
  });
});
