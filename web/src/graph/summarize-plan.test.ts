import { createRunState, decide, type Subtask } from 'planwright/browser';
import { expect, test } from 'vitest';
import { summarizePlan } from './summarize-plan.ts';

function fold(subtasks: Subtask[]) {
  const state = createRunState();
  const plan = { subtasks };
  const limits = { retries: 0, reroutes: 0, replans: 0, concurrency: 1, perModel: {}, depth: 1 };
  decide(state, {
    version: 1,
    seq: 1,
    atMs: 0,
    event: {
      type: 'run-started',
      task: 't',
      settings: {
        strategy: 'team',
        limits,
        generalist: 'g',
        roles: {},
        plan,
        approve: false,
        planRepairs: 0,
        checksDeliverable: false,
        typed: false,
      },
    },
  });
  return [...state.subtasks.values()];
}

const subtask = (id: string, role: string, dependsOn: string[] = []): Subtask => ({ id, role, instruction: id, dependsOn });

test('subtasks are counted by level and role', () => {
  const { levels, roles } = summarizePlan(
    fold([subtask('c', 'writer', ['a', 'b']), subtask('a', 'coder'), subtask('b', 'coder')]),
    10,
  );
  expect(roles).toEqual(['coder', 'writer']);
  expect(
    levels.map(({ from, to, byRole }) => [from, to, [...byRole].map(([role, counts]) => [role, Object.fromEntries(counts)])]),
  ).toEqual([
    [1, 1, [['coder', { running: 1, waiting: 1 }]]],
    [2, 2, [['writer', { waiting: 1 }]]],
  ]);
});

test('of a chain of 10,000 the levels are told together', () => {
  const chain = Array.from({ length: 10_000 }, (_, index) => subtask(`s${index}`, 'coder', index === 0 ? [] : [`s${index - 1}`]));
  const { levels } = summarizePlan(fold(chain.reverse()), 20);
  expect(levels).toHaveLength(20);
  expect(levels[19]).toMatchObject({ from: 9501, to: 10_000 });
});
