import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../../test/support/temporary-folder.ts';
import { PlanwrightError } from '../errors.ts';
import { loadComparisonTasks, parseComparisonTasks } from './read-tasks.ts';

function refusal(read: () => unknown): PlanwrightError {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return thrown;
    throw thrown;
  }
  throw new Error('It was accepted.');
}

const problemsOf = (text: string, file: string): string[] =>
  refusal(() => parseComparisonTasks(text, { file })).message.split('\n');

test('members of a check may have the names that other harnesses give them', () => {
  const text = [
    '{"id":"a","task":"x","check":{"kind":"exact","expected":"4"}}',
    '{"id":"b","task":"x","check":{"kind":"number","answer":4,"tolerance":0.5}}',
    '{"id":"c","task":"x","check":[{"kind":"regex","regex":"^4$"}]}',
  ].join('\n');
  const tasks = parseComparisonTasks(text, { file: 't.jsonl', folder: '.' });
  expect(tasks.map(({ check }) => check)).toEqual([
    [{ kind: 'exact', value: '4', trim: true, ignoreCase: false }],
    [{ kind: 'number', value: 4, tolerance: 0.5 }],
    [{ kind: 'regex', pattern: '^4$' }],
  ]);
  const bad = '{"id":"a","task":"x","check":{"kind":"number","expected":"four"}}';
  expect(() => parseComparisonTasks(bad, { file: 't.jsonl', folder: '.' })).toThrow('t.jsonl:1 check.expected: must be a number');
});

test('JSON lines with comments, shorthands and lists of checks', () => {
  const text = [
    '# Questions',
    '{"id":1,"task":"What is 2 + 2?","check":{"exact":4},"class":"sums"}',
    '',
    '{"id":"b","task":"b?","check":[{"number":4,"tolerance":0.1},{"contains":"x"},{"kind":"regex","pattern":"y"}],"accept":[{"kind":"quotes"}]}',
    '{"id":"c","task":"c?","check":[{"rubric":"Polite.","threshold":0.5},{"schema":{"type":"string"}}]}',
  ].join('\r\n');
  expect(parseComparisonTasks(text, { file: 'tasks.jsonl' })).toEqual([
    {
      id: '1',
      task: 'What is 2 + 2?',
      class: 'sums',
      check: [{ kind: 'exact', value: '4', trim: true, ignoreCase: false }],
      accept: [],
    },
    {
      id: 'b',
      task: 'b?',
      check: [
        { kind: 'number', value: 4, tolerance: 0.1 },
        { kind: 'predicate', contains: 'x' },
        { kind: 'regex', pattern: 'y' },
      ],
      accept: [{ kind: 'quotes' }],
    },
    {
      id: 'c',
      task: 'c?',
      check: [
        { kind: 'rubric', rubric: 'Polite.', threshold: 0.5 },
        { kind: 'schema', schema: { type: 'string' } },
      ],
      accept: [],
    },
  ]);
});

test.each([
  ['tasks.yaml', 'tasks:\n  - { id: a, task: A?, check: { exact: x } }\n'],
  ['tasks.yml', '- { id: a, task: A?, check: { exact: x } }\n'],
  ['tasks.json', '{"tasks":[{"id":"a","task":"A?","check":{"exact":"x"}}]}'],
  ['tasks', '{"id":"a","task":"A?","check":{"exact":"x"}}\n'],
  ['tasks', '- { id: a, task: A?, check: { exact: x } }\n'],
])('%s is read by its ending or its beginning', (file, text) => {
  expect(parseComparisonTasks(text, { file }).map(({ id, task }) => [id, task])).toEqual([['a', 'A?']]);
});

test('files start from the folder of the tasks file', () => {
  const folder = makeTemporaryFolder();
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'tasks.jsonl'), '{"id":"a","task":"A?","files":"docs","check":{"exact":"x"}}\n');
  expect(loadComparisonTasks(join(folder, 'tasks.jsonl')).map(({ files }) => files)).toEqual([join(folder, 'docs')]);
});

