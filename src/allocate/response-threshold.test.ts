/** The colony's figures: test/allocation-figures.test.ts. */
import { describe, expect, test } from 'vitest';
import { type AllocationBook, offerWork, openBook } from './allocation-book.ts';
import type { Participant } from './allocation-strategy.ts';
import { fixedThreshold, responseThreshold } from './response-threshold.ts';
import { nextStimulus, reinforce, responseProbability } from './threshold-model.ts';

describe('the equations', () => {
  test('T(s) is one half at s = θ, and 0 without a stimulus', () => {
    expect(responseProbability(5, 5)).toBe(0.5);
    expect(responseProbability(3, 1)).toBe(0.9);
    expect(responseProbability(0, 0)).toBe(0);
    expect(responseProbability(1, 0)).toBe(1);
  });

  test('a stimulus grows by δ, sinks by α times the active share, and never below 0', () => {
    expect(nextStimulus(2, { delta: 1, alpha: 3 }, 0)).toBe(3);
    expect(nextStimulus(2, { delta: 1, alpha: 3 }, 1 / 3)).toBe(2);
    expect(nextStimulus(1, { delta: 1, alpha: 3 }, 1)).toBe(0);
  });

  test('a threshold falls by ξ, rises by φ, and stays in its bounds', () => {
    const by = { learning: 10, forgetting: 1, least: 1, most: 20 };
    expect([reinforce(15, true, by), reinforce(15, false, by), reinforce(5, true, by), reinforce(20, false, by)]).toEqual([
      5, 16, 1, 20,
    ]);
  });
});

const idle = (role: string): Participant => ({
  role,
  can: true,
  hasFailed: false,
  busy: 0,
  slots: 1,
  estimate: { p: 0.9, cost: null },
});

/** Whoever takes one subtask of a kind, with the rounds it took. */
function take(book: AllocationBook, kind: string, roles: string[]): { role: string; rounds: number } {
  const offer = { subtaskId: 's', kind, participants: roles.map(idle) };
  for (let rounds = 1; rounds <= book.strategy.maxRounds; rounds++) {
    const { decision, record } = offerWork(book, offer);
    if (decision.kind === 'given') return { role: decision.role, rounds: record?.rounds ?? 0 };
  }
  throw new Error('Nobody took it.');
}

/** Shares of the last 100 of 300 subtasks of two kinds, by kind and role. */
function sharesOf(book: AllocationBook): Record<string, number> {
  const shares: Record<string, number> = {};
  for (let at = 0; at < 300; at++) {
    const kind = at % 2 === 0 ? 'a' : 'b';
    const { role } = take(book, kind, ['x', 'y']);
    if (at >= 200) shares[`${kind} by ${role}`] = (shares[`${kind} by ${role}`] ?? 0) + 1 / 50;
  }
  return shares;
}

test('reinforced: two roles that start alike come to take a kind each', () => {
  const emerged = Array.from({ length: 20 }, (_, seed) => sharesOf(openBook(responseThreshold, seed))).filter((shares) =>
    [
      ['x', 'y'],
      ['y', 'x'],
    ].some(([ofA, ofB]) => (shares[`a by ${ofA}`] ?? 0) >= 0.8 && (shares[`b by ${ofB}`] ?? 0) >= 0.8),
  );
  expect(emerged.length).toBeGreaterThanOrEqual(19);
});

test('fixed: the planned role mostly takes its own work, and others take it when nobody else is idle', () => {
  const book = openBook(fixedThreshold, 1);
  const takers = Array.from({ length: 200 }, () => take(book, 'a', ['a', 'b']).role);
  expect(takers.filter((role) => role === 'a').length).toBeGreaterThan(170);
  const alone = Array.from({ length: 50 }, () => take(book, 'a', ['b']));
  const rounds = alone.reduce((sum, one) => sum + one.rounds, 0) / alone.length;
  expect(rounds).toBeGreaterThan(2);
  expect(rounds).toBeLessThan(6);
});

test('the record says what was seen: thresholds, probabilities, rounds', () => {
  const book = { ...openBook(fixedThreshold, 1), random: { next: () => 0.5 } };
  const { record } = offerWork(book, { subtaskId: 's', kind: 'a', participants: [idle('a'), idle('b')] });
  expect(record).toEqual({
    by: 'fixed-threshold',
    kind: 'a',
    rounds: 1,
    messages: { claim: 1 },
    considered: [
      { role: 'a', threshold: 0.5, probability: 0.8, answer: 'taken' },
      { role: 'b', threshold: 4, probability: 1 / 17, answer: 'silent' },
    ],
  });
});
