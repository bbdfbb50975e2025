/** Agreement of two raters who say yes or no, beyond what their habits alone would give. */
import { normalQuantile } from './normal.ts';

/** How often each combination was seen. */
export interface AgreementCounts {
  both: number;
  onlyFirst: number;
  onlySecond: number;
  neither: number;
}

export interface Kappa {
  /** −1 to 1; null when both raters always said the same one thing, which leaves nothing beyond chance, or when there is no row. */
  kappa: number | null;
  low: number | null;
  high: number | null;
}

/**
 * κ = (pₒ − pₑ) ÷ (1 − pₑ) (J. Cohen, Educational and Psychological Measurement 20, 1960), with the profile-likelihood interval: all
 * κ that the likelihood ratio, maximized over both raters' rates, does not reject. It lies within −1 and 1, holds the estimate, and is no
 * point at perfect agreement, as intervals by a standard error are. Rows count as independent.
 * @param alpha 1 − confidence, default 0.05.
 */
export function cohenKappa(counts: AgreementCounts, alpha = 0.05): Kappa {
  const { both, onlyFirst, onlySecond, neither } = counts;
  const n = both + onlyFirst + onlySecond + neither;
  if (n === 0) return { kappa: null, low: null, high: null };
  const first = (both + onlyFirst) / n;
  const second = (both + onlySecond) / n;
  const scale = first + second - 2 * first * second;
  if (scale === 0) return { kappa: null, low: null, high: null };
  const kappa = (2 * (both / n - first * second)) / scale;
  const most = saturatedLikelihood(counts, n);
  // χ² with one degree of freedom, as a distance of log likelihoods.
  const allowed = normalQuantile(1 - alpha / 2) ** 2 / 2;
  const isRejected = (value: number): boolean => most - profileLikelihood(counts, value) > allowed;
  return { kappa, low: findEdge(kappa, -1, isRejected), high: findEdge(kappa, 1, isRejected) };
}

/** The last value on the way from `inside` to `end` that is not rejected. */
function findEdge(inside: number, end: number, isRejected: (value: number) => boolean): number {
  if (!isRejected(end)) return end;
  let [accepted, rejected] = [inside, end];
  for (let halving = 0; halving < 22; halving += 1) {
    const middle = (accepted + rejected) / 2;
    if (isRejected(middle)) rejected = middle;
    else accepted = middle;
  }
  return accepted;
}

function saturatedLikelihood({ both, onlyFirst, onlySecond, neither }: AgreementCounts, n: number): number {
  return [both, onlyFirst, onlySecond, neither].reduce((sum, count) => sum + term(count, count / n), 0);
}

/** Grid and zoom over both rates: the likelihood has one hill in them. */
function profileLikelihood(counts: AgreementCounts, kappa: number): number {
  const grid = 10;
  let best = { first: 0.5, second: 0.5, value: Number.NEGATIVE_INFINITY };
  let reach = 0.5;
  for (let zoom = 0; zoom < 7; zoom += 1) {
    const center = best;
    for (let i = -grid; i <= grid; i += 1) {
      for (let j = -grid; j <= grid; j += 1) {
        const first = center.first + (reach * i) / grid;
        const second = center.second + (reach * j) / grid;
        const value = likelihoodAt(counts, kappa, first, second);
        if (value > best.value) best = { first, second, value };
      }
    }
    reach *= 0.22;
  }
  return best.value;
}

/** Log likelihood when the raters say yes at these rates and agree with this κ. */
function likelihoodAt(counts: AgreementCounts, kappa: number, first: number, second: number): number {
  if (first < 0 || first > 1 || second < 0 || second > 1) return Number.NEGATIVE_INFINITY;
  const both = first * second + (kappa * (first + second - 2 * first * second)) / 2;
  return (
    term(counts.both, both) +
    term(counts.onlyFirst, first - both) +
    term(counts.onlySecond, second - both) +
    term(counts.neither, 1 - first - second + both)
  );
}

function term(count: number, probability: number): number {
  // Rounding leaves a hair below 0 where it is 0.
  if (probability < -1e-12) return Number.NEGATIVE_INFINITY;
  if (count === 0) return 0;
  return probability <= 0 ? Number.NEGATIVE_INFINITY : count * Math.log(probability);
}
