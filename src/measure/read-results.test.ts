import { describe, expect, test } from 'vitest';
import { PlanwrightError } from '../errors.ts';
import { readResults } from './read-results.ts';

const header = 'task,arm,success';
const lines = (...rows: string[]): string => `${rows.join('\n')}\n`;
const two = [
  { task: 'a', arm: 'single', success: true },
  { task: 'a', arm: 'team', success: false },
];

/** The message and where it points. */
function refusal(text: string, file = 'r.csv'): [string, PlanwrightError['location']] {
  try {
    readResults(text, file);
  } catch (thrown) {
    if (!(thrown instanceof PlanwrightError) || thrown.code !== 'usage') throw thrown;
    return [thrown.message, thrown.location];
  }
  throw new Error('It was read.');
}

describe('tables', () => {
  test.each([
    ['commas', lines(header, 'a,single,1', 'a,team,0')],
    ['semicolons', lines('task;arm;success', 'a;single;1', 'a;team;0')],
    ['tabs', lines('task\tarm\tsuccess', 'a\tsingle\t1', 'a\tteam\t0')],
    ['a byte order mark, CRLF, and no line end', `\uFEFF${header}\r\na,single,1\r\na,team,0`],
    ['quotes', lines('"task","arm","success"', '"a","single","1"', 'a,team,"0"')],
    ['white space, capitals, another order', lines(' Success , TASK,Arm ', ' Yes , a , Single ', 'FAILED,a,TEAM')],
    ['lines without anything', lines('', header, '', ',,', 'a,single,1', '  ', 'a,team,0', ',,')],
    ['columns that nobody asked for', lines('x,task,,arm,success', '1,a,,single,1', '2,a,,team,0')],
  ])('%s', (_, text) => {
    expect(readResults(text, 'r.csv')).toEqual(two);
  });

  test('every column, and cells with delimiters, quotes and line feeds', () => {
    const text = lines(
      'task,arm,success,seconds,usd,tokens,class,repeat,runid',
      '"a, ""b""\nc",single,pass,1.5,0.25,1200,small,0,r-1',
      'd,team,no,,.5,1e3,,,',
      'd,cascade,true,,,,,,',
    );
    expect(readResults(text, 'r.csv')).toEqual([
      {
        task: 'a, "b"\nc',
        arm: 'single',
        success: true,
        seconds: 1.5,
        usd: 0.25,
        tokens: 1200,
        class: 'small',
        repeat: 0,
        runId: 'r-1',
      },
      { task: 'd', arm: 'team', success: false, usd: 0.5, tokens: 1000 },
      { task: 'd', arm: 'cascade', success: true },
    ]);
  });

  test.each([
    ['true', true],
    ['1', true],
    ['Yes', true],
    ['pass', true],
    ['PASSED', true],
    ['false', false],
    ['0', false],
    ['no', false],
    ['Fail', false],
    ['failed', false],
  ])('success %s', (word, success) => {
    expect(readResults(lines(header, `a,single,${word}`, 'a,team,0'), 'r.csv')[0]?.success).toBe(success);
  });

  test.each<[string, string, RegExp, object]>([
    [
      'an unknown word',
      lines(header, 'a,single,1', 'a,team,maybe'),
      /^r\.csv:3 success: "maybe" is neither success nor failure\. Write true or false/,
      { line: 3, path: 'success' },
    ],
    ['2 is no success', lines(header, 'a,single,2'), /^r\.csv:2 success: "2" is neither/, { line: 2, path: 'success' }],
    [
      'a currency',
      lines(`${header},usd`, 'a,single,1,$3'),
      /^r\.csv:2 usd: "\$3" is no number from 0 to 1e15\. Write plain digits/,
      { line: 2, path: 'usd' },
    ],
    [
      'a negative number',
      lines(`${header},seconds`, 'a,single,1,-3'),
      /^r\.csv:2 seconds: "-3" is no number/,
      { line: 2, path: 'seconds' },
    ],
    [
      'a number without end',
      lines(`${header},usd`, 'a,single,1,1e999'),
      /^r\.csv:2 usd: "1e999" is no number/,
      { line: 2, path: 'usd' },
    ],
    [
      'Infinity',
      lines(`${header},usd`, 'a,single,1,Infinity'),
      /^r\.csv:2 usd: "Infinity" is no number/,
      { line: 2, path: 'usd' },
    ],
    [
      'hexadecimal',
      lines(`${header},tokens`, 'a,single,1,0x10'),
      /^r\.csv:2 tokens: "0x10" is no number/,
      { line: 2, path: 'tokens' },
    ],
    [
      'a decimal comma',
      lines('task;arm;success;usd', 'a;single;1;0,5'),
      /^r\.csv:2 usd: "0,5" is no number/,
      { line: 2, path: 'usd' },
    ],
    [
      'half a repeat',
      lines(`${header},repeat`, 'a,single,1,0.5'),
      /^r\.csv:2 repeat: the number of a repeat is a whole number/,
      { line: 2, path: 'repeat' },
    ],
    [
      'a run twice',
      lines(`${header},repeat`, 'a,single,1,0', 'a,team,1,0', 'a,team,0,0'),
      /^r\.csv:4 repeat: an earlier row has the same task, arm and repeat\./,
      { line: 4, path: 'repeat' },
    ],
    [
      'no task',
      lines(header, 'a,single,1', ',team,1'),
      /^r\.csv:3 task: there is nothing here\. Every row needs it\.$/,
      { line: 3, path: 'task' },
    ],
    ['a short row', lines(header, 'a,single'), /^r\.csv:2 success: there is nothing here\./, { line: 2, path: 'success' }],
    [
      'a row with a comma too many',
      lines(header, 'a,b,single,1'),
      /^r\.csv:2: 4 cells under a header of 3\. Put cells that contain "," in quotes\.$/,
      { line: 2 },
    ],
    [
      'no column success',
      lines('task,arm', 'a,single'),
      /^r\.csv:1: there is no column success; found: "task", "arm"\. The first line names the columns/,
      { line: 1 },
    ],
    [
      'a column twice',
      lines(`${header},TASK`, 'a,single,1,b'),
      /^r\.csv:1 task: two columns have this name\. Rename one\.$/,
      { line: 1, path: 'task' },
    ],
    [
      'a quote that stays open',
      lines(header, 'a,"single,1'),
      /^r\.csv:\d+: this is not CSV \(Quote Not Closed/,
      { line: expect.any(Number) },
    ],
    ['a quote in the middle', lines(header, 'a,si"ngle,1'), /^r\.csv:2: this is not CSV \(Invalid Opening Quote/, { line: 2 }],
    ['nothing', '', /^r\.csv:1: the file is empty\./, { line: 1 }],
    [
      'a header only',
      lines(header),
      /^r\.csv:1 arm: there is no run of the arm single; there are no rows\./,
      { line: 1, path: 'arm' },
    ],
    [
      'other arms',
      lines(header, 'a,solo,1', 'a,crew,0'),
      /^r\.csv:1 arm: there is no run of the arm single; arms found: "solo", "crew"\. Call the two that are compared single and team\.$/,
      { line: 1, path: 'arm' },
    ],
    ['one arm only', lines(header, 'a,single,1'), /no run of the arm team; arms found: "single"/, { line: 1, path: 'arm' }],
  ])('%s is refused where it stands', (_, text, message, location) => {
    expect(refusal(text)).toEqual([expect.stringMatching(message), { file: 'r.csv', ...location }]);
  });
});

describe('JSON lines', () => {
  test('booleans, numbers and words; null and an empty text are absent; keys in any case', () => {
    const text = lines(
      '{"task":"a","arm":"single","success":true,"usd":0.5,"seconds":null,"class":"","other":[1]}',
      '',
      '{"TASK":7,"Arm":"team","success":0,"tokens":"12","runId":"r2"}',
    );
    expect(readResults(text, 'r.jsonl')).toEqual([
      { task: 'a', arm: 'single', success: true, usd: 0.5 },
      { task: '7', arm: 'team', success: false, tokens: 12, runId: 'r2' },
    ]);
  });

  test.each<[string, string, RegExp, object]>([
    [
      'a wrong cell',
      '{"task":"a", "arm":"single", "success":true, "usd": "x"}',
      /^r\.jsonl:2:53 usd: "x" is no number/,
      { line: 2, column: 53, path: 'usd' },
    ],
    [
      'a list as success',
      '{"task":"a","arm":"single","success":[true]}',
      /^r\.jsonl:2:38 success: a list is neither/,
      { line: 2, column: 38, path: 'success' },
    ],
    [
      'an object as a task',
      '{"task":{},"arm":"single","success":1}',
      /^r\.jsonl:2:9 task: an object is no text\.$/,
      { line: 2, column: 9, path: 'task' },
    ],
    [
      'success left out',
      '{"task":"a","arm":"single"}',
      /^r\.jsonl:2 success: there is nothing here\./,
      { line: 2, path: 'success' },
    ],
    [
      'no JSON',
      '{"task":"a",}',
      /^r\.jsonl:2:13: this is not valid JSON \(Expected double-quoted property name\)\.$/,
      { line: 2, column: 13 },
    ],
    ['no row', '5', /^r\.jsonl:2: 5 where a row was expected\./, { line: 2 }],
    ['a list', '["a"]', /^r\.jsonl:2: a list where a row was expected\./, { line: 2 }],
  ])('%s is refused where it stands', (_, line, message, location) => {
    const first = '{"task":"z","arm":"team","success":true}';
    expect(refusal(lines(first, line), 'r.jsonl')).toEqual([expect.stringMatching(message), { file: 'r.jsonl', ...location }]);
  });
});

describe('a JSON list', () => {
  test('is read', () => {
    expect(readResults(JSON.stringify(two, null, 2), 'r.json')).toEqual(two);
  });

  test('a wrong cell is found in it', () => {
    const text = JSON.stringify([...two, { task: 'b', arm: 'team', success: 'perhaps' }], null, 2);
    expect(refusal(text, 'r.json')).toEqual([
      expect.stringMatching(/^r\.json:15:16 success: "perhaps" is neither/),
      { file: 'r.json', line: 15, column: 16, path: 'success' },
    ]);
    expect(refusal('[\n  5]', 'r.json')).toEqual([
      expect.stringMatching(/^r\.json:2:3: 5 where a row/),
      { file: 'r.json', line: 2, column: 3 },
    ]);
  });

  test('nesting without end is refused, not followed', () => {
    expect(refusal('['.repeat(200_000), 'r.json')[0]).toMatch(/^r\.json:1(?::\d+)?: this is not valid JSON/);
    expect(refusal(`${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'r.json')[0]).toMatch(
      /^r\.json:1:2: a list where a row was expected/,
    );
  });
});

test.each([
  ['a table', lines(header, 'a,single,1', 'a,team,0')],
  ['JSON lines', lines(...two.map((row) => JSON.stringify(row)))],
  ['a list', `\n  ${JSON.stringify(two)}`],
])('what has no telling name is known by how it begins: %s', (_, text) => {
  expect(readResults(text, 'stdin')).toEqual(two);
});

function makeTable(rows: number, row: (at: number) => string, columns = header): string {
  return [columns, ...Array.from({ length: rows }, (_, at) => row(at))].join('\n');
}

describe('bounds', () => {
  test('more than 50 arms', () => {
    expect(refusal(makeTable(60, (at) => `a,arm${at},1`))[0]).toMatch(/^r\.csv:52 arm: more than 50 different arms\.$/);
  });

  test('more than 100 classes', () => {
    expect(refusal(makeTable(200, (at) => `a,single,1,c${at}`, `${header},class`))[0]).toMatch(
      /^r\.csv:102 class: more than 100 different classes\./,
    );
  });

  test('a row without end', () => {
    expect(refusal(`${header}\n"${'x'.repeat(1_100_000)}`)[0]).toMatch(/^r\.csv:2: this is not CSV \(Max Record Size/);
  });

  test('more than 64 Mi characters', () => {
    expect(refusal(' '.repeat(64 * 1024 * 1024 + 1))[0]).toMatch(/^r\.csv:1: the file has more than 67,108,864 characters\./);
  });
});
