import { expect, it, test } from 'vitest';
import { checkPlan } from './check.ts';
import { fillInputs, refuseOpenInputs } from './inputs.ts';
import type { Plan } from './plan.ts';
import { checkPlanText } from './plan-file.ts';
import { renderYaml } from './render.ts';

const plan: Plan = {
  version: 1,
  task: 'About {topic}.',
  inputs: ['topic', 'current-year'],
  subtasks: [{ id: 'a', role: 'r', instruction: '{topic} in {current-year}, {other}, {"topic": 1}', dependsOn: [] }],
};

it('a plan file keeps the names of its inputs', () => {
  expect(checkPlanText(renderYaml(plan), 'plan.yaml').plan).toEqual(plan);
});

it('values go into task and instructions, and are not searched again', () => {
  const { plan: filled, fill } = fillInputs(plan, { topic: '{current-year}', 'current-year': '$1' });
  expect(filled).toEqual({
    version: 1,
    task: 'About {current-year}.',
    subtasks: [{ id: 'a', role: 'r', instruction: '{current-year} in $1, {other}, {"topic": 1}', dependsOn: [] }],
  });
  expect(fill('{topic}')).toBe('{current-year}');
});

test.each<[values: Record<string, string>, message: string]>([
  [{}, 'The plan needs "topic", "current-year". Give each: --input topic=VALUE.'],
  [{ topic: 'x' }, 'The plan needs "current-year". Give each: --input current-year=VALUE.'],
  [{ topic: 'x', tpic: 'y' }, 'The plan has no input "tpic". Its inputs: "topic", "current-year".'],
])('%j is refused', (values, message) => {
  expect(() => fillInputs(plan, values)).toThrow(message);
});

it('a plan without inputs takes none', () => {
  const { inputs: _, ...bare } = plan;
  expect(() => refuseOpenInputs(bare)).not.toThrow();
  expect(() => fillInputs(bare, { topic: 'x' })).toThrow('The plan has no input "topic". It has none.');
  expect(fillInputs(bare, {}).plan).toEqual(bare);
});

it('what is no name is malformed', () => {
  const { problems } = checkPlan({ ...plan, inputs: ['a b', 7] });
  expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual(['malformed inputs.0', 'malformed inputs.1']);
});
