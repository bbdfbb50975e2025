/** The parts of jstat that are used: the package brings no types. */
declare module 'jstat' {
  export const jStat: {
    beta: {
      cdf(x: number, alpha: number, beta: number): number;
      /** The quantile function. */
      inv(p: number, alpha: number, beta: number): number;
    };
    /** P(X ≤ k) for n trials. */
    binomial: { cdf(k: number, n: number, p: number): number };
    normal: { cdf(x: number, mean: number, sd: number): number; inv(p: number, mean: number, sd: number): number };
    /** ln B(a, b). */
    betaln(a: number, b: number): number;
  };
}
