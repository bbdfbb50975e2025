/**
 * Response thresholds as equations (Bonabeau, Theraulaz and Deneubourg 1996): identical agents, one kind of work, whose
 * stimulus s rises by δ a step and falls by α for the share of agents at work.
 *
 * An idle agent begins with T(s) = s² ÷ (s² + θ²), one at work stops with p. In equilibrium the share at work is x = δ ÷ α,
 * whatever the thresholds; with one threshold, T = p·x ÷ (1 − x) and s = θ·√(T ÷ (1 − T)).
 */
import { type Random } from 'planwright';

export interface ColonyOptions {
  /** One threshold an agent. */
  thresholds: readonly number[];
  delta: number;
  alpha: number;
  /** A working agent stops with it, a step. */
  stop: number;
  steps: number;
  /** Left out of the means. */
  burnIn: number;
}

/** T(s) with n = 2. */
export function respond(stimulus: number, threshold: number): number {
  const square = stimulus * stimulus;
  return square === 0 ? 0 : square / (square + threshold * threshold);
}

/** @returns means over the steps after the first `burnIn`. */
export function simulateColony(options: ColonyOptions, random: Random): { active: number; stimulus: number } {
  const { thresholds, delta, alpha, stop, steps, burnIn } = options;
  const working = thresholds.map(() => false);
  let stimulus = 0;
  const sum = { active: 0, stimulus: 0 };
  for (let step = 0; step < steps; step++) {
    let active = 0;
    for (const [agent, threshold] of thresholds.entries()) {
      const isWorking = working[agent] === true ? random.next() >= stop : random.next() < respond(stimulus, threshold);
      working[agent] = isWorking;
      if (isWorking) active += 1;
    }
    stimulus = Math.max(0, stimulus + delta - (alpha * active) / thresholds.length);
    if (step < burnIn) continue;
    sum.active += active / thresholds.length;
    sum.stimulus += stimulus;
  }
  const counted = steps - burnIn;
  return { active: sum.active / counted, stimulus: sum.stimulus / counted };
}

/** What the equations say of one caste. */
export function solveEquilibrium(threshold: number, { delta, alpha, stop }: Pick<ColonyOptions, 'delta' | 'alpha' | 'stop'>) {
  const active = delta / alpha;
  const response = (stop * active) / (1 - active);
  return { active, stimulus: threshold * Math.sqrt(response / (1 - response)) };
}
