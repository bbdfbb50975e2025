/** The draws of a simulated run. */
import type { Random } from '../clock.ts';

/** Draws nothing when nothing is left to chance. */
export function happens(random: Random, probability: number): boolean {
  if (probability >= 1) return true;
  return probability > 0 && random.next() < probability;
}

/**
 * σ of a duration's logarithm: the 90th percentile is then 1.9 times the median. An assumption: model calls have long
 * tails, and no durations of real teams are at hand to fit it to.
 */
export const durationSigma = 0.5;

/** Lognormal with this mean (so μ = ln(mean) − σ²/2), by Box and Muller; one of their two numbers is left unused. */
export function drawDuration(random: Random, meanMs: number): number {
  if (meanMs <= 0) return 0;
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  const normal = radius * Math.cos(2 * Math.PI * random.next());
  return meanMs * Math.exp(durationSigma * normal - durationSigma ** 2 / 2);
}

/** Beyond so many draws in all they are independent instead. */
const maxStratified = 4_000_000;

/**
 * The number in [0, 1) that says whether a subtask's first attempt is right, by subtask and trial. Over the trials each
 * subtask gets one from every interval of length 1 ÷ trials, in an order of its own (Latin hypercube sampling: McKay, Beckman
 * and Conover, Technometrics 21, 1979): with p = .9 exactly 900 of 1,000 first attempts are right, and the means of few
 * trials lie closer to what many would give.
 */
export function stratifyFirstDraws(subtasks: number, trials: number, random: Random): (subtask: number, trial: number) => number {
  if (subtasks * trials > maxStratified) return () => random.next();
  const strata = new Uint32Array(subtasks * trials);
  for (let subtask = 0; subtask < subtasks; subtask++) {
    const ofSubtask = strata.subarray(subtask * trials, (subtask + 1) * trials);
    for (let at = 0; at < trials; at++) {
      // Fisher and Yates, inside out.
      const other = Math.floor(random.next() * (at + 1));
      ofSubtask[at] = ofSubtask[other] ?? 0;
      ofSubtask[other] = at;
    }
  }
  return (subtask, trial) => ((strata[subtask * trials + trial] ?? 0) + random.next()) / trials;
}
