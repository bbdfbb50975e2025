import { describe, expect, test } from 'vitest';
import { mcnemarP, mcnemarPower, pairsForMcNemar } from './mcnemar.ts';

/** Sum over both tails of the binomial with p = 1/2, by whole numbers. */
function exactP(onlySingle: number, onlyTeam: number): number {
  const discordant = onlySingle + onlyTeam;
  let ways = 1n;
  let sum = 0n;
  for (let i = 0; i <= Math.min(onlySingle, onlyTeam); i++) {
    sum += ways;
    ways = (ways * BigInt(discordant - i)) / BigInt(i + 1);
  }
  return Math.min(1, Number((2n * sum * 10n ** 60n) / 2n ** BigInt(discordant)) / 1e60);
}

describe('the test', () => {
  test.each([
    [0, 0, 1],
    [1, 0, 1],
    [5, 0, 0.0625],
    [0, 6, 0.03125],
    [1, 7, 0.0703125],
    [8, 8, 1],
    [12, 3, 0.03515625],
  ])('%d against %d', (onlySingle, onlyTeam, p) => {
    expect(mcnemarP(onlySingle, onlyTeam)).toBe(p);
    expect(mcnemarP(onlyTeam, onlySingle)).toBe(p);
  });

  test('whole numbers say the same', () => {
    for (const [a, b] of [
      [10, 30],
      [100, 130],
      [3, 90],
      [400, 480],
      [480, 530],
    ] as const) {
      const exact = exactP(a, b);
      expect(Math.abs(mcnemarP(a, b) / exact - 1)).toBeLessThan(1e-8);
    }
  });
});

/** Every outcome of n pairs: how many only the better arm, only the other, and neither or both succeed. */
function countedPower(pairs: number, [better, worse]: [number, number], alpha: number): number {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  let power = 0;
  for (let b = 0; b <= pairs; b++) {
    for (let w = 0; w + b <= pairs; w++) {
      if (mcnemarP(w, b) > alpha || w >= b) continue;
      const ways = factorial(pairs) / (factorial(b) * factorial(w) * factorial(pairs - b - w));
      power += ways * better ** b * worse ** w * (1 - better - worse) ** (pairs - b - w);
    }
  }
  return power;
}

describe('pairs that it needs', () => {
  test('the power is that of counting every outcome', () => {
    for (const [better, worse] of [
      [0.5, 0.1],
      [0.3, 0],
      [0.7, 0.3],
    ] as [number, number][]) {
      for (const alpha of [0.05, 0.2]) {
        const power = mcnemarPower(20, { onlySingle: better, onlyTeam: worse }, alpha);
        expect(power).toBeCloseTo(countedPower(20, [better, worse], alpha), 9);
        expect(mcnemarPower(20, { onlySingle: worse, onlyTeam: better }, alpha)).toBeCloseTo(power, 12);
      }
    }
  });

  test('.58 against .74, independent, at 90 %', () => {
    expect(pairsForMcNemar({ onlySingle: 0.74 * 0.42, onlyTeam: 0.58 * 0.26 }, { power: 0.9, alpha: 0.05 })).toBe(196);
  });

  test.each([
    [0.31, 0.15, 0.8, 0.05],
    [0, 0.01, 0.8, 0.05],
    [0.25, 0.2, 0.8, 0.05],
    [0.02, 0.06, 0.9, 0.001],
    [1e-4, 0, 0.8, 0.05],
  ])('only single %d, only team %d: one pair less falls short of %d at %d', (onlySingle, onlyTeam, power, alpha) => {
    const rates = { onlySingle, onlyTeam };
    const pairs = pairsForMcNemar(rates, { power, alpha }) ?? Number.NaN;
    expect(mcnemarPower(pairs, rates, alpha)).toBeGreaterThanOrEqual(power);
    expect(mcnemarPower(pairs - 1, rates, alpha)).toBeLessThan(power);
  });

  test('where the normal approximation takes over, its power is within 0.5 % of what was asked', () => {
    const rates = { onlySingle: 0.3, onlyTeam: 0.27 };
    const pairs = pairsForMcNemar(rates, { power: 0.8, alpha: 0.05 }) ?? Number.NaN;
    expect(pairs * 0.57).toBeGreaterThan(2000);
    expect(Math.abs(mcnemarPower(pairs, rates, 0.05) - 0.8)).toBeLessThan(0.004);
  });

  test('no number finds a difference that is not there; a hair’s breadth takes millions, told at once', () => {
    expect(pairsForMcNemar({ onlySingle: 0.2, onlyTeam: 0.2 }, { power: 0.8, alpha: 0.05 })).toBeNull();
    expect(pairsForMcNemar({ onlySingle: 0, onlyTeam: 0 }, { power: 0.8, alpha: 0.05 })).toBeNull();
    expect(pairsForMcNemar({ onlySingle: 0.2, onlyTeam: 0.2001 }, { power: 0.8, alpha: 0.05 })).toBeGreaterThan(1e8);
  });
});
