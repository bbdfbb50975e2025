/** Python under bubblewrap: plain assertions, unittest, functions named test_*, and hostile code. */
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { lacks, runnerOf } from './this-machine.ts';

const { skip, because } = lacks('bubblewrap', 'python');
const run = runnerOf('bubblewrap', 'python');
const solutionFile = 'solution.py';
const right = 'def add(x): return x + 1\n';
const wrong = 'def add(x): return x + 2\n';
const adds = 'assert add(1) == 2, f"sum {add(1)}"\n';
const cases = `import unittest
from solution import add

class Adding(unittest.TestCase):
    def test_one(self):
        self.assertEqual(add(1), 2)

if __name__ == '__main__':
    unittest.main()
`;
/** Code whose value the assertion shows, or the name of what it raises. */
const seen = (code: string, more = '') =>
  run(
    `${more}\nimport os, socket\ndef see():\n    try:\n        return ${code}\n    except BaseException as error:\n        return repr(error)`,
    'assert False, see()',
  );

describe.skipIf(skip)(`Python under bubblewrap${because}`, () => {
  test.each([
    ['plain assertions', right, adds, undefined],
    ['a main part', right, `def check(f):\n    assert f(1) == 2\nif __name__ == '__main__':\n    check(add)`, undefined],
    ['test cases', right, cases, solutionFile],
    ['a module with another name', right, 'from sums import add\ndef test_one():\n    assert add(1) == 2', 'sums.py'],
    [
      'classes and coroutines',
      right,
      'from solution import add\nclass TestAdd:\n    def setup_method(self): self.two = 2\n    def test_one(self): assert add(1) == self.two\nasync def test_two(): assert add(2) == 3',
      solutionFile,
    ],
    [
      'a file in its folder',
      'import tempfile\ndef add(x):\n    with tempfile.TemporaryFile() as f: f.write(b"1")\n    return x + 1',
      adds,
      undefined,
    ],
  ])('passes %s', async (_, solution, tests, file) => {
    const options = file === undefined ? {} : { solutionFile: file };
    expect(await run(solution, tests, options)).toMatchObject({ kind: 'passed', sandbox: 'bubblewrap', exitStatus: 0 });
  });

  test.each([
    ['plain assertions', wrong, adds, undefined, 'AssertionError: sum 3 (tests, line 1: assert add(1) == 2, f"sum {add(1)}")'],
    ['test cases', wrong, cases, solutionFile, 'AssertionError: 3 != 2 (tests, line 6: self.assertEqual(add(1), 2))'],
    [
      'functions',
      wrong,
      'from solution import add\ndef test_one():\n    assert add(1) == 2',
      solutionFile,
      'test_one: AssertionError (tests, line 3: assert add(1) == 2)',
    ],
    [
      'methods',
      wrong,
      'from solution import add\nclass TestAdd:\n    def test_one(self):\n        assert add(1) == 2',
      solutionFile,
      'TestAdd.test_one: AssertionError (tests, line 4: ',
    ],
    [
      'functions that want fixtures',
      right,
      'def test_one(tmp_path): pass',
      undefined,
      'test_one wants tmp_path; there are no fixtures here.',
    ],
    ['what raises', 'def add(x): raise ValueError("no")', adds, undefined, 'ValueError: no (solution, line 1: '],
    ['what is no Python', 'def add(x', adds, undefined, 'SyntaxError: '],
    [
      'sys.exit(0) in the middle',
      'import sys\ndef add(x): sys.exit(0)',
      adds,
      undefined,
      'It called sys.exit(0) before the tests had ended. (solution, line 2: ',
    ],
    [
      'an assertion method exchanged',
      `import unittest\nunittest.TestCase.assertEqual = lambda *a: None\n${wrong}`,
      cases,
      solutionFile,
      'unittest.case.TestCase.assertEqual was exchanged.',
    ],
    [
      'a result exchanged',
      `import unittest\nunittest.TestResult.startTest = lambda *a: None\n${wrong}`,
      cases,
      solutionFile,
      '3 != 2',
    ],
    [
      'a module exchanged',
      `import sys, types\nsys.modules['math'] = types.SimpleNamespace(isclose=lambda *a: True)\n${wrong}`,
      'import math\nassert math.isclose(add(1), 2)',
      undefined,
      'math was exchanged.',
    ],
    [
      'a builtin exchanged',
      `import builtins\nbuiltins.abs = lambda x: 0\n${wrong}`,
      'assert abs(add(1) - 2) < 1e-9',
      undefined,
      'builtins.abs was exchanged.',
    ],
    [
      'a report of its own',
      `import os\nos.write(3, b'x' * 32)\n${right}`,
      adds,
      undefined,
      'Something else than the tests wrote to their report.',
    ],
  ])('fails %s', async (_, solution, tests, file, reason) => {
    const outcome = await run(solution, tests, file === undefined ? {} : { solutionFile: file });
    expect(outcome).toMatchObject({ kind: 'failed', cause: 'test' });
    expect(outcome.kind === 'failed' && outcome.reason).toContain(reason);
  });

  test.each([
    [
      'os._exit(0) in the middle',
      'import os\ndef add(x): os._exit(0)',
      'ended-early',
      'It ended before the tests did. The exit status was 0.',
    ],
    [
      'another program in its place',
      'import os, sys\ndef add(x): os.execv(sys.executable, ["python", "-c", "pass"])',
      'ended-early',
      'The exit status was 0.',
    ],
    [
      'its parent killed',
      'import os\ndef add(x):\n    for pid in (os.getppid(), 1, -1):\n        try: os.kill(pid, 9)\n        except OSError: pass\n    os._exit(0)',
      'ended-early',
      'It ended before the tests did.',
    ],
    ['a loop that never ends', 'def add(x):\n    while True: pass', 'timeout', 'It ran longer than 1.5 s and was stopped.'],
    ['10 GB at once', 'def add(x): return bytearray(10 ** 10)', 'memory', 'It needed more than 128 MB of memory'],
    [
      '1 GB of output',
      'def add(x):\n    for i in range(10 ** 6): print("x" * 1000)',
      'output',
      'It printed more than 100000 bytes and was stopped.',
    ],
  ])('stops %s', async (_, solution, cause, reason) => {
    const outcome = await run(solution, adds, { limits: cause === 'timeout' ? { timeoutMs: 1500 } : {} });
    expect(outcome).toMatchObject({ kind: 'failed', cause });
    expect(outcome.kind === 'failed' && outcome.reason).toContain(reason);
  });

  test('a fork bomb has at most 64 processes, and ends', async () => {
    const bomb =
      'import os, time\ndef add(x):\n    made = 0\n    try:\n        while made < 500:\n            if os.fork() == 0: time.sleep(60)\n            made += 1\n    except OSError as error: return f"{made} {error}"\n    return made';
    const outcome = await run(bomb, 'made = add(1)\nassert made == 2, f"sum {made}"', {
      limits: { memoryMb: 4096, timeoutMs: 10_000 },
    });
    const made = Number(/sum (\d+)/.exec(outcome.kind === 'failed' ? outcome.reason : '')?.[1]);
    expect(made).toBeGreaterThan(10);
    expect(made).toBeLessThan(64);
    expect(await run('import os\ndef add(x):\n    while True: os.fork()', adds, { limits: { timeoutMs: 3000 } })).toMatchObject({
      kind: 'failed',
    });
  });

  test('memory of all processes together ends where the limit is', async () => {
    const fill =
      'import os, time\ndef add(x):\n    for i in range(8): os.fork()\n    kept = bytearray(b"1") * 50_000_000\n    time.sleep(60)';
    expect(await run(fill, adds, { limits: { timeoutMs: 10_000 } })).toMatchObject({ kind: 'failed', cause: 'memory' });
  });

  test('the environment is empty of the host', async () => {
    const outcome = await seen('dict(os.environ)');
    expect(outcome).toMatchObject({
      reason: expect.stringMatching(
        /^AssertionError: \{'PATH': '\/usr\/bin', 'HOME': '\/work', 'TMPDIR': '\/work', 'LANG': 'C.UTF-8', 'TZ': 'UTC', 'PWD': '\/work'\}/,
      ),
    });
  });

  test.each([
    ['/etc/passwd', 'open("/etc/passwd").read()'],
    ['the way up', `open("${'../'.repeat(20)}etc/passwd").read()`],
    ['a link', '(os.symlink("/etc/passwd", "link"), open("link").read())'],
    ['this project', `open(${JSON.stringify(`${process.cwd()}/package.json`)}).read()`],
    ['its own memory', 'open("/proc/self/mem", "rb")'],
  ])('%s is not there', async (_, code) => {
    expect(await seen(code)).toMatchObject({ reason: expect.stringContaining('FileNotFoundError') });
  });

  test('packages installed beside the library are not there', async () => {
    expect(await seen('__import__("pip")')).toMatchObject({ reason: expect.stringContaining('ModuleNotFoundError') });
  });

  test.each([
    ['a file outside', 'open("/x", "w")', /OSError\(30|PermissionError\(13/],
    ['memory that counts for nobody', 'os.memfd_create("x")', /PermissionError\(1,|AttributeError/],
    ["a socket to a virtual machine's host", 'socket.socket(40, socket.SOCK_STREAM)', /OSError\(97,/],
    ['a namespace of its own', '__import__("ctypes").CDLL(None).unshare(0x10000000)', /RuntimeError/],
  ])('%s is refused', async (_, code, refusal) => {
    expect(await seen(code)).toMatchObject({ reason: expect.stringMatching(refusal) });
  });

  test('no socket reaches the host', async () => {
    const connections: unknown[] = [];
    const server = createServer((socket) => connections.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      expect(await seen(`socket.create_connection(("127.0.0.1", ${port}), 1)`)).toMatchObject({
        reason: expect.stringContaining('ConnectionRefusedError'),
      });
      expect(await seen('socket.getaddrinfo("example.com", 80)')).toMatchObject({ reason: expect.stringContaining('gaierror') });
      expect(connections).toEqual([]);
    } finally {
      server.close();
    }
  });

  test('the key to the report is not within reach', async () => {
    const search = `import gc, sys, threading
def keys():
    found, frame = [], sys._getframe()
    while frame is not None:
        found += [v for v in frame.f_locals.values() if isinstance(v, bytes) and len(v) == 32]
        frame = frame.f_back
    refused = []
    for look in (gc.get_objects, lambda: gc.get_referents(threading.main_thread()), sys._current_frames, lambda: sys.setprofile(print)):
        try: look()
        except RuntimeError: refused.append(True)
    return len(found), len(refused)`;
    expect(await run(search, 'assert False, keys()')).toMatchObject({
      reason: expect.stringContaining('AssertionError: (0, 4)'),
    });
  });
});
