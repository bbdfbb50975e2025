/**
 * What the outcomes of one class say of each arm, weighed by how they came about.
 *
 * An outcome has two weights. Its selection weight makes up for what was chosen for the arm: 1 for a paired outcome,
 * where both arms had the task; where the arm was drawn, how likely the arm was among the tasks of that time ÷ how likely it
 * was for this one (stabilized inverse propensity weighting, Robins 2000). Its information weight says how much it is worth: it halves with age, is lower where somebody ordered the
 * arm (nobody knows for which tasks), and lower for a check's approval than for a held-out check, by the check's error.
 * Means are Σ s·u·y ÷ Σ s·u; the effective number of outcomes is (Σ s·u)² ÷ Σ s²·u (Kish 1965).
 */
import type { LabelSource, RunOutcome } from '../measure/outcome.ts';
import { priorCheckRates } from '../plan/forecast-basis.ts';
import type { GateWeights } from './weights.ts';

/** A weighted mean and the number of outcomes of full weight it is worth. */
export interface WeightedMean {
  mean: number;
  effective: number;
}

export interface ArmEvidence {
  runs: number;
  /** Handed something over; null without runs. */
  delivered: WeightedMean | null;
  /** Of what was handed over and judged: was right. */
  right: WeightedMean | null;
  usd: WeightedMean | null;
  seconds: WeightedMean | null;
  /** Outcomes by who judged them; `none` for those that nobody did. */
  labels: Partial<Record<LabelSource | 'none', number>>;
  /** Outcomes where both arms had the task. */
  paired: number;
}

/** How often checks of results are wrong. */
export interface CheckError {
  /** Share of wrong results that pass. */
  falseAccept: number;
  /** Share of right results that do not. */
  falseReject: number;
  /** Wrong results with a verdict, from which falseAccept was measured. */
  measuredOn: number;
}

/** Nobody drew the arm: its tasks may have been the hard ones. Worth a quarter of a drawn one. */
const orderedInformation = 0.25;
/** How likely an arm was at a time is the mean over so many drawn outcomes before and after. */
const timeWindow = 20;
/** A propensity below this would let one outcome outweigh all others. */
const leastPropensity = 0.05;
/** What is assumed of checks counts as so many wrong results, until some are measured. */
const priorWrongResults = 4;
/** Share of right results among those handed over, to start from. */
const priorRight = 0.8;

export interface WeighedEvidence {
  arms: Map<string, ArmEvidence>;
  checkError: CheckError;
  /** Of the pairs in which the single agent was wrong: the team was right. */
  rescued: { k: number; n: number };
}

/** @param outcomes Of one class and team, newest first. */
export function weighEvidence(
  outcomes: readonly RunOutcome[],
  weights: Pick<GateWeights, 'halfLife' | 'millionTokensUsd'>,
): WeighedEvidence {
  const checkError = measureCheckError(outcomes);
  const selections = weighSelections(outcomes);
  const gathered = new Map<string, Gathered>();
  let later = 0;
  for (const outcome of outcomes) {
    const gathering = gathered.get(outcome.arm) ?? newGathered();
    gathered.set(outcome.arm, gathering);
    const ordered = outcome.pair === null && outcome.propensity === null;
    const information = 0.5 ** (later / weights.halfLife) * (ordered ? orderedInformation : 1);
    const selection = selections.get(outcome) ?? 1;
    gather(gathering, outcome, { selection, information, millionTokensUsd: weights.millionTokensUsd, error: checkError });
    // The pairs of one comparison do not make each other old.
    if (outcome.pair === null) later += 1;
  }
  const arms = new Map([...gathered].map(([arm, gathering]) => [arm, conclude(gathering)]));
  return { arms, checkError, rescued: countRescued(outcomes) };
}

/** Of drawn outcomes; every other one weighs 1. */
function weighSelections(outcomes: readonly RunOutcome[]): Map<RunOutcome, number> {
  const drawn = outcomes.flatMap((outcome) =>
    outcome.pair === null && outcome.propensity !== null ? [{ outcome, propensity: outcome.propensity }] : [],
  );
  const names = [...new Set(drawn.map(({ outcome }) => outcome.arm))];
  const rest = Math.max(1, names.length - 1);
  /** sums[arm][i]: how likely the arm was, summed over the first i. */
  const sums = new Map(
    names.map((arm) => {
      const running = new Float64Array(drawn.length + 1);
      for (const [at, { outcome, propensity }] of drawn.entries()) {
        running[at + 1] = (running[at] ?? 0) + (outcome.arm === arm ? propensity : (1 - propensity) / rest);
      }
      return [arm, running];
    }),
  );
  return new Map(
    drawn.map(({ outcome, propensity }, at) => {
      const from = Math.max(0, at - timeWindow);
      const to = Math.min(drawn.length, at + timeWindow + 1);
      const running = sums.get(outcome.arm);
      const usual = ((running?.[to] ?? 0) - (running?.[from] ?? 0)) / (to - from);
      return [outcome, usual / Math.max(propensity, leastPropensity)];
    }),
  );
}

