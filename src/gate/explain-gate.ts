/** What the gate would decide, on what evidence, and what would change it. Nothing is drawn and nothing is stored. */
import { type OutcomeScore, scoreOutcomes } from '../measure/calibration.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import type { ArmOutlook } from './arm-outlook.ts';
import { judgedBeforeEvidence, weighArms } from './evidence-gate.ts';
import type { GateInput, Strategy } from './gate.ts';
import { findRival, nameArm, tellOutlook } from './tell-outlook.ts';
import type { CheckError } from './weigh-evidence.ts';
import type { GateWeights } from './weights.ts';

export interface GateExplanation {
  /** The likeliest choice. */
  strategy: Strategy;
  /** `prior`: too few outcomes of this class and team have been judged. */
  basis: 'prior' | 'evidence';
  input: GateInput;
  weights: GateWeights;
  outcomes: number;
  judged: number;
  /** Best first; with the prior as basis, what it assumes. */
  arms: ArmOutlook[];
  checkError: CheckError;
  /** How well earlier runs of the class were forecast. */
  forecasts: OutcomeScore;
  reasons: string[];
  /** One sentence each. */
  wouldChange: string[];
}

export function explainGate(input: GateInput, outcomes: readonly RunOutcome[], weights: GateWeights): GateExplanation {
  const { prior, arms, judged, usesPrior: isPrior, checkError } = weighArms(input, outcomes, weights);
  const [best] = arms;
  const usesPrior = isPrior || best === undefined;
  return {
    strategy: usesPrior ? prior.strategy : best.arm,
    basis: usesPrior ? 'prior' : 'evidence',
    input,
    weights,
    outcomes: outcomes.length,
    judged,
    arms,
    checkError,
    forecasts: scoreOutcomes(outcomes),
    reasons: usesPrior ? prior.reasons : tellOutlook(arms, best, weights),
    wouldChange: usesPrior ? changesOfPrior(input, judged) : changesOf(arms, weights),
  };
}

function changesOfPrior({ taskClass, team, roles }: GateInput, judged: number): string[] {
  if (roles.length === 0) return ['A team with roles: this one has nobody to split the work among.'];
  return [
    `${judgedBeforeEvidence - judged} more judged runs of class "${taskClass}" with team "${team}": compare both arms on some of its tasks (planwright compare), or judge runs by hand (planwright gate label RUN right).`,
  ];
}

/** The nearest boundary in each direction in which one number can move. */
function changesOf(arms: readonly ArmOutlook[], weights: GateWeights): string[] {
  const [best] = arms;
  const second = findRival(arms);
  if (best === undefined || second === undefined) return [];
  const changes: string[] = [];
  const gap = best.utility.mean - second.utility.mean;
  const needed = second.success.mean + gap / weights.successUsd;
  if (weights.successUsd > 0 && needed <= 1) {
    changes.push(
      `${nameArm(second.arm)} right in ${needed.toFixed(2)} of tasks or more, at its present cost (now ${second.success.mean.toFixed(2)}).`,
    );
  } else changes.push(`No success of ${nameArm(second.arm)} alone: at its present cost even always being right would not do.`);
  const worth = flippingWorth(best, second, weights);
  if (worth !== null) {
    const direction = worth > weights.successUsd ? 'or more' : 'or less';
    changes.push(`A right result worth $${worth.toPrecision(2)} ${direction} (now $${weights.successUsd}).`);
  }
  const share = Math.min(1, second.propensity + best.propensity);
  if (second.propensity > 0) {
    changes.push(
      `Chance: ${nameArm(second.arm)} is tried in ${((second.propensity / share) * 100).toFixed(0)} % of runs, to learn.`,
    );
  }
  return changes;
}

/** The value of a right result at which the two are worth the same; null when there is none. */
function flippingWorth(best: ArmOutlook, second: ArmOutlook, { hourUsd }: GateWeights): number | null {
  const dearer = best.usd + (best.seconds / 3600) * hourUsd - second.usd - (second.seconds / 3600) * hourUsd;
  const better = best.success.mean - second.success.mean;
  const worth = dearer / better;
  return Number.isFinite(worth) && worth > 0 ? worth : null;
}
