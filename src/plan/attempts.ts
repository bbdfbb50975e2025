/** What comes of one subtask that is tried until it is accepted or its rungs are used up: the monitor's ladder as probabilities. */
import type { ErrorRates } from './forecast-basis.ts';

/** Attempts of one kind in a row: the role's own with its retries, then one for each re-route. */
export interface Rung {
  /** Probability that one attempt is right, given right inputs. */
  p: number;
  /** Attempts at the most, from 1. */
  most: number;
  /** null: no check, so that the first result is taken. */
  check: ErrorRates | null;
}

/** Given right inputs. What is missing to 1 in `right + wrong` is the subtask that fails. */
export interface Acceptance {
  /** Probability that a right result is accepted in the end. */
  right: number;
  /** Probability that a wrong one is. */
  wrong: number;
  /** Attempts that are expected at each rung. */
  attempts: number[];
}

/**
 * Attempts are independent of each other: a model and not a fact, for what makes one attempt fail makes the next fail too.
 * At a rung whose check rejects with probability j, Σ jᵏ over its attempts are expected.
 */
export function expectAcceptance(rungs: readonly Rung[]): Acceptance {
  const acceptance: Acceptance = { right: 0, wrong: 0, attempts: [] };
  /** Probability that everything before was rejected. */
  let reached = 1;
  for (const { p, most, check } of rungs) {
    const { falseAccept, falseReject } = check ?? { falseAccept: 1, falseReject: 0 };
    const rejected = p * falseReject + (1 - p) * (1 - falseAccept);
    const attempts = reached * sumOfPowers(rejected, most);
    acceptance.right += attempts * p * (1 - falseReject);
    acceptance.wrong += attempts * (1 - p) * falseAccept;
    acceptance.attempts.push(attempts);
    reached *= rejected ** most;
  }
  return acceptance;
}

/** 1 + x + … + xⁿ⁻¹ for 0 ≤ x ≤ 1, exact near 1 as well. */
function sumOfPowers(x: number, n: number): number {
  return x === 1 ? n : -Math.expm1(n * Math.log(x)) / (1 - x);
}
