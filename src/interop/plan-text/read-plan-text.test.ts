import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { checkPlan } from '../../plan/check.ts';
import { maxPlanTextLength, type PlanDialect, type PlanTextReading, planDialects } from './plan-text.ts';
import { readPlanText } from './read-plan-text.ts';
import { toRoleName } from './role-name.ts';

/** `id role ← dependencies: instruction`; of what is refused `line:column code`. */
function tell(reading: PlanTextReading): string[] {
  if (reading.kind === 'problems') return reading.problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
  return reading.plan.subtasks.map(
    ({ id, role, dependsOn, instruction }) => `${id} ${role} ← ${dependsOn.join(' ')}: ${instruction}`,
  );
}

const read = (text: string, dialect: PlanDialect): string[] => tell(readPlanText(text, { dialect }));

describe('ReWOO', () => {
  test.each<[what: string, text: string, told: string[]]>([
    [
      'thoughts and steps',
      'Plan: Look it up.\n#E1 = Wikipedia[Milhouse]\nPlan: Ask.\n#E2 = LLM[Who? Given #E1]',
      ['E1 wikipedia ← : Look it up.\nWikipedia[Milhouse]', 'E2 llm ← E1: Ask.\nLLM[Who? Given {{E1}}]'],
    ],
    ['a step behind its thought', 'Plan: Look it up. #E1 = Search[x]', ['E1 search ← : Look it up.\nSearch[x]']],
    [
      'an input over several lines, brackets in it',
      '#E1 = LLM[List [a, b]\nand [c]\n] as asked.\n#E2 = LLM[#E1\n#E1]',
      ['E1 llm ← : LLM[List [a, b]\nand [c]]', 'E2 llm ← E1: LLM[{{E1}}\n{{E1}}]'],
    ],
    [
      'brackets that are not balanced',
      '#E1 = Calculator[[0, 1)]\n#E2 = LLM[#E1 ]',
      ['E1 calculator ← : Calculator[[0, 1)]', 'E2 llm ← E1: LLM[{{E1}}]'],
    ],
    ['a tool of two words, an empty input', 'Plan:\n#E1 = Google Search[]', ['E1 google-search ← : Google Search[]']],
    ['#E1a is a word', '#E1 = A[x]\n#E2 = B[#E1a, #E1]', ['E1 a ← : A[x]', 'E2 b ← E1: B[#E1a, {{E1}}]']],
    ['missing evidence', '#E1 = A[x]\n#E3 = B[#E2 and\n #E1]', ['2:9 unknown-reference']],
    ['itself, a later step', '#E1 = A[#E1]\n#E2 = B[x #E9]', ['1:9 self-reference', '2:11 forward-reference']],
    ['a number twice', '#E1 = A[x]\n  #E1 = B[y]', ['2:3 duplicate-id']],
    ['falling numbers', '#E2 = A[x]\n#E1 = B[y]', ['2:1 falling-id']],
    ['no tool, no end', '#E1 = nothing\nPlan: x\n#E2 = A[open', ['1:1 malformed-step', '3:1 malformed-step']],
    ['no step', 'Plan: think.', ['1:1 empty']],
  ])('%s', (_what, text, told) => {
    expect(read(text, 'rewoo')).toEqual(told);
  });

  it('numbers of two digits and more are read whole', () => {
    const lines = Array.from({ length: 12 }, (_, at) => `#E${at + 1} = A[${at === 0 ? 'x' : `#E${at}`}]`);
    const reading = readPlanText([...lines, '#E13 = B[#E1 #E11 #E12]'].join('\n'), { dialect: 'rewoo' });
    expect(reading.steps.at(-1)).toMatchObject({ id: 'E13', tool: 'B', references: ['E1', 'E11', 'E12'], line: 13, column: 1 });
    expect(reading.steps.map(({ references }) => references.length)).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3]);
  });

  it('what could be read is there beside the problem, without the reference that is refused', () => {
    const { kind, steps } = readPlanText('#E1 = A[x]\n#E3 = B[#E1 #E2]', { dialect: 'rewoo' });
    expect({ kind, steps: steps.map(({ id, input, references }) => ({ id, input, references })) }).toEqual({
      kind: 'problems',
      steps: [
        { id: 'E1', input: 'x', references: [] },
        { id: 'E3', input: '#E1 #E2', references: ['E1'] },
      ],
    });
  });
});

