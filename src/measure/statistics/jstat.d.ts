/** The parts of jstat that are used: the package brings no types. It is CommonJS, so all of it is the default import. */
declare module 'jstat' {
  const jStat: {
    beta: {
      /** The quantile function. */
      inv(p: number, alpha: number, beta: number): number;
    };
    normal: { cdf(x: number, mean: number, sd: number): number; inv(p: number, mean: number, sd: number): number };
    studentt: { inv(p: number, degreesOfFreedom: number): number };
    /** ln Γ(x), to an absolute error of some 2 × 10⁻¹⁰. */
    gammaln(x: number): number;
    /** ln B(a, b). */
    betaln(a: number, b: number): number;
  };
  export = jStat;
}
