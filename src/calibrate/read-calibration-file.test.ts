import { describe, expect, test } from 'vitest';
import { PlanwrightError } from '../errors.ts';
import { parseFieldMap } from './calibration-fields.ts';
import { type ReadCalibrationOptions, readCalibrationFile } from './read-calibration-file.ts';

const lines = (...rows: unknown[]): string => rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
const read = (text: string, options: ReadCalibrationOptions = {}) => readCalibrationFile(text, { file: 'v.jsonl', ...options });

/** Each with its place, as the message tells them. */
function problemsOf(text: string, options: ReadCalibrationOptions = {}): string[] {
  try {
    read(text, options);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof PlanwrightError) || thrown.code !== 'usage' || thrown.location.file !== 'v.jsonl') throw thrown;
    return thrown.message.split('\n');
  }
}

describe('labeled verdicts', () => {
  test.each([
    ['accepted', ['accepted', 'Accept', ' approve ', 'APPROVED', 'pass', 'passed', 'good', 'correct', 'valid', 'true', true, 1]],
    ['rejected', ['rejected', 'reject', 'Refused', 'deny', 'fail', 'FAILED', 'bad', 'incorrect', 'invalid', 'false', false, 0]],
    ['unverified', ['unverified', 'undecided', 'unknown', 'abstain', null]],
  ])('%s in other words', (verdict, words) => {
    const file = read(lines(...words.map((word, id) => ({ id, truth: 'good', verdict: word }))));
    expect(file.kind === 'verdicts' && file.rows.map((row) => row.verdict)).toEqual(words.map(() => verdict));
  });

  test('truth in other words; kinds and ids as text; other keys are passed over', () => {
    const file = read(
      lines(
        { id: 'a', truth: 'correct', verdict: 'accept', kind: 'off-by-one', note: 'x' },
        { id: 7, truth: false, verdict: 'reject', kind: 3 },
        { truth: 'Defective', verdict: 'pass', kind: null },
        { id: 'b', truth: 1, verdict: 'pass', kind: '' },
      ),
    );
    expect(file).toEqual({
      kind: 'verdicts',
      rows: [
        { id: 'a', truth: 'good', verdict: 'accepted', kind: 'off-by-one' },
        { id: '7', truth: 'bad', verdict: 'rejected', kind: '3' },
        { id: 'line 3', truth: 'bad', verdict: 'accepted' },
        { id: 'b', truth: 'good', verdict: 'accepted' },
      ],
    });
  });

  test('byte order mark, CRLF, blank lines and comments', () => {
    const row = JSON.stringify({ id: 'a', truth: 'bad', verdict: 'reject' });
    expect(read(`\uFEFF# labels\r\n\r\n${row}\r\n  \r\n`)).toEqual({
      kind: 'verdicts',
      rows: [{ id: 'a', truth: 'bad', verdict: 'rejected' }],
    });
    expect(problemsOf(`\uFEFF\r\n\r\n{}\r\n`)).toEqual([
      'v.jsonl:3: this row has neither truth and verdict nor correct and defective.',
    ]);
  });

  test.each(['', '\uFEFF', '\n\r\n', '# nothing\n'])('an empty file %j says so', (text) => {
    expect(problemsOf(text)).toEqual([
      'v.jsonl: There are no rows in this file. Write one a line: { "id": …, "truth": "good", "verdict": "accepted" }.',
    ]);
  });

  test('everything wrong is told at once, by line and field', () => {
    const text = lines(
      { id: 'a', truth: 'maybe', verdict: 'perhaps' },
      { id: 'b', truth: 'good' },
      { id: 'c', verdict: '' },
      { id: 'd', truth: { good: true }, verdict: ['accept'] },
      '{bad',
      [1],
      'null',
      { id: 'e', truth: 'good', verdict: 'accept', kind: {} },
      { id: 'f', truth: 'good', verdict: 'accept' },
      { id: 'f', truth: 'good', verdict: 'accept' },
      { id: 'g', correct: 'a', defective: 'b' },
    );
    const choices = 'Write accepted, rejected or unverified (or accept, approve, pass, reject, fail, true, false, undecided, …).';
    expect(problemsOf(text)).toEqual([
      'v.jsonl:1 truth: "maybe" says neither good nor bad. Write good or bad (or correct, defective, valid, invalid, true, false, …).',
      `v.jsonl:1 verdict: "perhaps" is no verdict. ${choices}`,
      'v.jsonl:2 verdict: there is nothing here. Every row needs it.',
      'v.jsonl:3 truth: there is nothing here. Every row needs it.',
      `v.jsonl:3 verdict: "" is no verdict. ${choices}`,
      'v.jsonl:4 truth: an object says neither good nor bad. Write good or bad (or correct, defective, valid, invalid, true, false, …).',
      `v.jsonl:4 verdict: a list is no verdict. ${choices}`,
      expect.stringMatching(/^v\.jsonl:5: not valid JSON: /),
      'v.jsonl:6: a list where a row was expected. Write { "id": …, "truth": …, "verdict": … }.',
      'v.jsonl:7: null where a row was expected. Write { "id": …, "truth": …, "verdict": … }.',
      'v.jsonl:8 kind: an object is no name: write text of 1 to 1000 characters.',
      'v.jsonl:10 id: the id "f" is taken already (line 9).',
      'v.jsonl:11: this row is a case; the rows before are labeled verdicts. Give each a file of its own.',
    ]);
  });

  test('a kind for every row is refused, as are too many rows', () => {
    const named = Array.from({ length: 1001 }, (_, id) => ({ id, truth: 'bad', verdict: 'reject', kind: `k${id}` }));
    expect(problemsOf(lines(...named))).toEqual(['v.jsonl:1001 kind: more than 1,000 different kinds. Use broader ones.']);
    const row = '{"truth":"bad","verdict":0}\n';
    expect(read(row.repeat(5), { maxRows: 5 })).toMatchObject({ rows: { length: 5 } });
    // What follows the row that is too much is not read.
    expect(problemsOf(`${row.repeat(6)}{bad`, { maxRows: 5 })).toEqual(['v.jsonl:6: a file has at most 5 verdicts.']);
    expect(read(row.repeat(100_001))).toMatchObject({ rows: { length: 100_001 } });
  });
});