test('every problem of a file is told, by line, with the known names', () => {
  const text = [
    '{"id":"1","task":" ","check":{"exat":"4"}}',
    '{"id":"1","check":{"regex":"("}}',
    '{oops',
    '{"id":"2","task":"x","check":{"kind":"code","run":"x"},"tolerence":3,"files":"nowhere"}',
    '5',
    '{"id":"3","task":"x","check":{"number":"4"}}',
    '{"id":"4","task":"x","check":{"kind":"numbr","value":3}}',
    '{"id":"5","task":"x","check":{"regex":"a"},"accept":[{"kind":"command"}]}',
    '{"id":"6","task":"x","check":[]}',
    '{"id":"7","task":"x","check":{"schema":{"type":"txt"}}}',
  ].join('\n');
  expect(problemsOf(text, 't.jsonl')).toEqual([
    't.jsonl:1 task: must not be empty.',
    't.jsonl:1 check.kind: must be one of exact, regex, number, schema, predicate, code, rubric, not nothing. Or write { exact: "…" }, { regex: "…" } or { number: 4 }.',
    't.jsonl:2 id: the id "1" is taken already (line 1).',
    't.jsonl:2 task: is missing: text belongs here.',
    't.jsonl:2 check.regex: not a valid RE2 expression: error parsing regexp: missing closing ): `(`.',
    expect.stringMatching(/^t\.jsonl:3: not valid JSON: /),
    expect.stringMatching(/^t\.jsonl:4 files: there is no folder ".*nowhere"\.$/),
    't.jsonl:4 check.language: must be javascript, typescript, python, not nothing.',
    't.jsonl:4 check.tests: is missing: text belongs here.',
    't.jsonl:4 check.run: unknown key "run". Known keys: kind, language, tests, solutionFile, packages, timeoutMs, memoryMb, outputBytes, sandbox.',
    't.jsonl:4 tolerence: unknown key "tolerence". Known keys: id, task, files, class, check, accept.',
    't.jsonl:5: must be a mapping, not 5.',
    't.jsonl:6 check.number: must be a number, not "4".',
    't.jsonl:7 check.kind: unknown kind "numbr". Did you mean "number"? Known kinds: exact, regex, number, schema, predicate, code, rubric.',
    't.jsonl:8 accept.0.run: is missing: a list belongs here.',
    't.jsonl:9 check: must hold at least one check.',
    't.jsonl:10 check.schema.type: "txt" is not a type: null, boolean, integer, number, string, array, object.',
  ]);
});

test('a YAML file’s problems carry line and column', () => {
  const text =
    'tasks:\n  - id: a\n    task: x\n    check: { exact: 4 }\n  - id: a\n    task: x\n    check: { regex: "(" }\n    clas: f\n';
  expect(problemsOf(text, 't.yaml')).toEqual([
    't.yaml:5:9 tasks.1.id: the id "a" is taken already (line 2).',
    't.yaml:7:21 tasks.1.check.regex: not a valid RE2 expression: error parsing regexp: missing closing ): `(`.',
    't.yaml:8:5 tasks.1.clas: unknown key "clas". Did you mean "class"? Known keys: id, task, files, class, check, accept.',
  ]);
});

test('the error carries code, place and problems', () => {
  const error = refusal(() => parseComparisonTasks('{"id":"1","task":"x","check":{"regex":"("}}', { file: 't.jsonl' }));
  expect({ code: error.code, location: error.location }).toEqual({
    code: 'usage',
    location: { file: 't.jsonl', line: 1, path: 'check.regex' },
  });
  expect(error.details['problems']).toMatchObject([{ file: 't.jsonl', line: 1, path: 'check.regex' }]);
  expect(refusal(() => parseComparisonTasks('{}', { file: 't.jsonl' })).code).toBe('usage');
});

test.each([
  ['', 't.jsonl', 't.jsonl: There are no tasks in this file.'],
  ['# nothing\n', 't.jsonl', 't.jsonl: There are no tasks in this file.'],
  ['', 't.yaml', 't.yaml:1:1: The tasks must be a list: - { id: …, task: …, check: … }.'],
  ['tasks: 5\n', 't.yaml', 't.yaml:1:8 tasks: The tasks must be a list: - { id: …, task: …, check: … }.'],
])('%j in %s: %s', (text, file, message) => {
  expect(problemsOf(text, file)).toEqual([message]);
});

test('a file that is not there', () => {
  expect(refusal(() => loadComparisonTasks('/nowhere/tasks.jsonl')).message).toBe(
    'There is no tasks file "/nowhere/tasks.jsonl".',
  );
  expect(refusal(() => loadComparisonTasks('/')).message).toBe('Not a file: "/".');
});

const line = (index: number) => `{"id":"t${index}","task":"What is ${index} + 1?","check":{"number":${index + 1}}}`;

test('100,000 tasks are read in seconds, one more is refused', () => {
  const text = Array.from({ length: 100_000 }, (_, index) => line(index)).join('\n');
  expect(parseComparisonTasks(text, { file: 't.jsonl' })).toHaveLength(100_000);
  expect(problemsOf(`${text}\n${line(100_000)}`, 't.jsonl')).toEqual(['t.jsonl:100001: A comparison has at most 100000 tasks.']);
});

test('a file of bad tasks is told by its first problems and a count', () => {
  const lines = problemsOf('{}\n'.repeat(1000), 't.jsonl');
  expect(lines).toHaveLength(201);
  expect(lines.at(-1)).toBe('… and 2800 more problems.');
});
