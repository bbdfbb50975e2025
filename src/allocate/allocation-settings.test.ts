import { expect, test } from 'vitest';
import { type AllocationInput, makeAllocationSettings } from './allocation-settings.ts';

const unknown = { p: 0.9, costUsd: null, tokens: null, durationMs: null };
const twins = { a: { skills: ['x'], tools: [], accept: [] }, b: { skills: ['x'], tools: [], accept: [] } };
const make = (over: Partial<AllocationInput> = {}) =>
  makeAllocationSettings({ strategy: 'contract-net', seed: 7, roles: twins, estimateOf: () => unknown, ...over });

test('candidates of work that more than one role can do, and estimates of those roles', () => {
  const roles = { ...twins, c: { skills: ['y'], tools: [], accept: [] } };
  expect(make({ roles })).toEqual({
    strategy: 'contract-net',
    seed: 7,
    candidates: { a: ['a', 'b'], b: ['b', 'a'] },
    estimates: { a: { p: 0.9, cost: null }, b: { p: 0.9, cost: null } },
  });
});

test('nothing when the planned roles stand, or no other can do any work', () => {
  expect(make({ strategy: 'assigned' })).toBeUndefined();
  expect(make({ roles: { a: { tools: ['calc'], accept: [] }, b: { tools: ['calc'], accept: [] } } })).toBeUndefined();
  expect(make({ roles: {} })).toBeUndefined();
});

test('of many roles that could, the 64 closest are candidates', () => {
  const many = Object.fromEntries(Array.from({ length: 80 }, (_, at) => [`r${at}`, { skills: ['x'], tools: [], accept: [] }]));
  expect(make({ roles: many })?.candidates['r70']).toEqual(['r70', ...Array.from({ length: 63 }, (_, at) => `r${at}`)]);
});

test('costs are USD when known of all, else tokens, else ms, else unknown', () => {
  const costs = (b: object) =>
    make({ estimateOf: (role) => ({ ...unknown, costUsd: 0.1, tokens: 500, durationMs: 9, ...(role === 'b' ? b : {}) }) })
      ?.estimates;
  expect(costs({})?.['a']?.cost).toBe(0.1);
  expect(costs({ costUsd: null })?.['a']?.cost).toBe(500);
  expect(costs({ costUsd: null, tokens: null })?.['a']?.cost).toBe(9);
  expect(costs(unknown)?.['a']?.cost).toBeNull();
});
