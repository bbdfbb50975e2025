/**
 * The gate with evidence, the default: the arm of the highest expected utility, by what happened to tasks of the same class
 * and team. Without evidence it decides by the stated prior.
 *
 * 1. Whatever the choice depended on is in the decision: the numbers of every arm, and how likely each was to be chosen.
 * 2. An arm that looks worse is tried with its probability of being the better one, at most `exploration` in all, and not
 *    before enough outcomes have been judged for that to mean anything.
 */
import type { Random } from '../clock.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import { normalCdf } from '../measure/statistics/normal.ts';
import { type ArmOutlook, outlookOnArms } from './arm-outlook.ts';
import type { Gate, GateDecision, GateInput } from './gate.ts';
import { decideByPrior } from './prior-gate.ts';
import { tellOutlook } from './tell-outlook.ts';
import { type CheckError, weighEvidence } from './weigh-evidence.ts';
import { defaultGateWeights, type GateWeights } from './weights.ts';

export interface EvidenceGateOptions {
  /** Outcomes of a class and team, newest first. */
  listOutcomes: (filter: { taskClass: string; team: string; limit: number }) => Promise<RunOutcome[]>;
  random: Random;
  weights?: Partial<GateWeights>;
}

/** The newest outcomes of a class that are looked at. */
const outcomesRead = 5000;
/** With fewer judged outcomes of a class the prior decides: one failure is no evidence. */
export const judgedBeforeEvidence = 3;
/** Judged outcomes before anything is tried on purpose. */
const judgedBeforeExploring = 5;

export function createEvidenceGate({ listOutcomes, random, weights }: EvidenceGateOptions): Gate {
  const valued = { ...defaultGateWeights, ...weights };
  return {
    decide: async (input) => {
      const outcomes = await listOutcomes({ taskClass: input.taskClass, team: input.team, limit: outcomesRead });
      return decideByEvidence(input, outcomes, valued, random);
    },
  };
}

/** Everything a decision rests on, before anything is drawn. Best arm first. */
export interface GateOutlook {
  prior: GateDecision;
  arms: ArmOutlook[];
  /** Too little is known, or there are no roles to split the work among: the prior decides. */
  usesPrior: boolean;
  /** Outcomes of either arm that somebody or something has judged. */
  judged: number;
  checkError: CheckError;
}

export function weighArms(input: GateInput, outcomes: readonly RunOutcome[], weights: GateWeights): GateOutlook {
  const prior = decideByPrior(input);
  const { arms: evidence, checkError, rescued } = weighEvidence(outcomes, weights);
  const judged = outcomes.filter(({ label, arm }) => label !== null && (arm === 'single' || arm === 'team')).length;
  const offersCascade = input.checksDeliverable && input.roles.length > 0;
  const arms = outlookOnArms({ evidence, rescued, favored: prior.strategy, weights, offersCascade });
  const usesPrior = judged < judgedBeforeEvidence || input.roles.length === 0;
  return { prior, judged, usesPrior, checkError, arms: usesPrior ? arms : withPropensities(arms, judged, weights.exploration) };
}

export function decideByEvidence(
  input: GateInput,
  outcomes: readonly RunOutcome[],
  weights: GateWeights,
  random: Random,
): GateDecision {
  const { prior, arms, usesPrior } = weighArms(input, outcomes, weights);
  const [best] = arms;
  if (usesPrior || best === undefined) return prior;
  const chosen = draw(arms, random);
  const explored = chosen !== best;
  return {
    strategy: chosen.arm,
    reasons: tellOutlook(arms, chosen, weights),
    input,
    propensity: chosen.propensity,
    ...(explored ? { explored } : {}),
    arms,
  };
}

/** The share of chance that each arm gets; the best has what is left. */
function withPropensities(arms: ArmOutlook[], judged: number, exploration: number): ArmOutlook[] {
  const [best, ...others] = arms;
  if (best === undefined) return [];
  const mayExplore = exploration > 0 && judged >= judgedBeforeExploring;
  // A cascade runs the single agent first, so trying one of the two teaches what there is to learn.
  const wishes = others.map((arm) => (mayExplore && arm.arm !== 'cascade' ? probabilityBetter(arm, best) : 0));
  const wished = wishes.reduce((sum, wish) => sum + wish, 0);
  const scale = wished > exploration ? exploration / wished : 1;
  const shares = wishes.map((wish) => wish * scale);
  const left = 1 - shares.reduce((sum, share) => sum + share, 0);
  return [{ ...best, propensity: left }, ...others.map((arm, at) => ({ ...arm, propensity: shares[at] ?? 0 }))];
}

/** By the normal approximation of the difference of their utilities. */
function probabilityBetter(arm: ArmOutlook, best: ArmOutlook): number {
  const sd = Math.hypot(arm.utility.sd, best.utility.sd);
  return sd === 0 ? 0 : normalCdf((arm.utility.mean - best.utility.mean) / sd);
}

/** @param arms Not empty; their propensities sum to 1, the best arm's first. */
function draw(arms: ArmOutlook[], random: Random): ArmOutlook {
  const [best, ...others] = arms;
  if (best === undefined) throw new RangeError('There is no arm to draw.');
  let left = random.next() - best.propensity;
  if (left < 0) return best;
  for (const arm of others) {
    if (left < arm.propensity) return arm;
    left -= arm.propensity;
  }
  return best;
}
