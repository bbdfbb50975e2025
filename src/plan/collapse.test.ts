import { describe, expect, it } from 'vitest';
import { collapsesToOne } from './collapse.ts';

function plan(...subtasks: [id: string, role: string, dependsOn: string[]][]): Parameters<typeof collapsesToOne>[0] {
  return { subtasks: subtasks.map(([id, role, dependsOn]) => ({ id, role, instruction: 'Do it.', dependsOn })) };
}

describe('a plan collapses to one agent', () => {
  it.each([
    ['one subtask', plan(['a', 'writer', []]), true],
    ['a chain of one role, in any order', plan(['b', 'writer', ['a']], ['c', 'writer', ['b', 'a']], ['a', 'writer', []]), true],
    ['a chain of two roles', plan(['a', 'writer', []], ['b', 'critic', ['a']]), false],
    ['one role with parallel work', plan(['a', 'writer', []], ['b', 'writer', []]), false],
    [
      'one role with parallel work of unequal depth',
      plan(['a', 'writer', []], ['b', 'writer', ['a']], ['c', 'writer', []]),
      false,
    ],
  ])('%s', (_name, draft, collapses) => {
    expect(collapsesToOne(draft)).toBe(collapses);
  });
});
