/** What the user values, and how the gate learns. A team file's `gate` sets them; everything has a stated default. */

export interface GateWeights {
  /** What a right result is worth, in USD. Default 1. */
  successUsd: number;
  /** What an hour of waiting for it costs, in USD. Default 1. */
  hourUsd: number;
  /** Stands for the price of models without one, in USD per million tokens, input and output alike. Default 1. */
  millionTokensUsd: number;
  /** Probability with which an arm that looks worse is tried at the most; 0 turns it off. Default 0.05. */
  exploration: number;
  /** An outcome counts half after so many later runs of its class. Default 100. */
  halfLife: number;
}

export const defaultGateWeights: Readonly<GateWeights> = {
  successUsd: 1,
  hourUsd: 1,
  millionTokensUsd: 1,
  exploration: 0.05,
  halfLife: 100,
};
