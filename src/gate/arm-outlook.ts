/** What an arm is expected to give: its posterior success, its cost and time, and what that is worth to the user. */
import type { Strategy } from './gate.ts';
import type { ArmEvidence, WeighedEvidence, WeightedMean } from './weigh-evidence.ts';
import type { GateWeights } from './weights.ts';

/** A mean with its standard deviation. */
export interface Uncertain {
  mean: number;
  sd: number;
}

export interface ArmOutlook {
  arm: Strategy;
  /** Runs behind it; 0: from the prior alone. */
  runs: number;
  paired: number;
  /** Judged outcomes of full weight that the success rests on. */
  effective: number;
  labels: ArmEvidence['labels'];
  /** Probability of handing over a right result. */
  success: Uncertain;
  /** Probability of handing over anything. */
  delivered: number;
  usd: number;
  seconds: number;
  /** success · successUsd − usd − hours · hourUsd, in USD. */
  utility: Uncertain;
  /** Probability that it is chosen. Filled in by the decision. */
  propensity: number;
}

/** Before any evidence, as if from so many judged runs. */
const priorRuns = 4;
/** What the prior expects of the results that are handed over: more of the arm that the task's form speaks for. */
const priorRight = { favored: 0.8, other: 0.7 } as const;
const priorDelivered: WeightedMean = { mean: 0.95, effective: 4 };
/** A small task of one agent, to start from. Only relations count, and evidence of either arm replaces them. */
const priorSingle = { usd: 0.01, seconds: 30 } as const;
/** What a team takes for each unit of the single agent: the founding document's team cost five times as much. */
const teamFactor = { usd: 5, seconds: 1.5 } as const;
/** A cost's prior counts as so many runs. */
const priorCostRuns = 1;

export interface OutlookOptions {
  evidence: ReadonlyMap<string, ArmEvidence>;
  rescued: WeighedEvidence['rescued'];
  /** The arm that the task's form speaks for. */
  favored: Strategy;
  weights: GateWeights;
  /** Without checks on the deliverable a cascade never goes on to the team; without runs of the team nobody knows to what. */
  offersCascade: boolean;
}

/** A cascade has to be worth one right result in a hundred more than the simpler arms. */
const cascadeMargin = 0.01;
/** What one agent gets wrong is harder than the rest: before any pair has shown it, the team is right half as often there. */
const rescuePrior = { share: 0.5, effective: 4 } as const;

/** Best first; of equals the simpler arm. */
export function outlookOnArms({ evidence, rescued, favored, weights, offersCascade }: OutlookOptions): ArmOutlook[] {
  const single = expectArm('single', evidence.get('single'), favored, costPriors('single', evidence));
  const team = expectArm('team', evidence.get('team'), favored, costPriors('team', evidence));
  const arms = [single, team];
  if (offersCascade && team.runs + (evidence.get('cascade')?.runs ?? 0) > 0) {
    const rescue =
      (rescued.k + rescuePrior.share * team.success.mean * rescuePrior.effective) / (rescued.n + rescuePrior.effective);
    arms.push(expectCascade(single, { ...team, success: { ...team.success, mean: rescue } }, evidence.get('cascade')));
  }
  const order: Strategy[] = ['single', 'team', 'cascade'];
  return arms
    .map((arm) => withUtility(arm, weights))
    .toSorted((a, b) => standing(b, weights) - standing(a, weights) || order.indexOf(a.arm) - order.indexOf(b.arm));
}

function standing({ arm, utility }: ArmOutlook, { successUsd }: GateWeights): number {
  return arm === 'cascade' ? utility.mean - cascadeMargin * successUsd : utility.mean;
}

type Expectation = Omit<ArmOutlook, 'utility' | 'propensity'>;

interface CostPriors {
  usd: number;
  seconds: number;
}

