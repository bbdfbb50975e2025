"""Runs inside bubblewrap: a solution and its tests, and says what came of it on descriptor 3.

1. Each failure is a line of JSON there, written when it is seen and never taken back.
2. The key, 32 random bytes from standard input, is written there after the tests have ended without a failure, and by nothing else.
3. What is used after the solution was loaded was taken hold of before. Python can't lock its objects; what was exchanged in the
   modules of STEADY_MODULES by the end is a failure.
4. The key is a local name of the main thread. Solution and tests run in another thread, whose frames do not lead there, and an
   audit hook refuses what looks into other threads, at all objects or at memory.
"""

import asyncio
import builtins
import importlib
import inspect
import json
import os
import sys
import threading
import traceback
import types
import unittest

FOLDER = '/work/'
REPORT_TO = 3
KEY_BYTES = 32
MAX_MESSAGE = 1000
STACK_BYTES = 64 * 1024 * 1024
STEADY_MODULES = ('builtins', 'math', 'operator', 'json', 'copy', 'collections', 'functools', 'unittest', 'unittest.case', 'unittest.result')
REFUSED_EVENTS = frozenset(
    'gc.get_objects gc.get_referrers gc.get_referents sys._current_frames sys._current_exceptions sys.settrace sys.setprofile '
    'sys.monitoring.register_callback ctypes.dlopen'.split()
)


def make_reporter():
    write, dumps, failed = os.write, json.dumps, []

    def fail(message, place=None):
        failed.append(True)
        line = dumps({'message': message[:MAX_MESSAGE], **({'place': place} if place else {})})
        write(REPORT_TO, (line + '\n').encode())

    return fail, failed


def describe(error, files):
    """The error in words, and the innermost line of its traceback that is the solution's or the tests'."""
    message = ''.join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1]
    if isinstance(error, SystemExit):
        message = f'It called sys.exit({error.code!r}) before the tests had ended.'
    place = None
    if isinstance(error, SyntaxError) and error.filename in files and error.lineno:
        place = {'in': files[error.filename], 'line': error.lineno}
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in files:
            place = {'in': files[frame.filename], 'line': frame.lineno}
    return message, place


def remember():
    """What the steady modules hold: (holder, name) to the object itself."""
    held = {}
    for module in STEADY_MODULES:
        holders = [importlib.import_module(module)]
        holders += [value for value in vars(holders[0]).values() if isinstance(value, type) and value.__module__ == module and module != 'builtins']
        for holder in holders:
            for name, value in list(vars(holder).items()):
                if callable(value) and name != '_':
                    held[(f'{module}.{name}' if holder is holders[0] else f'{module}.{holder.__name__}.{name}')] = (holder, name, value)
    return held


def find_changed(held, modules):
    missing = object()
    exchanged = [name for name, module in modules.items() if sys.modules.get(name) is not module]
    return exchanged + [path for path, (holder, name, value) in held.items() if vars(holder).get(name, missing) is not value]


class Result(unittest.TestResult):
    """Tells each failure as it happens."""

    def __init__(self, tell):
        super().__init__()
        self.tell = tell

    def addError(self, test, err):
        self.tell(err[1], f'{test}: ')

    def addFailure(self, test, err):
        self.tell(err[1], f'{test}: ')

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.tell(err[1], f'{subtest}: ')

    def addUnexpectedSuccess(self, test):
        self.tell(AssertionError('It passed, and was expected to fail.'), f'{test}: ')


def call_test(function, name):
    needed = [p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty and p.kind < p.VAR_POSITIONAL]
    if needed:
        raise TypeError(f'{name} wants {", ".join(needed)}; there are no fixtures here.')
    made = function()
    if inspect.iscoroutine(made):
        asyncio.run(made)


def run_cases(module, tell):
    """Test cases of unittest, functions test_*, and classes Test* with such methods, in the order of the file."""
    result = Result(tell)
    unittest.defaultTestLoader.loadTestsFromModule(module).run(result)
    for name, value in list(vars(module).items()):
        owned = getattr(value, '__module__', None) == module.__name__
        tests = []
        if name.startswith('test_') and isinstance(value, types.FunctionType):
            tests = [(value, name)]
        elif name.startswith('Test') and isinstance(value, type) and owned and not issubclass(value, unittest.TestCase):
            methods = [m for m in dir(value) if m.startswith('test') and callable(getattr(value, m))]
            tests = [((lambda m=m, v=value: prepare(v(), m)), f'{name}.{m}') for m in methods]
        for test, title in tests:
            try:
                call_test(test, title)
            except BaseException as error:
                tell(error, f'{title}: ')


def prepare(instance, method):
    setup, teardown = getattr(instance, 'setup_method', None), getattr(instance, 'teardown_method', None)
    if setup is not None:
        call_test(setup, 'setup_method')
    try:
        return call_test(getattr(instance, method), method)
    finally:
        if teardown is not None:
            call_test(teardown, 'teardown_method')


def run_tests(job, fail, done):
    solution, tests = FOLDER + job['solution'], FOLDER + job['tests']
    files = {solution: 'solution', tests: 'tests'}

    def tell(error, title=''):
        message, place = describe(error, files)
        fail(title + message, place)

    def read(path):
        with open(path, encoding='utf-8') as file:
            return compile(file.read(), path, 'exec', dont_inherit=True)

    try:
        held = remember()
        modules = {name: sys.modules[name] for name in STEADY_MODULES}
        unittest.main = unittest.TestProgram = lambda *args, **named: None
        held = {path: entry for path, entry in held.items() if entry[1] not in ('main', 'TestProgram')}
        module = types.ModuleType('__main__')
        module.__file__ = tests
        sys.modules['__main__'] = module
        if not job['isFile']:
            exec(read(solution), module.__dict__)
        exec(read(tests), module.__dict__)
        run_cases(module, tell)
        for path in find_changed(held, modules)[:3]:
            fail(f'{path} was exchanged.')
        done.append(True)
    except BaseException as error:
        tell(error)


def refuse(event, _):
    if event in REFUSED_EVENTS:
        raise RuntimeError(f'{event} is not available here.')


def main():
    with open('/planwright/job.json', encoding='utf-8') as file:
        job = json.load(file)
    write, end, flush = os.write, os._exit, (sys.stdout.flush, sys.stderr.flush)
    write(REPORT_TO, b'{"started":true}\n')
    key = b''
    while len(key) < KEY_BYTES:
        piece = os.read(0, KEY_BYTES - len(key))
        if not piece:
            raise RuntimeError('There is no key.')
        key += piece
    sys.path[:0] = [FOLDER.rstrip('/'), f'{FOLDER}site-packages']
    fail, failed = make_reporter()
    done = []
    sys.addaudithook(refuse)
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=run_tests, args=(job, fail, done), name='tests')
    thread.start()
    thread.join()
    for empty in flush:
        empty()
    if failed or not done:
        end(1)
    write(REPORT_TO, key)
    end(0)


main()