function countRescued(outcomes: readonly RunOutcome[]): { k: number; n: number } {
  const pairs = new Map<string, { single?: boolean; team?: boolean }>();
  for (const { pair, arm, label } of outcomes) {
    if (pair === null || label === null || (arm !== 'single' && arm !== 'team')) continue;
    const key = JSON.stringify([pair.comparisonId, pair.pairId]);
    pairs.set(key, { ...pairs.get(key), [arm]: label.success });
  }
  const missed = [...pairs.values()].filter(({ single, team }) => single === false && team !== undefined);
  return { k: missed.filter(({ team }) => team === true).length, n: missed.length };
}

/** From outcomes whose truth is known from elsewhere. */
function measureCheckError(outcomes: readonly RunOutcome[]): CheckError {
  let wrong = 0;
  let passed = 0;
  for (const { label, ownVerdict } of outcomes) {
    if (label === null || label.success || ownVerdict === 'none') continue;
    if (label.source !== 'held-out' && label.source !== 'person') continue;
    wrong += 1;
    if (ownVerdict === 'accepted') passed += 1;
  }
  const falseAccept = (passed + priorCheckRates.falseAccept * priorWrongResults) / (wrong + priorWrongResults);
  // A rejected result is not handed over, so its truth is never learned here.
  return { falseAccept, falseReject: priorCheckRates.falseReject, measuredOn: wrong };
}

interface Sums {
  /** Σ s·u, Σ s²·u, Σ s·u·y. */
  weight: number;
  square: number;
  value: number;
}

interface Gathered {
  runs: number;
  paired: number;
  labels: ArmEvidence['labels'];
  delivered: Sums;
  right: Sums;
  usd: Sums;
  seconds: Sums;
}

function newGathered(): Gathered {
  return { runs: 0, paired: 0, labels: {}, delivered: newSums(), right: newSums(), usd: newSums(), seconds: newSums() };
}

function newSums(): Sums {
  return { weight: 0, square: 0, value: 0 };
}

interface Weighing {
  selection: number;
  information: number;
  millionTokensUsd: number;
  error: CheckError;
}

function gather(into: Gathered, outcome: RunOutcome, weighing: Weighing): void {
  const { label, pair, delivered, costUsd, tokens, durationMs } = outcome;
  const { selection, information, millionTokensUsd, error } = weighing;
  const source = label?.source ?? 'none';
  into.runs += 1;
  if (pair !== null) into.paired += 1;
  into.labels[source] = (into.labels[source] ?? 0) + 1;
  add(into.delivered, delivered ? 1 : 0, selection, information);
  add(into.usd, costUsd ?? (tokens * millionTokensUsd) / 1e6, selection, information);
  add(into.seconds, durationMs / 1000, selection, information);
  if (!delivered || label === null) return;
  if (label.source === 'held-out' || label.source === 'person') {
    add(into.right, label.success ? 1 : 0, selection, information);
    return;
  }
  const { right, worth } = readApproval(label.success, error);
  if (worth > 0) add(into.right, right, selection, information * worth);
}

/**
 * What a verdict of an imperfect check says: the probability of being right after it (Bayes), and its worth, the square of
 * Youden's J = 1 − falseAccept − falseReject. A check that approves everything is worth nothing.
 */
export function readApproval(accepted: boolean, { falseAccept, falseReject }: CheckError): { right: number; worth: number } {
  const youden = 1 - falseAccept - falseReject;
  const ifRight = accepted ? 1 - falseReject : falseReject;
  const ifWrong = accepted ? falseAccept : 1 - falseAccept;
  const right = (priorRight * ifRight) / (priorRight * ifRight + (1 - priorRight) * ifWrong);
  return { right, worth: youden <= 0 ? 0 : youden ** 2 };
}

function add(sums: Sums, value: number, selection: number, information: number): void {
  sums.weight += selection * information;
  sums.square += selection ** 2 * information;
  sums.value += selection * information * value;
}

function conclude({ runs, paired, labels, delivered, right, usd, seconds }: Gathered): ArmEvidence {
  return { runs, paired, labels, delivered: meanOf(delivered), right: meanOf(right), usd: meanOf(usd), seconds: meanOf(seconds) };
}

function meanOf({ weight, square, value }: Sums): WeightedMean | null {
  return weight > 0 ? { mean: value / weight, effective: weight ** 2 / square } : null;
}
