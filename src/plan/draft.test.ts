import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeElement, readPlannerText } from './draft.ts';

const a = { id: 'a', role: 'writer', instruction: 'Write {this} [down].', dependsOn: [] };
const b = { id: 'b', role: 'critic', instruction: 'Say "no", or: it\'s fine.', dependsOn: ['a'] };
const plan = JSON.stringify({ subtasks: [a, b] });
const pretty = JSON.stringify({ subtasks: [a, b] }, null, 2);

/** What a model wrote; what is read; what was mended. */
const readable: [
  name: string,
  text: string,
  elements: unknown[],
  repairs: string[],
  more?: { truncated?: boolean; deliverable?: string },
][] = [
  ['plain JSON', plan, [a, b], []],
  ['a bare list', JSON.stringify([a, b]), [a, b], []],
  ['a list under "plan"', JSON.stringify({ plan: [a] }), [a], ['took "plan" for the subtasks']],
  ['an object under "plan"', JSON.stringify({ plan: { subtasks: [a] } }), [a], []],
  ['"steps"', JSON.stringify({ steps: [a] }), [a], ['took "steps" for the subtasks']],
  [
    '"tasks" behind a list of other things',
    JSON.stringify({ steps: ['think'], tasks: [a] }),
    [a],
    ['took "tasks" for the subtasks'],
  ],
  ['a deliverable', JSON.stringify({ deliverable: 'b', subtasks: [a, b] }), [a, b], [], { deliverable: 'b' }],
  ['a numeric deliverable', JSON.stringify({ subtasks: [a], deliverable: 1 }), [a], [], { deliverable: '1' }],
  [
    'a deliverable beside the inner plan',
    JSON.stringify({ plan: { subtasks: [a] }, deliverable: 'a' }),
    [a],
    [],
    { deliverable: 'a' },
  ],
  ['no subtasks', '{"subtasks": []}', [], []],
  ['a code fence', `\`\`\`json\n${pretty}\n\`\`\``, [a, b], ['removed the text around the JSON']],
  ['an unclosed code fence', `\`\`\`json\n${pretty}`, [a, b], ['removed the text around the JSON']],
  ['prose around it', `Here is the plan:\n${pretty}\nLet me know!`, [a, b], ['removed the text around the JSON']],
  [
    'prose with braces and brackets',
    `Use {braces} [like] these [1], {"a" b}: ${plan} {end}`,
    [a, b],
    ['removed the text around the JSON'],
  ],
  ['prose with an empty list', `The list [] is filled: ${plan}`, [a, b], ['removed the text around the JSON']],
  ['another object before it', `{"thought": "I need {two} steps"}\n${plan}`, [a, b], ['removed the text around the JSON']],
  [
    'thinking with a draft in it',
    `<think>Perhaps {"subtasks":[{"id":"x"}]}?</think>\n${plan}`,
    [a, b],
    ['removed the text around the JSON'],
  ],
  ['the same plan twice', `${plan}\nIn short:\n${plan}`, [a, b], ['removed the text around the JSON']],
  [
    'trailing commas',
    '{"subtasks": [{"id": "a", "dependsOn": ["x",],},],}',
    [{ id: 'a', dependsOn: ['x'] }],
    ['removed a trailing comma'],
  ],
  [
    'single quotes',
    "{'subtasks': [{'id': 'a', 'instruction': 'it\\'s the user's \"own\"'}]}",
    [{ id: 'a', instruction: 'it\'s the user\'s "own"' }],
    ['replaced quotation marks', 'escaped a quotation mark'],
  ],
  ['curly quotes', '{“subtasks”: [{“id”: “a”}]}', [{ id: 'a' }], ['replaced quotation marks']],
  ['comments', '{ // the plan\n "subtasks": [ /* one */ {"id": "a"} ]}', [{ id: 'a' }], ['removed comments']],
  [
    'a URL is no comment',
    '{"subtasks": [{"id": "a", "instruction": "Get http://x.y/z"},]}',
    [{ id: 'a', instruction: 'Get http://x.y/z' }],
    ['removed a trailing comma'],
  ],
  ['bare keys', '{subtasks: [{id: "a", depends-on: []}]}', [{ id: 'a', 'depends-on': [] }], ['added quotation marks to a key']],
  [
    'Python words',
    '{"subtasks": [{"id": "a", "x": None, "y": True, "z": False}]}',
    [{ id: 'a', x: null, y: true, z: false }],
    ['replaced True, False or None'],
  ],
  [
    'missing commas',
    '{"subtasks": [{"id": "a"\n "role": "r"} {"id": "b"}]}',
    [{ id: 'a', role: 'r' }, { id: 'b' }],
    ['added a missing comma'],
  ],
  [
    'line breaks in a text',
    '{"subtasks": [{"id": "a", "instruction": "one\ntwo"}]}',
    [{ id: 'a', instruction: 'one\ntwo' }],
    ['escaped a line break'],
  ],
  [
    'quotation marks in a text',
    '{"subtasks": [{"id": "a", "instruction": "say "hello" now"}]}',
    [{ id: 'a', instruction: 'say "hello" now' }],
    ['escaped a quotation mark'],
  ],
  [
    'a backslash in a text',
    '{"subtasks": [{"id": "a", "instruction": "\\d+ \\u00e9"}]}',
    [{ id: 'a', instruction: '\\d+ é' }],
    ['escaped a backslash'],
  ],
  [
    'a missing bracket',
    '{"subtasks": [{"id": "a", "dependsOn": ["x"}, {"id": "b"}}',
    [{ id: 'a', dependsOn: ['x'] }, { id: 'b' }],
    ['added a missing bracket'],
  ],
  ['subtasks one a line', `${JSON.stringify(a)}\n${JSON.stringify(b)}`, [a, b], ['put a list around the subtasks']],
  ['one subtask alone', JSON.stringify(a), [a], ['put a list around the subtasks']],
  ['a text cut within an element', '{"subtasks": [{"id": "a"}, {"id": "b", "instr', [{ id: 'a' }], [], { truncated: true }],
  ['a text cut within a string', '[{"id": "a"}, {"id": "b", "instruction": "Do', [{ id: 'a' }], [], { truncated: true }],
  ['a text cut between elements', '{"subtasks": [{"id": "a"},', [{ id: 'a' }], [], { truncated: true }],
  ['a text cut within the first element', '{"subtasks": [{"id": "a", "dependsOn": [1', [], [], { truncated: true }],
  ['a text cut behind the list', '{"subtasks": [{"id": "a"}]', [{ id: 'a' }], [], { truncated: true }],
  ['a text cut within a later key', '{"subtasks": [{"id": "a"}], "deliv', [{ id: 'a' }], [], { truncated: true }],
  [
    'a cut text in a fence',
    'Sure:\n```json\n{"subtasks": [{"id": "a"}, {"id"',
    [{ id: 'a' }],
    ['removed the text around the JSON'],
    { truncated: true },
  ],
];

