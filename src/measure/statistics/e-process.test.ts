import { describe, expect, test } from 'vitest';
import {
  crossingProbability,
  equalRates,
  pairsOfFixedTest,
  quantile,
  shareDecided,
  simulateComparisons,
  unequalRates,
} from '../../../bench/e-process.ts';
import { seededRandom } from '../../clock.ts';
import { discordantPairsToDecide, EProcess, logEValue, type Winner } from './e-process.ts';

function feed(winners: readonly Winner[], alpha = 0.05): EProcess {
  const process = new EProcess(alpha);
  for (const winner of winners) process.add(winner);
  return process;
}

const repeat = (winner: Winner, count: number): Winner[] => new Array<Winner>(count).fill(winner);

/** Every sequence of so many winners. */
function listSequences(length: number): Winner[][] {
  return Array.from({ length: 2 ** length }, (_, code) =>
    Array.from({ length }, (_none, at): Winner => ((code >> at) & 1 ? 'team' : 'single')),
  );
}

describe('invariant 1: a test martingale', () => {
  test('the value is its closed form, whatever the order', () => {
    const mixed: Winner[] = ['team', 'single', 'team', 'team', 'single', 'team', 'team'];
    expect(Math.log(feed(mixed).value)).toBeCloseTo(logEValue(5, 7), 8);
    expect(feed(mixed.toReversed()).value).toBeCloseTo(feed(mixed).value, 10);
    expect(feed([]).value).toBe(1);
    // 2 · 4/7 · 2 · 5/8 after a first pair that says nothing.
    expect(feed(repeat('team', 3)).value).toBeCloseTo(((2 * 4) / 7) * ((2 * 5) / 8), 12);
  });

  test('over all outcomes of fair pairs its mean stays 1', () => {
    for (const length of [1, 5, 12]) {
      const values = listSequences(length).map((sequence) => feed(sequence).value);
      expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(1, 10);
    }
  });

  test('neither arm is favored', () => {
    const mirror = { team: 'single', single: 'team' } as const;
    for (const sequence of listSequences(8)) {
      const other = feed(sequence.map((winner) => mirror[winner]));
      expect(other.max).toBeCloseTo(feed(sequence).max, 12);
    }
  });
});

describe('invariant 2: whenever one stops', () => {
  test.each([0.05, 0.01, 0.3])(
    'at α = %d the probability to be ever wrong in 1,500 discordant pairs is below it, exactly',
    (alpha) => {
      const wrong = crossingProbability(1500, alpha);
      expect(wrong).toBeLessThanOrEqual(alpha);
      expect(wrong).toBeGreaterThan(alpha / 3);
    },
  );

  test('the maximum never falls, and its inverse is the p-value', () => {
    const process = feed([...repeat('team', 20), ...repeat('single', 20)]);
    expect(process.max).toBeCloseTo(feed(repeat('team', 20)).value, 6);
    expect(process.value).toBeLessThan(1);
    expect(process.p).toBeCloseTo(1 / process.max, 12);
  });
});

describe('invariant 3: one decision', () => {
  test('it comes with the pair that reaches 1/α, and stays', () => {
    const needed = [...Array(30).keys()].find((count) => feed(repeat('single', count)).value >= 20) ?? Number.NaN;
    expect(feed(repeat('single', needed - 1)).decision).toBe('undecided');
    expect(feed(repeat('single', needed)).decision).toBe('single');
    expect(feed([...repeat('single', needed), ...repeat('team', 200)]).decision).toBe('single');
    expect(feed(repeat('team', needed)).decision).toBe('team');
  });

  test('evidence beyond a double is its largest, so that JSON can hold it; the decision does not need it', () => {
    const process = feed(repeat('team', 1200));
    expect([process.value, process.max, process.p]).toEqual([Number.MAX_VALUE, Number.MAX_VALUE, expect.any(Number)]);
    expect(process.decision).toBe('team');
  });
});

describe('pairs that it needs', () => {
  test('the expected path ends where the closed form reaches the bar', () => {
    const pairs = discordantPairsToDecide(2 / 3, 0.05) ?? Number.NaN;
    expect(logEValue((2 / 3) * pairs, pairs)).toBeGreaterThanOrEqual(Math.log(20));
    expect(logEValue((2 / 3) * (pairs - 1), pairs - 1)).toBeLessThan(Math.log(20));
    expect(discordantPairsToDecide(1 / 3, 0.05)).toBe(pairs);
    expect(discordantPairsToDecide(1, 0.05)).toBe(discordantPairsToDecide(0, 0.05));
    expect(discordantPairsToDecide(0.5, 0.05)).toBeNull();
  });
});

describe('simulated comparisons (npm run bench -- e-process has more of them)', () => {
  test('without a difference few are ever decided', () => {
    const random = seededRandom(1);
    for (const rate of equalRates) {
      const stops = simulateComparisons({ team: rate, single: rate, comparisons: 1000, maxPairs: 300 }, random);
      // 0.05 and three standard errors of it, were it the truth.
      expect(shareDecided(stops)).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 1000));
    }
  });

  test('.58 against .74: the median is below what the fixed test needs at 90 %, and the better arm is found', () => {
    const stops = simulateComparisons({ ...unequalRates, comparisons: 1000, maxPairs: 5000 }, seededRandom(2));
    const median = quantile(
      stops.map(({ pairs }) => pairs),
      0.5,
    );
    expect(median).toBeLessThan(pairsOfFixedTest(0.9));
    expect(median).toBeGreaterThan(80);
    expect(stops.filter(({ decision }) => decision === 'single').length).toBeGreaterThan(990);
  });

  test('some two thirds have decided after the length of the expected path', () => {
    for (const { team, single } of [unequalRates, { team: 0.9, single: 0.5 }]) {
      const onlyTeam = team * (1 - single);
      const onlySingle = single * (1 - team);
      const discordant = discordantPairsToDecide(onlyTeam / (onlyTeam + onlySingle), 0.05) ?? Number.NaN;
      const maxPairs = Math.ceil(discordant / (onlyTeam + onlySingle));
      const share = shareDecided(simulateComparisons({ team, single, comparisons: 1000, maxPairs }, seededRandom(3)));
      expect([share > 0.58, share < 0.72]).toEqual([true, true]);
    }
  });
});
