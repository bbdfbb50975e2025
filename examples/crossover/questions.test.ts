import { expect, test } from 'vitest';
import { drawBlocks, isRight, type Question, questionKinds } from './questions.ts';

const design = { seed: 3, blocks: 6, size: 8, kinds: questionKinds };
const ofKind = (kind: Question['kind']) =>
  drawBlocks(design)
    .flat()
    .filter((question) => question.kind === kind);

test('the same seed draws the same questions; more blocks leave the first ones as they are; kinds take turns', () => {
  expect(drawBlocks({ ...design, blocks: 2 })).toEqual(drawBlocks(design).slice(0, 2));
  expect(drawBlocks({ ...design, seed: 4 })).not.toEqual(drawBlocks(design));
  expect(drawBlocks({ ...design, blocks: 2, size: 3 }).map((block) => block.map(({ kind }) => kind))).toEqual([
    ['extraction', 'sum', 'two-step'],
    ['sorting', 'extraction', 'sum'],
  ]);
});

test('sums and steps are marked by what evaluating them gives', () => {
  const asked = [...ofKind('sum'), ...ofKind('two-step')];
  expect(asked).toHaveLength(24);
  for (const question of asked) {
    const [first = '', ...rest] = /What is (.*)\?/.exec(question.text)?.[1]?.split(' ') ?? [];
    let value = Number(first);
    for (let at = 0; at < rest.length; at += 2) value += (rest[at] === '+' ? 1 : -1) * Number(rest[at + 1]);
    expect(isRight(question, `${question.text} ${value}.`)).toBe(true);
    expect(isRight(question, `${value + 1}`)).toBe(false);
    expect(isRight(question, `${value} is not ${value + 1}`)).toBe(false);
    expect(isRight(question, undefined)).toBe(false);
  }
});

test('an extraction is right when it names the fact; a copy of the paragraph is not', () => {
  for (const question of ofKind('extraction')) {
    const [, age = '', city = '', animal = '', ask = ''] =
      /is (\d+) years old\. \w+ lives in (\w+) and has a (\w+)\. (.*)$/.exec(question.text) ?? [];
    const fact = ask.startsWith('How old') ? age : ask.startsWith('In which') ? city : animal;
    const wrong = [age, city, animal].filter((other) => other !== fact);
    expect(wrong).toHaveLength(2);
    expect(isRight(question, `It is ${fact.toUpperCase()}.`)).toBe(true);
    for (const other of wrong) expect(isRight(question, `It is ${other}.`)).toBe(false);
    expect(isRight(question, question.text)).toBe(false);
  }
});

test('sorted words are right in the order of the alphabet only, and are never shown in it', () => {
  for (const question of ofKind('sorting')) {
    const shown = /order: (.*)\.$/.exec(question.text)?.[1]?.split(', ') ?? [];
    expect(shown).toHaveLength(3);
    expect(isRight(question, `${shown.join(', ')} → ${shown.toSorted().join(', ')}`)).toBe(true);
    expect(isRight(question, shown.join(', '))).toBe(false);
    expect(isRight(question, shown.toSorted().slice(0, 2).join(', '))).toBe(false);
  }
});
