import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlanwrightError } from '../errors.ts';
import { JsonPositions } from './json-positions.ts';
import { checkPlanText, maxYamlLength, parsePlanFile } from './plan-file.ts';

function thrownBy(read: () => unknown): PlanwrightError {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return thrown;
    throw thrown;
  }
  throw new Error('Nothing was thrown.');
}

/** Reads it and locates some paths in it. */
function outcomeOf(text: string): string {
  try {
    const { locate } = parsePlanFile(text, 'p');
    for (const path of [[], ['subtasks', 0, 'id'], ['a', 'b']]) locate(path);
    return 'read';
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return thrown.code;
    throw thrown;
  }
}

const yaml = `# A plan.
version: 1
task: Report.
subtasks:
  - id: 1
    role: writer
    instruction: Write.
    dependsOn: [2, three]
  - id: 2
    role: writer
    instruction: Read.
`;

describe('plan files', () => {
  it('ids and dependencies written as YAML numbers are names', () => {
    expect(parsePlanFile(yaml, 'plan.yaml').draft).toEqual({
      version: 1,
      task: 'Report.',
      subtasks: [
        { id: '1', role: 'writer', instruction: 'Write.', dependsOn: ['2', 'three'] },
        { id: '2', role: 'writer', instruction: 'Read.' },
      ],
    });
  });

  it('what grows and what takes failures is still that', () => {
    const { plan } = checkPlanText(
      'version: 1\ntask: t\nsubtasks:\n  - { id: a, role: r, instruction: i, grow: true }\n  - { id: b, role: r, instruction: i, dependsOn: [a], evenIfFailed: true }\n',
      'plan.yaml',
    );
    expect(plan?.subtasks).toMatchObject([{ grow: true }, { evenIfFailed: true }]);
  });

  it('fractions are not names: 1.10 and 1.1 are one number', () => {
    const check = checkPlanText(yaml.replace('id: 2', 'id: 1.10'), 'plan.yaml');
    expect(check.problems[0]).toEqual({
      code: 'malformed',
      message: 'subtasks.1.id: expected a string, got 1.1.',
      path: 'subtasks.1.id',
      line: 9,
    });
  });

  it('problems carry the line of their value in YAML', () => {
    expect(checkPlanText(yaml, 'plan.yaml').problems).toEqual([
      {
        code: 'unknown-dependency',
        message: 'Subtask "1" depends on "three", which is not in the plan.',
        subtaskId: '1',
        path: 'subtasks.0.dependsOn.1',
        line: 8,
      },
    ]);
  });

  it('problems carry the line of their value in JSON, a missing key that of what should hold it', () => {
    const json =
      '{ "version": 1,\n  "task": "t",\n  "subtasks": [\n    { "id": "a", "role": "r",\n      "instruction": "x" },\n    {\n      "id": "b" }\n] }';
    expect(checkPlanText(json, 'plan.json').problems.map(({ path, line }) => [path, line])).toEqual([
      ['subtasks.1.role', 6],
      ['subtasks.1.instruction', 6],
    ]);
  });

  it('a byte order mark is not part of the plan', () => {
    expect(parsePlanFile('\uFEFF{"version":1}', 'p.json').draft).toEqual({ version: 1 });
  });

  it('JSON with a trailing comma or comments in YAML style is read as YAML', () => {
    expect(parsePlanFile('{"version": 1, # one\n "subtasks": [],}', 'p.json').draft).toEqual({ version: 1, subtasks: [] });
  });

  it.each([
    ['an unclosed list', 'a: 1\nb: [1, 2', 2, 9, /^p\.yaml:2:9 This plan file cannot be read: Flow sequence/],
    ['a missing comma in JSON', '{"a": 1,\n "b" 2}', 2, 6, /Missing , or : between flow map items\.$/],
    ['two documents', 'a: 1\n---\nb: 2', 2, 1, /multiple documents/],
    ['a repeated key', 'a: 1\na: 2', 2, 1, /Map keys must be unique\.$/],
    ['nesting that would exhaust the stack', '['.repeat(20_000), 1, 65, /brackets are nested more than 64 deep\.$/],
  ])('%s is unreadable, with its place', (_name, text, line, column, message) => {
    const thrown = thrownBy(() => parsePlanFile(text, 'p.yaml'));
    expect(thrown.code).toBe('plan-unreadable');
    expect(thrown.location).toEqual({ file: 'p.yaml', line, column });
    expect(thrown.message).toMatch(message);
  });

  it('aliases that expand without end are refused before they fill the memory', () => {
    const bomb = Array.from(
      { length: 20 },
      (_, at) => `a${at}: &a${at} [${Array.from({ length: 9 }, () => (at === 0 ? 'x' : `*a${at - 1}`)).join(',')}]`,
    ).join('\n');
    expect(thrownBy(() => parsePlanFile(bomb, 'p.yaml')).message).toMatch(
      /^p\.yaml:13:17 This plan file cannot be read: the file uses more than 100 aliases/,
    );
  });

  it('an alias without an anchor is unreadable', () => {
    expect(thrownBy(() => parsePlanFile('a: *x', 'p.yaml')).code).toBe('plan-unreadable');
  });

  it('broken JSON too large for the YAML reader is refused at once, with the place of the error', () => {
    const thrown = thrownBy(() => parsePlanFile(`[\n1 2${' '.repeat(maxYamlLength)}]`, 'p.json'));
    expect(thrown.location).toEqual({ file: 'p.json', line: 2, column: 3 });
  });

  it('an empty file is a malformed plan, not a crash', () => {
    expect(checkPlanText('', 'p.yaml').problems).toEqual([
      { code: 'malformed', message: 'A plan is an object with version, task and subtasks; got null.' },
    ]);
  });

  it('any text is a draft or plan-unreadable', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.string({ unit: fc.constantFrom(...'{}[]:,-&*#"\'|>?!%@ \n\tab'.split('')) })),
        (text) => {
          expect(['read', 'plan-unreadable']).toContain(outcomeOf(text));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('100,000 subtasks are read and located in seconds', () => {
    const subtasks = Array.from({ length: 100_000 }, (_, at) => ({
      id: `s${at}`,
      role: 'r',
      instruction: 'x "{[" y',
      dependsOn: at === 99_998 ? ['nope'] : [],
    }));
    const check = checkPlanText(JSON.stringify({ version: 1, task: 't', subtasks }, null, 1), 'p.json');
    expect(check.problems.map(({ code, line }) => [code, line])).toEqual([['unknown-dependency', 599_998]]);
  });
});

describe('positions in JSON', () => {
  it('every value is found where it stands', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const positions = new JsonPositions(text);
        const visit = (inner: unknown, path: (string | number)[]): void => {
          const offset = positions.findOffset(path);
          const expected = JSON.stringify(inner);
          // With an indent, only scalars look the same inside the document.
          const length = indent === undefined || Object(inner) !== inner ? expected.length : 1;
          expect(text.slice(offset, offset + length)).toBe(expected.slice(0, length));
          if (Array.isArray(inner)) for (const [at, item] of inner.entries()) visit(item, [...path, at]);
          else if (typeof inner === 'object' && inner !== null)
            for (const [key, item] of Object.entries(inner)) visit(item, [...path, key]);
        };
        visit(JSON.parse(text), []);
      }),
    );
  });
});

it.each([
  ['explicit keys', '? '.repeat(2000)],
  ['nested brackets', '{'.repeat(2000) + '}'.repeat(2000)],
  ['deep indentation', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
])('YAML that would keep its parser busy for minutes is refused in time: %s', (_what, text) => {
  const startedMs = performance.now();
  expect(() => parsePlanFile(text, 'plan.yaml')).toThrow(/^plan\.yaml:\d+:\d+/);
  expect(performance.now() - startedMs).toBeLessThan(2000);
});