/** Where one arm's cost is known, the other's prior follows from it. */
function costPriors(arm: 'single' | 'team', evidence: OutlookOptions['evidence']): CostPriors {
  const prior = (what: keyof CostPriors): number => {
    const own = evidence.get(arm)?.[what]?.mean;
    if (own !== undefined) return own;
    const other = evidence.get(arm === 'single' ? 'team' : 'single')?.[what]?.mean;
    if (arm === 'team') return (other ?? priorSingle[what]) * teamFactor[what];
    return other === undefined ? priorSingle[what] : other / teamFactor[what];
  };
  return { usd: prior('usd'), seconds: prior('seconds') };
}

function expectArm(arm: Strategy, evidence: ArmEvidence | undefined, favored: Strategy, costs: CostPriors): Expectation {
  const rightPrior = { mean: arm === favored ? priorRight.favored : priorRight.other, effective: priorRuns };
  const delivered = posterior(priorDelivered, evidence?.delivered);
  const right = posterior(rightPrior, evidence?.right);
  return {
    arm,
    ...countsOf(evidence),
    success: product(delivered, right),
    delivered: delivered.mean,
    usd: blend(costs.usd, priorCostRuns, evidence?.usd),
    seconds: blend(costs.seconds, priorCostRuns, evidence?.seconds),
  };
}

/** One agent, and the team on what its checks reject (`team`: its success there). Its own runs, where there are any, correct what follows from the two. */
function expectCascade(single: Expectation, team: Expectation, evidence: ArmEvidence | undefined): Expectation {
  const goesOn = 1 - single.delivered;
  const derived: Uncertain = {
    mean: single.success.mean + goesOn * team.success.mean,
    sd: Math.hypot(single.success.sd, goesOn * team.success.sd),
  };
  const own = evidence?.right;
  const share = own === null || own === undefined ? 0 : own.effective / (own.effective + priorRuns);
  const observed = (own?.mean ?? 0) * (evidence?.delivered?.mean ?? 0);
  const delivered = single.delivered + goesOn * team.delivered;
  return {
    arm: 'cascade',
    ...countsOf(evidence),
    success: { mean: (1 - share) * derived.mean + share * observed, sd: derived.sd },
    delivered: blend(delivered, priorRuns, evidence?.delivered),
    usd: blend(single.usd + goesOn * team.usd, priorRuns, evidence?.usd),
    seconds: blend(single.seconds + goesOn * team.seconds, priorRuns, evidence?.seconds),
  };
}

function countsOf(evidence: ArmEvidence | undefined): Pick<ArmOutlook, 'runs' | 'paired' | 'effective' | 'labels'> {
  const { runs = 0, paired = 0, labels = {}, right } = evidence ?? {};
  return { runs, paired, labels, effective: right?.effective ?? 0 };
}

function withUtility(arm: Expectation, { successUsd, hourUsd }: GateWeights): ArmOutlook {
  const mean = arm.success.mean * successUsd - arm.usd - (arm.seconds / 3600) * hourUsd;
  return { ...arm, utility: { mean, sd: arm.success.sd * successUsd }, propensity: 0 };
}

/** Mean and deviation of a Beta posterior. */
function posterior(prior: WeightedMean, seen: WeightedMean | null | undefined): Uncertain {
  const count = prior.effective + (seen?.effective ?? 0);
  const mean = (prior.mean * prior.effective + (seen?.mean ?? 0) * (seen?.effective ?? 0)) / count;
  return { mean, sd: Math.sqrt((mean * (1 - mean)) / (count + 1)) };
}

/** Of two independent quantities. */
function product(a: Uncertain, b: Uncertain): Uncertain {
  const variance = (a.mean ** 2 + a.sd ** 2) * (b.mean ** 2 + b.sd ** 2) - (a.mean * b.mean) ** 2;
  return { mean: a.mean * b.mean, sd: Math.sqrt(Math.max(0, variance)) };
}

function blend(prior: number, priorCount: number, seen: WeightedMean | null | undefined): number {
  if (seen === null || seen === undefined) return prior;
  return (prior * priorCount + seen.mean * seen.effective) / (priorCount + seen.effective);
}
