import { expect, test } from 'vitest';
import type { Plan, Subtask } from '../plan.ts';
import { fixedByName } from './fixed-by-name.ts';

const subtask = (id: string, dependsOn: string[] = [], more: Partial<Subtask> = {}): Subtask => ({
  id,
  role: 'r',
  instruction: 'Go.',
  dependsOn,
  ...more,
});
const fixedIn = (...subtasks: Subtask[]): string[] =>
  [...fixedByName({ version: 1, task: 't', subtasks } satisfies Plan)].toSorted();

test('a mapped subtask and what it runs over stay', () => {
  expect(fixedIn(subtask('a'), subtask('b', ['a']), subtask('m', ['a', 'b'], { map: { over: 'b' } }))).toEqual(['b', 'm']);
});

test('what an instruction may refer to stays, with the subtask that does', () => {
  expect(fixedIn(subtask('a'), subtask('b', ['a'], { instruction: 'Use {{a}}.' }), subtask('c', ['b']))).toEqual(['a', 'b']);
  expect(fixedIn(subtask('1'), subtask('2', ['1'], { instruction: 'Use $1.' }))).toEqual(['1', '2']);
  expect(fixedIn(subtask('E1'), subtask('E2', ['E1'], { instruction: 'Use #E1.' }))).toEqual(['E1', 'E2']);
});

test('nothing stays for a reference of what depends on nothing', () => {
  expect(fixedIn(subtask('a', [], { instruction: 'Write {{name}}.' }))).toEqual([]);
});
