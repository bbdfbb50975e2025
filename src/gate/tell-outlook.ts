/** The numbers of a decision in sentences. */
import type { ArmOutlook } from './arm-outlook.ts';
import type { Strategy } from './gate.ts';
import type { GateWeights } from './weights.ts';

const names: Record<Strategy, string> = { single: 'one agent', team: 'the team', cascade: 'one agent first' };

export function nameArm(arm: Strategy): string {
  return names[arm];
}

/** What the best one is held against: the better of the two plain arms, for a cascade is never far from the single agent. */
export function findRival(arms: readonly ArmOutlook[]): ArmOutlook | undefined {
  return arms.find((arm, at) => at > 0 && arm.arm !== 'cascade');
}

/** Why the chosen one, most decisive first. `arms`: best first. */
export function tellOutlook(arms: readonly ArmOutlook[], chosen: ArmOutlook, weights: GateWeights): string[] {
  const [best] = arms;
  const second = findRival(arms);
  if (best === undefined || second === undefined) return [];
  const reasons: string[] = [];
  if (chosen !== best) {
    reasons.push(
      `Tried on purpose, with probability ${chosen.propensity.toFixed(2)}, to learn whether ${nameArm(chosen.arm)} has become the better choice.`,
    );
  }
  reasons.push(
    `${capitalize(nameArm(best.arm))}: ${tellArm(best)}. ${capitalize(nameArm(second.arm))}: ${tellArm(second)}.`,
    `With $${weights.successUsd} for a right result and $${weights.hourUsd} for an hour that is $${best.utility.mean.toFixed(3)} against $${second.utility.mean.toFixed(3)} a task.`,
  );
  return reasons;
}

function tellArm({ success, runs, usd, seconds }: ArmOutlook): string {
  const { low, high } = intervalOf(success);
  const seen = runs === 0 ? 'no runs yet' : runs === 1 ? '1 run' : `${runs} runs`;
  return `right in ${success.mean.toFixed(2)} of tasks (${low.toFixed(2)} to ${high.toFixed(2)}, ${seen}), $${usd.toFixed(4)} and ${seconds.toFixed(1)} s`;
}

/** Where nine in ten of the belief lie, by the normal approximation, within 0 to 1. */
export function intervalOf({ mean, sd }: ArmOutlook['success']): { low: number; high: number } {
  return { low: Math.max(0, mean - 1.645 * sd), high: Math.min(1, mean + 1.645 * sd) };
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
