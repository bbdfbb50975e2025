/** The exact test of paired successes (Q. McNemar, Psychometrika 12, 1947), and how many pairs it needs. */
import { binomialProbability, binomialTail } from './binomial.ts';
import { normalQuantile } from './normal.ts';

/**
 * Two-sided p of "neither arm is better" from the counts of discordant pairs: min(1, 2 · P(X ≤ the smaller)) with
 * X ~ Binomial(their sum, 1/2). 1 without discordant pairs.
 */
export function mcnemarP(onlySingle: number, onlyTeam: number): number {
  const discordant = onlySingle + onlyTeam;
  const fewer = Math.min(onlySingle, onlyTeam);
  if (2 * fewer >= discordant) return 1;
  return Math.min(1, 2 * binomialTail(fewer, discordant, 0.5));
}

/** Shares of all pairs on which only one arm succeeds; their sum is at most 1. */
export interface DiscordantRates {
  onlySingle: number;
  onlyTeam: number;
}

/** Probabilities below this are left out of sums. */
const negligible = 1e-15;
/** Expected discordant pairs up to which the power is summed exactly; above, the normal approximation is within 0.5 %. */
const maxExactDiscordant = 2000;

/** Probability that the exact test with so many pairs finds the better arm at `alpha`. The arms differ. */
export function mcnemarPower(pairs: number, rates: DiscordantRates, alpha: number): number {
  const rate = Math.min(1, rates.onlySingle + rates.onlyTeam);
  const minority = Math.min(rates.onlySingle, rates.onlyTeam) / (rates.onlySingle + rates.onlyTeam);
  const mode = Math.min(pairs, Math.floor((pairs + 1) * rate));
  const powerOf = (discordant: number): number => binomialTail(criticalCount(discordant, alpha), discordant, minority);
  let power = 0;
  const top = binomialProbability(mode, pairs, rate);
  for (let d = mode, weight = top; d <= pairs && weight > negligible; d++) {
    power += weight * powerOf(d);
    weight *= rate === 1 ? 0 : ((pairs - d) / (d + 1)) * (rate / (1 - rate));
  }
  for (let d = mode - 1, weight = top; d >= 0; d--) {
    weight *= ((d + 1) / (pairs - d)) * ((1 - rate) / rate);
    if (weight <= negligible) break;
    power += weight * powerOf(d);
  }
  return Math.min(1, power);
}

/**
 * Pairs that the exact test needs to find the better arm at `alpha` with probability `power`; null when no arm is better.
 * Exact up to some 2,000 discordant pairs, found by bisection, for the power rises with n but for small ripples; above, the
 * normal approximation (R. J. Connor, Biometrics 43, 1987).
 */
export function pairsForMcNemar(rates: DiscordantRates, { power, alpha }: { power: number; alpha: number }): number | null {
  if (rates.onlySingle === rates.onlyTeam) return null;
  const approximate = approximatePairs(rates, power, alpha);
  if (approximate * (rates.onlySingle + rates.onlyTeam) > maxExactDiscordant) return approximate;
  const isEnough = (pairs: number): boolean => mcnemarPower(pairs, rates, alpha) >= power;
  let enough = Math.max(2, approximate);
  while (!isEnough(enough)) enough = Math.ceil(enough * 1.25) + 1;
  let short = 0;
  while (enough - short > 1) {
    const middle = Math.floor((short + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else short = middle;
  }
  return enough;
}

/** The largest count of the rarer side at which the test decides; −1 when none does. */
function criticalCount(discordant: number, alpha: number): number {
  let decides = -1;
  let fails = Math.floor(discordant / 2) + 1;
  while (fails - decides > 1) {
    const middle = Math.floor((decides + fails) / 2);
    if (mcnemarP(middle, discordant - middle) <= alpha) decides = middle;
    else fails = middle;
  }
  return decides;
}

/** Connor's normal approximation with the continuity correction of Fleiss, Statistical Methods for Rates and Proportions. */
function approximatePairs({ onlySingle, onlyTeam }: DiscordantRates, power: number, alpha: number): number {
  const rate = onlySingle + onlyTeam;
  const difference = Math.abs(onlySingle - onlyTeam);
  const reach =
    normalQuantile(1 - alpha / 2) * Math.sqrt(rate) + normalQuantile(power) * Math.sqrt(rate - difference * difference);
  const uncorrected = (reach / difference) ** 2;
  return Math.ceil((uncorrected / 4) * (1 + Math.sqrt(1 + 4 / (uncorrected * difference))) ** 2);
}
