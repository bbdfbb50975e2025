import { expect, test } from 'vitest';
import { readAnswers } from './read-answers.ts';

test('one question: the first line that holds something', () => {
  expect(readAnswers('\n 28 \nBecause she is 28.', 1)).toEqual(['28']);
  expect(readAnswers('', 1)).toEqual([undefined]);
});

test('several: what stands behind each number, whatever its form and order', () => {
  expect(readAnswers('2) Rome\n1. **28**\n**3:** a cat', 3)).toEqual(['**28**', 'Rome', 'a cat']);
  expect(readAnswers('Question 1: 28\nAnswer 2. Rome', 2)).toEqual(['28', 'Rome']);
  expect(readAnswers('1.\n28\n2.\nRome', 2)).toEqual(['28', 'Rome']);
});

test('a number that is missing has no answer; one given twice keeps its first', () => {
  expect(readAnswers('1. 28\n3. a cat', 3)).toEqual(['28', undefined, 'a cat']);
  expect(readAnswers('1. 28\n1. 29\n2. Rome', 2)).toEqual(['28', 'Rome']);
});

test('without numbers, lines in order when there are as many as questions', () => {
  expect(readAnswers('28\nRome', 2)).toEqual(['28', 'Rome']);
  expect(readAnswers('28', 2)).toEqual([undefined, undefined]);
});