const refused: [name: string, text: string, message: RegExp][] = [
  ['nothing', '', /^The answer holds no plan: ""\. Write JSON/],
  ['prose', 'I cannot plan this.', /^The answer holds no plan: "I cannot plan this\."/],
  ['a list of strings', '["research", "write"]', /^The answer holds no plan/],
  ['other JSON', '{"answer": 42}', /^The answer holds no plan/],
  [
    'two different plans',
    `${JSON.stringify([a])} or ${JSON.stringify([b])}`,
    /^The answer holds more than one plan\. Write exactly one\.$/,
  ],
  [
    'elements left out',
    '{"subtasks": [{"id": "a", "instruction": "x"}, ..., {"id": "z", "instruction": "y"}]}',
    /cannot be read at "\.\.\., .*": expected a value\./,
  ],
  [
    'elements left out of a bare list',
    '[{"id": "a", "instruction": "x"}, ... {"id": "z", "instruction": "y"}]',
    /cannot be read at/,
  ],
  [
    'a bare word for a value',
    '{"subtasks": [{"id": "a"}], "deliverable": report}',
    /cannot be read at "report}": expected a value\./,
  ],
  [
    'a deliverable that is no id',
    '{"subtasks": [{"id": "a"}], "deliverable": {"id": "a"}}',
    /^deliverable: expected a subtask's id, got an object\.$/,
  ],
  ['thinking that never ends', `<think> ${plan}`, /^The answer holds no plan/],
  ['a megabyte of opening brackets', '{['.repeat(500_000), /^The answer/],
  ['deep nesting', `{"subtasks": [${'['.repeat(200_000)}`, /nested deeper than 100 levels/],
];

