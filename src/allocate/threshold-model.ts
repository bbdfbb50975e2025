/** The equations of response thresholds (Bonabeau, Theraulaz and Deneubourg 1996 and 1998). */

/** T(s) = s² ÷ (s² + θ²): how probably an idle agent with threshold θ takes work of stimulus s. */
export function responseProbability(stimulus: number, threshold: number): number {
  const square = stimulus ** 2;
  return square === 0 ? 0 : square / (square + threshold ** 2);
}

/** s ← s + δ − α · N_active ÷ N, not below 0. */
export function nextStimulus(stimulus: number, { delta, alpha }: { delta: number; alpha: number }, activeShare: number): number {
  return Math.max(0, stimulus + delta - alpha * activeShare);
}

export interface Reinforcement {
  /** ξ: what performing takes from a threshold. */
  learning: number;
  /** φ: what not performing adds to it. */
  forgetting: number;
  least: number;
  most: number;
}

/** θ ← θ − ξ while performing, θ + φ otherwise, within its bounds. */
export function reinforce(threshold: number, isPerforming: boolean, by: Reinforcement): number {
  const next = isPerforming ? threshold - by.learning : threshold + by.forgetting;
  return Math.min(by.most, Math.max(by.least, next));
}
