/**
 * The money of a comparison. Knows amounts, not runs.
 *
 * 1. What runs have cost, plus the most that the runs under way may still cost, never exceeds `maxUsd`: an allowance is
 *    given before a run starts and given back, as a cost, when it has ended.
 * 2. Runs at once get equal shares of what is left, so that the last of them is not left without.
 * 3. A cost is entered under its run's id: entering it again replaces it, so nothing is counted twice on resume.
 */

/** Less than any call costs, and more than nothing: free models go on when everything is spent. */
const leastAllowanceUsd = 1e-12;
/** Sums of dollars drift. */
const rounding = 1e-9;

export class Purse {
  readonly #maxUsd: number | undefined;
  readonly #lanes: number;
  readonly #costs = new Map<string, number>();
  readonly #allowances = new Map<string, number>();
  readonly #unpriced = new Set<string>();
  #costUsd = 0;

  /** @param maxUsd undefined: no limit. @param lanes Runs at once. */
  constructor(maxUsd: number | undefined, lanes: number) {
    this.#maxUsd = maxUsd;
    this.#lanes = lanes;
  }

  /** Over everything entered; null when some of it has no price. */
  get spentUsd(): number | null {
    return this.#unpriced.size > 0 ? null : this.#costUsd;
  }

  /** The most that a run may cost now; undefined without a limit. */
  available(): number | undefined {
    if (this.#maxUsd === undefined) return undefined;
    let left = this.#maxUsd - this.#costUsd;
    for (const allowed of this.#allowances.values()) left -= allowed;
    return Math.max(leastAllowanceUsd, left / Math.max(1, this.#lanes - this.#allowances.size));
  }

  /** Sets aside what a run may cost beyond what is entered for it. */
  allow(runId: string, usd: number): void {
    this.#allowances.set(runId, usd);
  }

  /** What a run has cost so far; null: its calls have no price. Gives back what was set aside for it. */
  enter(runId: string, costUsd: number | null): void {
    this.#allowances.delete(runId);
    if (costUsd === null) {
      this.#unpriced.add(runId);
      return;
    }
    this.#costUsd += costUsd - (this.#costs.get(runId) ?? 0);
    this.#costs.set(runId, costUsd);
  }

  /** Whether so much more could be spent, whatever is set aside. */
  affords(usd: number): boolean {
    return this.#maxUsd === undefined || this.#costUsd + usd <= this.#maxUsd * (1 + rounding);
  }
}