describe('a planner’s text', () => {
  it.each(readable)('%s is read', (_name, text, elements, repairs, more = {}) => {
    expect(readPlannerText(text)).toEqual({ kind: 'draft', elements, repairs, truncated: false, ...more });
  });

  it.each(refused)('%s is sent back', (_name, text, message) => {
    const read = readPlannerText(text);
    expect(read.kind === 'problem' ? read.problem.message : read).toMatch(message);
    expect(read.kind === 'problem' && read.problem.code).toBe('malformed');
  });

  it('10,000 elements are read, in valid and in careless JSON', () => {
    const elements = Array.from({ length: 10_000 }, (_, at) => ({ id: `s${at}`, instruction: 'it is' }));
    const strict = JSON.stringify({ subtasks: elements });
    const careless = strict.replaceAll('"', "'").replaceAll('}', ',}').replaceAll('it is', "it's");
    for (const text of [strict, careless]) {
      const read = readPlannerText(text);
      expect(read.kind === 'draft' && read.elements.length).toBe(10_000);
    }
  });

  it('a text beyond all measure is too large', () => {
    expect(readPlannerText(' '.repeat(4_000_001))).toMatchObject({ problem: { code: 'too-large' } });
  });

  it('inputs that take repair libraries minutes are judged at once', () => {
    const hard = [
      `['${"it's, ".repeat(50_000)}`,
      `{a b c d: ${'lorem "dolor" '.repeat(50_000)}`,
      `{"a":"b", "${'x", '.repeat(50_000)}`,
      `["${'a" "b '.repeat(50_000)}`,
      '{"a":'.repeat(100_000),
      '"\\'.repeat(300_000),
      '<think'.repeat(300_000),
      '/*'.repeat(300_000),
      `[${'/*'.repeat(300_000)}`,
      `{"subtasks":[${'"'.repeat(300_000)}`,
      '{"a": "'.repeat(100_000),
      `{${'"\n'.repeat(100_000)}`,
    ];
    for (const text of hard) expect(readPlannerText(text)).not.toMatchObject({ kind: 'draft', truncated: false });
  }, 20_000);

  it('a cut anywhere is told from the whole, and gives a prefix of its elements', () => {
    const whole = JSON.stringify({ subtasks: [a, b, { ...a, id: 'c' }], deliverable: 'c' }, null, 1);
    for (let length = 1; length < whole.length; length++) {
      const read = readPlannerText(whole.slice(0, length));
      if (read.kind === 'problem') continue;
      expect(read.truncated).toBe(true);
      expect(read.elements).toEqual([a, b, { ...a, id: 'c' }].slice(0, read.elements.length));
    }
  });

  it('any text is read or refused, never thrown on', () => {
    const jsonish = fc.string({
      unit: fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        ':',
        ',',
        '\\',
        '\n',
        '/',
        '*',
        'a',
        '1',
        '-',
        'null',
        'subtasks',
        '"subtasks":[',
        '{"id":"a"}',
        '<think',
        '</think',
      ),
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), jsonish), (text) => {
        expect(['draft', 'problem']).toContain(readPlannerText(text).kind);
      }),
      { numRuns: 3000 },
    );
  });

  it('valid JSON passes through the careless reader unchanged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), { minLength: 1 }),
        fc.constantFrom(undefined, 2),
        (rest, indent) => {
          const elements = rest.map((fields) => ({ ...fields, id: 'x' }));
          const value: unknown = JSON.parse(JSON.stringify({ subtasks: elements }));
          const read = readPlannerText(`The plan: ${JSON.stringify(value, null, indent)} Done.`);
          expect(read).toEqual({
            kind: 'draft',
            elements: Reflect.get(Object(value), 'subtasks'),
            repairs: ['removed the text around the JSON'],
            truncated: false,
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('an element', () => {
  const roles = ['writer', 'code reviewer'];
  const full = { id: 'a', role: 'writer', instruction: 'Do it.', dependsOn: [] as string[] };

  it.each([
    ['as it should be', full, full],
    ['with a numeric id', { ...full, id: 7 }, { ...full, id: '7' }],
    ['with space around its id', { ...full, id: ' a\n' }, full],
    ['without dependsOn', { id: 'a', role: 'writer', instruction: 'Do it.' }, full],
    ['with dependsOn null', { ...full, dependsOn: null }, full],
    ['with dependsOn empty text', { ...full, dependsOn: '' }, full],
    ['with dependsOn a text', { ...full, dependsOn: 'b' }, { ...full, dependsOn: ['b'] }],
    ['with dependsOn a number', { ...full, dependsOn: 3 }, { ...full, dependsOn: ['3'] }],
    ['with dependsOn numbers', { ...full, dependsOn: [1, '2', 1] }, { ...full, dependsOn: ['1', '2'] }],
    ['with depends_on', { id: 'a', role: 'writer', instruction: 'Do it.', depends_on: ['b'] }, { ...full, dependsOn: ['b'] }],
    ['with dependencies beside a null', { ...full, dependsOn: null, dependencies: ['b'] }, { ...full, dependsOn: ['b'] }],
    ['with deps', { id: 'a', role: 'writer', instruction: 'Do it.', deps: 'b' }, { ...full, dependsOn: ['b'] }],
    ['with its role in other case', { ...full, role: ' Writer ' }, full],
    ['with its role in other punctuation', { ...full, role: 'Code_Reviewer' }, { ...full, role: 'code reviewer' }],
    ['with nulls for what is optional', { ...full, accept: null, assumes: null, estimate: null }, full],
    [
      'with nulls inside',
      { ...full, accept: [{ kind: 'predicate', contains: 'x', matches: null }], estimate: { p: null, tokens: 5 } },
      { ...full, accept: [{ kind: 'predicate', contains: 'x' }], estimate: { tokens: 5 } },
    ],
    ['with one check outside a list', { ...full, accept: { kind: 'quotes' } }, { ...full, accept: [{ kind: 'quotes' }] }],
    ['with one assumption outside a list', { ...full, assumes: 'It rains.' }, { ...full, assumes: ['It rains.'] }],
    ['with keys of its own', { ...full, title: 'A', priority: 1 }, full],
  ])('%s is a subtask', (_name, raw, subtask) => {
    expect(normalizeElement(raw, roles)).toEqual({ kind: 'subtask', subtask });
  });

  it.each([
    ['a number', 5, { code: 'malformed', message: 'A subtask is an object with id, role, instruction and dependsOn; got 5.' }],
    ['no id', { ...full, id: undefined }, { code: 'malformed', message: 'id: expected a string, got nothing.', path: 'id' }],
    [
      'nothing in it',
      {},
      { code: 'malformed', message: 'id: expected a string, got nothing. (2 more in this subtask.)', path: 'id' },
    ],
    [
      'an unknown role',
      { ...full, role: 'poet' },
      {
        code: 'unknown-role',
        message: 'Role "poet" is not in the team. Known roles: "writer", "code reviewer".',
        subtaskId: 'a',
        path: 'role',
      },
    ],
    [
      'an object for dependsOn',
      { ...full, dependsOn: { b: 1 } },
      { code: 'malformed', message: 'dependsOn: expected a list, got an object.', subtaskId: 'a', path: 'dependsOn' },
    ],
    [
      'two lists of dependencies',
      { ...full, depends_on: ['b'] },
      {
        code: 'malformed',
        message: 'Dependencies are given more than once: "dependsOn", "depends_on". Use dependsOn.',
        subtaskId: 'a',
        path: 'depends_on',
      },
    ],
    [
      'a bad check',
      { ...full, accept: ['good'] },
      { code: 'malformed', message: 'accept.0: expected an object, got "good".', subtaskId: 'a', path: 'accept.0' },
    ],
    [
      'a reserved id',
      { ...full, id: '@task' },
      {
        code: 'malformed',
        message: 'id: "@task" begins with @, which is reserved. Choose another id.',
        subtaskId: '@task',
        path: 'id',
      },
    ],
  ])('with %s is a problem', (_name, raw, problem) => {
    expect(normalizeElement(raw, roles)).toEqual({ kind: 'problem', problem });
  });

  it('its problem is placed in the plan when its position is known', () => {
    expect(normalizeElement({ ...full, role: 'poet' }, roles, 3)).toMatchObject({ problem: { path: 'subtasks.3.role' } });
    expect(normalizeElement(null, roles, 3)).toMatchObject({ problem: { path: 'subtasks.3' } });
  });

  it('two roles that differ only in case are not confused', () => {
    expect(normalizeElement({ ...full, role: 'WRITER' }, ['writer', 'Writer'])).toMatchObject({ kind: 'problem' });
  });

  it('any value is a subtask or a problem', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.record({
            id: fc.anything(),
            role: fc.anything(),
            instruction: fc.anything(),
            dependsOn: fc.anything(),
            accept: fc.anything(),
            estimate: fc.anything(),
          }),
        ),
        (raw) => {
          expect(['subtask', 'problem']).toContain(normalizeElement(raw, roles).kind);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
