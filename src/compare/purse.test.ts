import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Purse } from './purse.ts';

test('without a limit nothing is set aside and costs add up', () => {
  const purse = new Purse(undefined, 1);
  purse.enter('a', 0.5);
  purse.enter('b', 0.25);
  purse.enter('a', 0.75);
  expect([purse.available(), purse.spentUsd, purse.affords(1e9)]).toEqual([undefined, 1, true]);
});

test('a cost without a price makes the sum unknown', () => {
  const purse = new Purse(undefined, 1);
  purse.enter('a', 1);
  purse.enter('b', null);
  expect(purse.spentUsd).toBeNull();
});

test('runs at once share what is left', () => {
  const purse = new Purse(1, 2);
  expect(purse.available()).toBe(0.5);
  purse.allow('a', 0.5);
  expect(purse.available()).toBe(0.5);
  purse.enter('a', 0.1);
  expect(purse.available()).toBeCloseTo(0.45);
  purse.allow('b', 0.45);
  expect(purse.available()).toBeCloseTo(0.45);
});

test('when everything is spent, only what costs nothing goes on', () => {
  const purse = new Purse(1, 1);
  purse.enter('a', 1);
  expect(purse.available()).toBe(1e-12);
  expect([purse.affords(0), purse.affords(0.01)]).toEqual([true, false]);
});

test('invariant 1: whatever runs cost within their allowance, the limit holds', () => {
  const step = fc.record({ run: fc.nat(5), share: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (lanes, steps) => {
      const purse = new Purse(1, lanes);
      const open = new Map<string, number>();
      for (const [index, { run, share }] of steps.entries()) {
        const ending = [...open].at(run);
        if (ending !== undefined && open.size >= lanes) {
          purse.enter(ending[0], ending[1] * share);
          open.delete(ending[0]);
        } else if (open.size < lanes) {
          const allowed = purse.available() ?? 0;
          purse.allow(`r${index}`, allowed);
          open.set(`r${index}`, allowed);
        }
      }
      for (const [runId, allowed] of open) purse.enter(runId, allowed);
      expect(purse.spentUsd ?? 0).toBeLessThanOrEqual(1 + 1e-9);
    }),
    { seed: 3, numRuns: 300 },
  );
});
