import type { Plan } from 'planwright/browser';
import { expect, test } from 'vitest';
import { editPlan } from './plan-draft.ts';

const plan: Plan = {
  version: 1,
  task: 't',
  deliverable: 'b',
  subtasks: [
    { id: 'a', role: 'coder', instruction: 'A.', dependsOn: [] },
    { id: 'b', role: 'writer', instruction: 'B.', dependsOn: ['a'] },
  ],
};

test('a removed subtask leaves no dependency and no deliverable behind', () => {
  expect(editPlan(plan, { kind: 'remove', id: 'a' }).subtasks).toEqual([{ ...plan.subtasks[1], dependsOn: [] }]);
  expect(editPlan(plan, { kind: 'remove', id: 'b' })).toEqual({ version: 1, task: 't', subtasks: [plan.subtasks[0]] });
});

test('a new id is taken up by what names it', () => {
  const renamed = editPlan(editPlan(plan, { kind: 'rename', id: 'a', to: 'x' }), { kind: 'rename', id: 'b', to: 'y' });
  expect(renamed.deliverable).toBe('y');
  expect(renamed.subtasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
    ['x', []],
    ['y', ['x']],
  ]);
});

test('an added subtask has an id of its own', () => {
  const taken: Plan = { ...plan, subtasks: [...plan.subtasks, { id: 'step-4', role: 'coder', instruction: '', dependsOn: [] }] };
  expect(editPlan(taken, { kind: 'add', role: 'coder' }).subtasks.at(-1)?.id).toBe('step-5');
});

test('a dependency is there once, or not at all; the plan that was proposed stays as it was', () => {
  const before = structuredClone(plan);
  expect(editPlan(plan, { kind: 'depend', id: 'b', on: 'a', holds: true }).subtasks[1]?.dependsOn).toEqual(['a']);
  expect(editPlan(plan, { kind: 'depend', id: 'b', on: 'a', holds: false }).subtasks[1]?.dependsOn).toEqual([]);
  expect(plan).toEqual(before);
});
