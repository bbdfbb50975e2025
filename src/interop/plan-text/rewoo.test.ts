import { expect, test } from 'vitest';
import { RewooReader, readRewoo } from './rewoo.ts';

const text = `Plan: Find it.
#E1 = Search[the [old] sea
and #x]
Plan: Think. #E2 = LLM[What of #E1?] so
#E3 = Calc[(1 + 2]
#E4 = LLM[open [ bracket]
#E10 = LLM[#E3 #E4]`;

test('a step comes as soon as the line on which its bracket closes has ended; an unbalanced one with what follows it', () => {
  const reader = new RewooReader();
  const arrivals: string[] = [];
  for (const line of text.split('\n')) {
    const ids = reader.push(`${line}\n`).map(({ id }) => id);
    arrivals.push(`${line.slice(0, 10)}: ${ids.join(' ')}`);
  }
  expect(arrivals).toEqual([
    'Plan: Find: ',
    '#E1 = Sear: ',
    'and #x]: E1',
    'Plan: Thin: E2',
    '#E3 = Calc: E3',
    '#E4 = LLM[: ',
    '#E10 = LLM: E4 E10',
  ]);
  expect(reader.end()).toEqual([]);
  expect(reader.book.steps.map(({ id }) => id)).toEqual(['E1', 'E2', 'E3', 'E4', 'E10']);
});

test('the steps do not depend on where the text is cut', () => {
  const whole = readRewoo(text);
  for (const size of [1, 2, 3, 7, 50]) {
    const reader = new RewooReader();
    const steps = [];
    for (let at = 0; at < text.length; at += size) steps.push(...reader.push(text.slice(at, at + size)));
    steps.push(...reader.end());
    expect(steps).toEqual(whole.steps);
    expect(reader.problems()).toEqual(whole.problems());
  }
});

test('goes on after earlier steps', () => {
  const reader = new RewooReader({ earlier: ['E1', 'E2'] });
  expect(reader.push('#E2 = A[x]\n#E3 = A[#E1]\n').map(({ id, references }) => [id, references])).toEqual([['E3', ['E1']]]);
  expect(reader.problems().map(({ code }) => code)).toEqual(['duplicate-id']);
});

test('an input of 200,000 lines is read in time linear in it', () => {
  const reader = new RewooReader();
  reader.push('#E1 = A[\n');
  for (let chunk = 0; chunk < 100; chunk++) expect(reader.push('[\n'.repeat(1000))).toEqual([]);
  expect(reader.push(']\n'.repeat(100_001))).toHaveLength(1);
});