describe('cases', () => {
  const item = { id: 'a', instruction: 'Add.', correct: 'a + b', defective: 'a - b' };

  test('with and without what they may have', () => {
    const full = {
      ...item,
      id: 'b',
      tests: 'assert(add(1, 1) === 2)',
      kind: 'wrong-operator',
      language: 'javascript',
      packages: ['js-md5'],
    };
    expect(read(lines(item, full, { ...item, id: 3, tests: null, kind: '' }))).toEqual({
      kind: 'cases',
      cases: [item, full, { ...item, id: '3' }],
    });
  });

  test('what a judge needs is asked for', () => {
    const { instruction: _, ...bare } = item;
    expect(read(lines(bare))).toEqual({ kind: 'cases', cases: [{ ...bare, instruction: '' }] });
    expect(problemsOf(lines(bare), { needs: ['instruction', 'tests'] })).toEqual([
      'v.jsonl:1 instruction: there is nothing here. Every row needs it.',
      'v.jsonl:1 tests: there is nothing here. Every row needs it.',
    ]);
  });

  test('bad cases are located', () => {
    const text = lines(
      { ...item, defective: 'a + b' },
      { ...item, id: 'b', correct: 5 },
      { ...item, id: 'c', defective: undefined },
      { ...item, id: 'd', tests: ['x'] },
      { ...item, id: 'e', correct: 'x'.repeat(1_000_001) },
      { id: 'f', truth: 'good', verdict: 'accept' },
      { ...item, id: 'g', language: 'cobol', packages: 'js-md5' },
    );
    expect(problemsOf(text)).toEqual([
      'v.jsonl:1 defective: the defective text is the correct one.',
      'v.jsonl:2 correct: 5 is no text of 1 to 1,000,000 characters.',
      'v.jsonl:3 defective: there is nothing here. Every row needs it.',
      'v.jsonl:4 tests: a list is no text of 1 to 1,000,000 characters.',
      expect.stringMatching(/^v\.jsonl:5 correct: "xx.*…" is no text/),
      'v.jsonl:6: this row is a labeled verdict; the rows before are cases. Give each a file of its own.',
      'v.jsonl:7 language: "cobol" is no language that tests run in. Write javascript, typescript or python.',
      'v.jsonl:7 packages: packages are a list of names.',
    ]);
  });
});

describe('fields of foreign files', () => {
  test('keys inside of keys, keys with points, texts put together', () => {
    const fields = parseFieldMap('id=n, truth=gold.valid,verdict=the.answer,kind=tags.0');
    const row = { n: 4, gold: { valid: false }, 'the.answer': 'pass', tags: ['late'] };
    expect(read(lines(row), { fields })).toEqual({
      kind: 'verdicts',
      rows: [{ id: '4', truth: 'bad', verdict: 'accepted', kind: 'late' }],
    });
    const put = parseFieldMap('correct=head+good,defective=head+bad');
    expect(read(lines({ id: 'a', head: 'f = ', good: '1', bad: 2 }), { fields: put })).toMatchObject({
      cases: [{ correct: 'f = 1', defective: 'f = 2' }],
    });
  });

  test('a path that leads nowhere, or to what objects inherit, is nothing', () => {
    const fields = parseFieldMap('truth=a.b,verdict=constructor.name');
    expect(problemsOf(lines({ id: 'x', a: 5, truth: 'good', verdict: 'accept' }), { fields })).toEqual([
      'v.jsonl:1: this row has neither truth and verdict nor correct and defective.',
    ]);
  });

  test.each([
    ['truth', 'Fields are given as FIELD=PATH, separated by commas, such as truth=answer.valid; "truth" is not.'],
    ['truth=', 'Fields are given as FIELD=PATH, separated by commas, such as truth=answer.valid; "truth=" is not.'],
    ['correct=a+', 'Fields are given as FIELD=PATH, separated by commas, such as truth=answer.valid; "correct=a+" is not.'],
    ['', 'Fields are given as FIELD=PATH, separated by commas, such as truth=answer.valid; "" is not.'],
    ['truths=a', expect.stringMatching(/^Fields: unknown field "truths"\. Did you mean "truth"\? Known fields: id, truth, /)],
    ['id=a,id=b', 'Fields: id is given twice.'],
  ])('%j is refused', (text, message) => {
    expect(() => parseFieldMap(text)).toThrow(expect.objectContaining({ code: 'usage', message }));
  });
});
