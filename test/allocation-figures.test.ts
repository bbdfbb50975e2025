/** The allocation strategies' figures; all of them are `npm run bench -- allocation`. */
import { expect, test } from 'vitest';
import { countEmerged, measureShare, shareColonies } from '../bench/allocation.ts';
import { playContractRounds } from '../bench/contract-rounds.ts';
import { seededRandom } from '../src/clock.ts';

test('the contract net’s invariants hold over 10,000 rounds with refusals, late bids and failures', () => {
  const { rounds, broken, refusals, lateBids, failures, announcedAgain } = playContractRounds(10_000, seededRandom(2));
  expect(rounds).toBe(10_000);
  expect(broken).toEqual({ proposalsAnswered: 0, onlyValidAccepted: 0, onlyAcceptedReport: 0, messageCount: 0 });
  expect(Math.min(refusals, lateBids, failures, announcedAgain)).toBeGreaterThan(1000);
});

test.each(shareColonies)('with $agents agents, $what, the active share is δ ÷ α within 2 %', (colony) => {
  expect(Math.abs(3 * measureShare(colony, 2).activeShare - 1)).toBeLessThanOrEqual(0.02);
});

test('for one caste the stimulus settles at θ ÷ 3', () => {
  const figures = measureShare({ agents: 1000, what: '', threshold: () => 30 }, 2);
  expect(figures.stimuli[0]).toBeCloseTo(10, 0);
});

test('specialists emerge from reinforced thresholds in at least 19 of 20 seeds, and by chance in none', () => {
  expect(countEmerged('reinforced')).toBeGreaterThanOrEqual(19);
  expect(countEmerged('fixed')).toBe(0);
});
