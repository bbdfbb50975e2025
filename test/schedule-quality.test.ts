/** How good the schedules are, in virtual time: the same figures as `npm run bench`, which also measures them in real time. */
import { describe, expect, test } from 'vitest';
import { generateDag, generateLayeredPlan, shapes } from '../bench/generate-dag.ts';
import {
  fewSlots,
  lowerBoundMs,
  scheduleByLevels,
  scheduleFirstInFirstOut,
  scheduleVirtually,
  seeds,
  unlimitedSlots,
} from '../bench/makespan.ts';
import { mean } from '../bench/measure.ts';
import { checkPlan } from '../src/plan/check.ts';

const plans = seeds.map(generateLayeredPlan);

describe('mean of 20 layered plans of 50 subtasks', () => {
  test('unlimited slots: nothing waits for a level, so the makespan is the critical path', () => {
    const ratios = plans.map((plan) => scheduleVirtually(plan, { slots: unlimitedSlots, estimates: false }));
    expect(mean(ratios)).toBeLessThanOrEqual(1.02);
    expect(mean(plans.map(scheduleByLevels))).toBeGreaterThan(1.5);
  });

  test('8 slots, durations unknown: the longest chain of subtasks goes first, which first-in-first-out would not do', () => {
    const ratios = plans.map((plan) => scheduleVirtually(plan, { slots: fewSlots, estimates: false }));
    expect(mean(ratios)).toBeLessThanOrEqual(1.1);
    expect(mean(ratios)).toBeLessThan(mean(plans.map((plan) => scheduleFirstInFirstOut(plan, fewSlots))));
  });

  test('8 slots, durations estimated: the longest remaining path goes first', () => {
    const ratios = plans.map((plan) => scheduleVirtually(plan, { slots: fewSlots, estimates: true }));
    expect(mean(ratios)).toBeLessThanOrEqual(1.03);
  });

  test('no makespan is below its lower bound: a ratio under 1 would mean that the bound or the clock is wrong', () => {
    const ratios = plans.flatMap((plan) =>
      [1, 2, fewSlots, unlimitedSlots].map((slots) => scheduleVirtually(plan, { slots, estimates: true })),
    );
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(1 - 1e-9);
  });

  test('one slot takes the sum of all latencies', () => {
    const [plan] = plans;
    expect(plan).toBeDefined();
    if (plan === undefined) return;
    expect(lowerBoundMs(plan, 1)).toBeCloseTo(
      plan.latenciesMs.reduce((sum, ms) => sum + ms, 0),
      6,
    );
    expect(scheduleVirtually(plan, { slots: 1, estimates: false })).toBeCloseTo(1, 9);
  });
});

describe('the generator', () => {
  test('the same seed gives the same plan, another one another', () => {
    expect(generateLayeredPlan(7)).toEqual(generateLayeredPlan(7));
    expect(generateLayeredPlan(7)).not.toEqual(generateLayeredPlan(8));
    expect(generateDag('random', 500, 7)).toEqual(generateDag('random', 500, 7));
    expect(generateDag('random', 500, 7)).not.toEqual(generateDag('random', 500, 8));
  });

  test('what a seed stands for never changes, or published figures could not be measured again', () => {
    const { subtasks, latenciesMs } = generateLayeredPlan(1);
    expect(subtasks.slice(-2).map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ['s48', ['s28']],
      ['s49', ['s21', 's22']],
    ]);
    expect(latenciesMs.slice(0, 3).map(Math.round)).toEqual([42, 67, 141]);
  });

  test.each(shapes)('%s: a valid plan of the size that was asked for', (shape) => {
    const subtasks = generateDag(shape, 1000, 1);
    const { ok, shape: measured } = checkPlan({ version: 1, task: 't', subtasks });
    expect([ok, measured?.subtasks]).toEqual([true, 1000]);
  });

  test('wide is one level and its end, chain a level for each subtask', () => {
    const checks = (['wide', 'chain'] as const).map((shape) =>
      checkPlan({ version: 1, task: 't', subtasks: generateDag(shape, 1000, 1) }),
    );
    expect(checks.map((check) => check.shape?.depth)).toEqual([2, 1000]);
  });

  test('layered plans are valid', () => {
    expect(plans.map(({ subtasks }) => checkPlan({ version: 1, task: 't', subtasks }).problems)).toEqual(plans.map(() => []));
  });
});
