import { expect, test } from 'vitest';
import { PlanwrightError } from '../errors.ts';
import { measureAgreement } from './measure-agreement.ts';
import { readTraceLabels } from './read-labels.ts';

function linesOf(read: () => unknown): string[] {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return thrown.message.split('\n');
    throw thrown;
  }
  return [];
}

function finding(mode: '1.3' | '3.1', confidence: number) {
  return { findings: [{ mode, confidence, method: 'detector' as const, evidence: '' }] };
}

test('JSON lines and one list hold the same rows', () => {
  const rows = [
    { trace: 'a.json', mode: 1.3, present: true, by: 'me' },
    { trace: 7, mode: '3.2 no or incomplete verification', present: 0 },
  ];
  const expected = [
    { trace: 'a.json', mode: '1.3', present: true },
    { trace: '7', mode: '3.2', present: false },
  ];
  expect(readTraceLabels(`# by hand\n\n${rows.map((row) => JSON.stringify(row)).join('\n')}`)).toMatchObject(expected);
  expect(readTraceLabels(JSON.stringify(rows))).toMatchObject(expected);
});

test('everything wrong is told at once, by line and field', () => {
  const text = [
    '{"trace":"a","mode":"1.3","present":true}',
    '{"trace":"a","mode":"9.9","present":true}',
    '{"trace":"","mode":"1.3","present":"perhaps"}',
    '{"trace":"a","mode":"1.3","present":false}',
    'nonsense',
    '7',
  ].join('\n');
  expect(linesOf(() => readTraceLabels(text, { file: 'l.jsonl' }))).toEqual([
    expect.stringMatching(/^l\.jsonl:2 mode: "9\.9" is no mode\. Write one of 1\.1, 1\.2/),
    'l.jsonl:3 trace: "" names no trace: write its path or its id.',
    'l.jsonl:3 present: "perhaps" says neither. Write true or false.',
    'l.jsonl:4: "a" is labeled for 1.3 already (line 1).',
    expect.stringMatching(/^l\.jsonl:5: not valid JSON/),
    expect.stringMatching(/^l\.jsonl:6: 7 is no row/),
  ]);
  expect(() => readTraceLabels('\n')).toThrow(/there are no rows in this file/);
});

test('agreement counts labeled pairs alone, and findings that are sure enough', () => {
  const labels = readTraceLabels(
    ['a', 'b', 'c', 'd'].map((trace) => JSON.stringify({ trace, mode: '1.3', present: trace < 'c' })).join('\n') +
      '\n{"trace":"a","mode":"2.1","present":false}',
  );
  const diagnoses = new Map([
    ['a', finding('1.3', 0.9)],
    ['b', finding('1.3', 0.4)],
    ['c', finding('1.3', 0.5)],
    ['d', finding('3.1', 0.9)],
  ]);
  const agreement = measureAgreement(labels, diagnoses);
  expect(agreement.modes).toEqual([
    expect.objectContaining({ mode: '1.3', n: 4, both: 1, onlyLabels: 1, onlyDiagnosis: 1, neither: 1, kappa: 0 }),
    {
      mode: '2.1',
      name: 'conversation reset',
      n: 1,
      both: 0,
      onlyLabels: 0,
      onlyDiagnosis: 0,
      neither: 1,
      kappa: null,
      low: null,
      high: null,
    },
  ]);
  expect(agreement).toMatchObject({ traces: 4, interval: 'profile likelihood', pooled: { n: 5, both: 1, neither: 2 } });
  expect(measureAgreement(labels, diagnoses, { minConfidence: 0.3 }).modes[0]).toMatchObject({ both: 2, onlyLabels: 0 });
});
