/**
 * The chain model set against observed chains: n steps that each are right with the same probability p, independently,
 * are all right with pⁿ. How far that is from what was observed is the model's misfit.
 */
import { PlanwrightError } from '../errors.ts';
import type { Estimated, Proportion } from './statistics/interval.ts';
import { normalQuantile } from './statistics/normal.ts';
import { wilsonInterval } from './statistics/proportion.ts';

export interface ObservedChain {
  /** Steps of the chain, at least 1. */
  steps: number;
  /** The first wrong step, from 0; null when all are right. What comes after it is not looked at. */
  firstWrong: number | null;
}

export interface ChainMisfit {
  chains: number;
  /** Per step, the maximum likelihood estimate: k right steps of the n that were taken, the first wrong one included. */
  p: Proportion;
  /** Shortest, mean and longest chain, in steps. */
  steps: { min: number; mean: number; max: number };
  /** Chains without a wrong step. */
  observed: Proportion;
  /** Mean of p̂ⁿ over the chains. */
  predicted: number;
  /** Observed − predicted share, with a 95 % interval that knows p was estimated from the same chains; below 0 the model promises too much. */
  misfit: Estimated;
  /** Chains of one length, shortest first. */
  byLength: { steps: number; observed: Proportion; predicted: number }[];
}

const z95 = normalQuantile(0.975);

/** null without chains. @throws {PlanwrightError} `usage` for a chain without steps or a first wrong step outside of it. */
export function measureChainMisfit(chains: readonly ObservedChain[]): ChainMisfit | null {
  const [first] = chains;
  if (first === undefined) return null;
  let right = 0;
  let taken = 0;
  for (const [at, chain] of chains.entries()) {
    refuseImpossible(chain, at);
    right += rightSteps(chain);
    taken += takenSteps(chain);
  }
  const p = right / taken;
  const lengths = [...Map.groupBy(chains, ({ steps }) => steps)].toSorted(([a], [b]) => a - b);
  const total = chains.reduce((sum, { steps }) => sum + steps, 0);
  const whole = chains.filter(({ firstWrong }) => firstWrong === null).length;
  const predicted = mean(chains, ({ steps }) => p ** steps);
  return {
    chains: chains.length,
    p: wilsonInterval(right, taken),
    steps: { min: lengths[0]?.[0] ?? 0, mean: total / chains.length, max: lengths.at(-1)?.[0] ?? 0 },
    observed: wilsonInterval(whole, chains.length),
    predicted,
    misfit: estimateMisfit(chains, p, whole / chains.length - predicted),
    byLength: lengths.map(([steps, group]) => ({
      steps,
      observed: wilsonInterval(group.filter(({ firstWrong }) => firstWrong === null).length, group.length),
      predicted: p ** steps,
    })),
  };
}

function refuseImpossible({ steps, firstWrong }: ObservedChain, at: number): void {
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw new PlanwrightError('usage', `Chain ${at} has ${steps} steps; a chain has at least 1.`);
  }
  if (firstWrong !== null && !(Number.isSafeInteger(firstWrong) && firstWrong >= 0 && firstWrong < steps)) {
    throw new PlanwrightError(
      'usage',
      `Chain ${at} has ${steps} steps, so its first wrong step can't be ${firstWrong} (from 0).`,
    );
  }
}

function rightSteps({ steps, firstWrong }: ObservedChain): number {
  return firstWrong ?? steps;
}

function takenSteps({ steps, firstWrong }: ObservedChain): number {
  return firstWrong === null ? steps : firstWrong + 1;
}

/**
 * The interval comes from each chain's influence on the misfit (the infinitesimal jackknife): its own success less its
 * prediction, less what it moves p̂ by times the slope of the prediction. Chains are independent, steps need not be.
 */
function estimateMisfit(chains: readonly ObservedChain[], p: number, value: number): Estimated {
  const slope = mean(chains, ({ steps }) => steps * p ** (steps - 1));
  const meanTaken = mean(chains, takenSteps);
  const variance = mean(chains, (chain) => {
    const own = (chain.firstWrong === null ? 1 : 0) - p ** chain.steps - value;
    return (own - (slope * (rightSteps(chain) - p * takenSteps(chain))) / meanTaken) ** 2;
  });
  const reach = z95 * Math.sqrt(variance / chains.length);
  return { value, low: value - reach, high: value + reach };
}

function mean<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0) / items.length;
}
