/** Probabilities of X successes in n independent trials of probability p. */
import jStat from 'jstat';

/** Up to here the central binomial coefficient is a finite double. */
const maxByProduct = 1000;

/** P(X = k), to a relative error of some 10⁻⁹; with p = 1/2 and n ≤ 1,000 to the last digits. */
export function binomialProbability(k: number, n: number, p: number): number {
  if (p <= 0) return k === 0 ? 1 : 0;
  if (p >= 1) return k === n ? 1 : 0;
  if (p === 0.5 && n <= maxByProduct) return chooseByProduct(n, Math.min(k, n - k)) * 2 ** -n;
  const logChoose = jStat.gammaln(n + 1) - jStat.gammaln(k + 1) - jStat.gammaln(n - k + 1);
  return Math.exp(logChoose + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** P(X ≤ k): the terms from k down, or from k + 1 up when those are fewer, until they no longer count. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  if (k > n * p) return 1 - binomialTail(n - k - 1, n, 1 - p);
  let term = binomialProbability(k, n, p);
  let sum = 0;
  const odds = (1 - p) / p;
  for (let i = k; i >= 0 && term > sum * 1e-17; i--) {
    sum += term;
    term *= (i / (n - i + 1)) * odds;
  }
  return Math.min(1, sum);
}

/** Exact while below 2⁵³. */
function chooseByProduct(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return product;
}