describe('LLMCompiler', () => {
  test.each<[what: string, text: string, told: string[]]>([
    [
      'references in every form',
      '1. search("a")\n2. search("b")\nThought: Put together.\n3. math("$1 + ${2}", ["$1"])\n4. join()<END_OF_PLAN>',
      ['1 search ← : search("a")', '2 search ← : search("b")', '3 math ← 1 2: Put together.\nmath("{{1}} + {{2}}", ["{{1}}"])'],
    ],
    [
      'lines that are not closed',
      '1. search("a\n2. math("b", ["$1"]\n3. math("c (d", ["$2"])\n4. search(it\'s $3)\n5. join()',
      [
        '1 search ← : search("a)',
        '2 math ← 1: math("b", ["{{1}}"])',
        '3 math ← 2: math("c (d", ["{{2}}"])',
        "4 search ← 3: search(it's {{3}})",
      ],
    ],
    [
      'money is money',
      '1. search("$1.50 or $1,000 or under $500")\n2. f($1, "$1.5", $1.25)',
      ['1 search ← : search("$1.50 or $1,000 or under $500")', '2 f ← 1: f({{1}}, "{{1}}.5", $1.25)'],
    ],
    ['prose around it, Windows line ends', 'Here it is:\r\n1. a()\r\n\r\n2. b($1)\r\n```', ['1 a ← : a()', '2 b ← 1: b({{1}})']],
    [
      'itself, a later step, a gap',
      '1. a($1)\n3. b($9, $2)',
      ['1:6 self-reference', '2:6 forward-reference', '2:10 unknown-reference'],
    ],
    ['a number twice, falling numbers', '2. a()\n2. b()\n1. c()', ['2:1 duplicate-id', '3:1 falling-id']],
    ['a line that calls nothing', '1. a()\n 2. think about it\n3) b()', ['2:2 malformed-step', '3:1 malformed-step']],
    ['a line that may belong to the one before', '1. a("x\ny")', ['2:1 malformed-step']],
    ['a step after the joiner', '1. a()\n2. join()\n3. b()', ['3:1 after-join']],
    ['a joiner alone', '1. join()', ['1:1 empty']],
  ])('%s', (_what, text, told) => {
    expect(read(text, 'llmcompiler')).toEqual(told);
  });

  it('a number of three digits is a reference when such a step comes later', () => {
    const lines = Array.from({ length: 120 }, (_, at) => `${at + 1}. a(${at === 3 ? '$110' : at === 5 ? '$999' : ''})`);
    expect(read(lines.join('\n'), 'llmcompiler')).toEqual(['4:6 forward-reference']);
  });
});

describe('QDMR', () => {
  test.each<[what: string, text: string, told: string[]]>([
    [
      'separated by semicolons',
      'return clasps ;return  #1 that are inside ;return #1 where  #2 are visible',
      [
        '1 worker ← : Return clasps',
        '2 worker ← 1: Return {{1}} that are inside',
        '3 worker ← 1 2: Return {{1}} where {{2}} are visible',
      ],
    ],
    ['numbered lines', '1. return a\n2) return #1 of b\n', ['1 worker ← : Return a', '2 worker ← 1: Return {{1}} of b']],
    ['itself, a later step', 'return #1; return #3', ['1:8 self-reference', '1:19 forward-reference']],
    ['a number twice', '1. return a\n1. return b', ['2:1 duplicate-id']],
    ['nothing to return', 'return ;return a', ['1:1 malformed-step']],
    ['nothing', ' ;\n; ', ['1:1 empty']],
  ])('%s', (_what, text, told) => {
    expect(read(text, 'qdmr')).toEqual(told);
  });
});

test('the role of every step can be given, and the task', () => {
  const reading = readPlanText('1. a()\n2. b($1)', { dialect: 'llmcompiler', task: 'What?', role: 'researcher' });
  expect(reading.kind === 'plan' && [reading.plan.task, ...reading.plan.subtasks.map(({ role }) => role)]).toEqual([
    'What?',
    'researcher',
    'researcher',
  ]);
});

test.each([
  ['WolframAlpha', 'wolfram-alpha'],
  ['LLM', 'llm'],
  ['LLMMath', 'llm-math'],
  ['web_search.v2', 'web-search-v2'],
  ['__', 'worker'],
  ['constructor', 'constructor-role'],
  ['A'.repeat(300), 'a'.repeat(64)],
])('the tool %s gives the role %s', (tool, role) => {
  expect(toRoleName(tool)).toBe(role);
});

describe('hostile texts', () => {
  const units = [
    '[',
    'Plan:',
    '#E1 = ',
    '#E1 = a[',
    '\n#E1=a[#E',
    '(',
    '1. a(',
    '\n1. a($',
    '$1',
    '${1}',
    '"',
    ';',
    '#1 ',
    '   ',
    'return ',
    "'",
  ];

  it.each(planDialects)('%s: two megabytes of beginnings take time in proportion', (dialect) => {
    const started = performance.now();
    for (const unit of units) {
      const reading = readPlanText(unit.repeat(150_000 / unit.length), { dialect });
      expect(reading.kind === 'problems' ? reading.problems.length : 0).toBeLessThanOrEqual(101);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('a text beyond all measure is too large', () => {
    expect(read(' '.repeat(maxPlanTextLength + 1), 'rewoo')).toEqual(['1:1 too-large']);
  });

  it('any text is read or refused, and a plan that is read is valid', () => {
    const unit = fc.constantFrom(
      'Plan: ',
      '#E1',
      '#E2',
      ' = ',
      'T[',
      ']',
      '\n',
      '1. ',
      '2. ',
      'f(',
      ')',
      '$1',
      '${2}',
      '"',
      ' ',
      ';',
      'return ',
      '#1',
      '.',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), fc.constantFrom(...planDialects), (text, dialect) => {
        const reading = readPlanText(text, { dialect });
        expect(reading.kind === 'problems' ? reading.problems.length > 0 : checkPlan(reading.plan).ok).toBe(true);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});
